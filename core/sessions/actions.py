"""Begin, keep alive and end sessions."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from core.clock import now
from core.crypto import token
from core.sessions import queries
from tenants.database import db
from tenants.scope import Scope, current_scope, run

ABSOLUTE = {
    "applicant": timedelta(hours=12),
    "staff": timedelta(hours=9),
    "ministry": timedelta(hours=9),
}


def start(
    person_kind: str,
    person_id: UUID,
    *,
    names: Mapping[str, str],
    roles: Iterable[str] = (),
    factors: Iterable[str] = (),
    lang: str = "fa",
    browser: str = "",
    replaces: UUID | None = None,
) -> tuple[str, datetime]:
    """Begin a session; returns the cookie's value and when it ends at the latest.

    `replaces` ends the session that this one steps up from: an id is never kept across a
    change of rights.
    """
    if replaces is not None:
        end(replaces)
    value, expires = token(), now() + ABSOLUTE[person_kind]
    row = queries.session_model()(
        token_hash=queries.hash_of(value),
        person_kind=person_kind,
        person_id=person_id,
        names=dict(names),
        roles=sorted(roles),
        factors=sorted(factors),
        lang=lang,
        browser=browser[:200],
        expires_at=expires,
    )
    db.session.add(row)
    db.session.flush()
    return value, expires


def end(session_id: UUID) -> None:
    """End one session."""
    model = queries.session_model()
    db.session.execute(update(model).where(model.id == session_id).values(ended_at=now()))


def end_all(person_kind: str, person_id: UUID | None, *, but: UUID | None = None) -> None:
    """End all sessions of a person (password, role or state changed), keeping `but`."""
    model = queries.session_model()
    statement = update(model).where(
        model.person_kind == person_kind, model.person_id == person_id, model.ended_at.is_(None)
    )
    if but is not None:
        statement = statement.where(model.id != but)
    db.session.execute(statement.values(ended_at=now()))


def end_everybodys() -> None:
    """End every session of this office (it was suspended or closed)."""
    model = queries.session_model()
    db.session.execute(update(model).where(model.ended_at.is_(None)).values(ended_at=now()))


def touch(session_id: UUID) -> None:
    """Note that the session was used, in a short transaction of its own: pages only read.

    Each person does once a minute, so it does not wait for the disk.
    """
    with run(Scope(current_scope().office, durable=False)):
        model = queries.session_model()
        db.session.execute(update(model).where(model.id == session_id).values(last_seen_at=now()))
