"""A form that arrived after its session was over waits, sealed, until its person is back.

Whoever was called to the telephone while writing has nothing to type again: after signing in the
same form can be sent as it was. Only the session's own person is given it back.
"""

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from core.actor import Actor
from core.clock import now
from core.crypto import seal, unseal
from core.sessions import queries
from tenants.database import db

KEPT = timedelta(hours=1)
# A cookie of longer ago proves nobody who is about to come back.
YOUNG = timedelta(days=1)
PURPOSE = "unsent-form"


@dataclass(frozen=True)
class UnsentForm:
    """Where it was going, and its fields in their order."""

    path: str
    fields: tuple[tuple[str, str], ...]


def keep(cookie: str, form: UnsentForm) -> bool:
    """Keep it with the session of this cookie, instead of an earlier one.

    False where there is no such session: it would be nobody's.
    """
    model = queries.session_model()
    sealed = seal(PURPOSE, json.dumps([form.path, form.fields]).encode())
    kept = db.session.scalar(
        update(model)
        .where(model.token_hash == queries.hash_of(cookie), model.last_seen_at > now() - YOUNG)
        .values(unsent=sealed, unsent_at=now())
        .returning(model.id)
    )
    return kept is not None


def waiting(person: Actor) -> UnsentForm | None:
    """The latest one of this person that was not too long ago."""
    model = queries.session_model()
    sealed = db.session.scalar(
        select(model.unsent)
        .where(
            model.person_kind == person.kind,
            model.person_id == person.id,
            model.unsent_at > now() - KEPT,
        )
        .order_by(model.unsent_at.desc())
        .limit(1)
    )
    if sealed is None:
        return None
    path, fields = json.loads(unseal(PURPOSE, sealed))
    return UnsentForm(path, tuple((name, value) for name, value in fields))


def forget(person: Actor) -> None:
    """The person does not want to send it any more."""
    model = queries.session_model()
    whose = (model.person_kind == person.kind) & (model.person_id == person.id)
    db.session.execute(update(model).where(whose).values(unsent=None, unsent_at=None))


def sweep() -> None:
    """Forget what nobody came back for."""
    model = queries.session_model()
    late = model.unsent_at < now() - KEPT
    db.session.execute(update(model).where(late).values(unsent=None, unsent_at=None))
