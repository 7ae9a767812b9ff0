"""Claim a form's key; the second comer gets the first one's answer."""

from typing import cast

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from core.clock import now
from core.crypto import digest
from core.idempotency.models import AnsweredKey, MinistryAnsweredKey
from tenants.database import db
from tenants.scope import current_scope


class DifferentBody(Exception):
    """The key came before with something else."""


def _model() -> type[AnsweredKey]:
    if current_scope().kind == "ministry":
        return cast(type[AnsweredKey], MinistryAnsweredKey)  # the same columns
    return AnsweredKey


def claim(key: str, body: str) -> str | None:
    """None for the first comer; for a repeat the location that the first answer led to.

    The key is bound to the office and to whoever it was minted for (both are in `key`). Two at
    once: the second waits in the INSERT until the first has committed. Raises DifferentBody when
    the body is another.
    """
    model, body_hash = _model(), digest("once.body", body)
    key_hash = digest("once", key)
    fresh = db.session.execute(
        insert(model)
        .values(key_hash=key_hash, body_hash=body_hash, created_at=now())
        .on_conflict_do_nothing()
        .returning(model.key_hash)
    ).first()
    if fresh:
        return None
    earlier = db.session.get_one(model, key_hash)
    if earlier.body_hash != body_hash:
        raise DifferentBody
    return earlier.location or "/"


def answer(key: str, location: str) -> None:
    """Keep where the first answer led."""
    model = _model()
    db.session.execute(
        update(model).where(model.key_hash == digest("once", key)).values(location=location)
    )
