"""Read the trail, and prove that it is whole."""

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import select

from core.audit.actions import FIRST, entry_hash
from core.audit.models import AuditEntry, MinistryAuditEntry
from tenants.database import db
from tenants.scope import current_scope

COVERED = (
    "at",
    "actor_kind",
    "actor_id",
    "act",
    "subject_kind",
    "subject_id",
    "details",
)


def trail_model() -> type[AuditEntry]:
    """The trail of the scope in force."""
    if current_scope().kind == "ministry":
        return cast(type[AuditEntry], MinistryAuditEntry)  # the same columns
    return AuditEntry


def faults() -> Iterator[str]:
    """Every place where the chain of this scope is broken, in words.

    A changed, missing, moved or invented entry breaks the chain at its place. Entries cut off at
    the end are found by comparing with a kept `head()`.
    """
    model = trail_model()
    before, expected = FIRST, 1
    rows = db.session.scalars(select(model).order_by(model.seq).execution_options(yield_per=1000))
    for row in rows:
        if row.seq != expected:
            yield f"entry {expected} is missing (the next one is {row.seq})"
            expected = row.seq
        entry = {name: getattr(row, name) for name in COVERED}
        if entry_hash(before, row.seq, entry) != row.hash:
            yield f"entry {row.seq} does not fit to what it says and to the entry before it"
        before, expected = row.hash, expected + 1


def head() -> tuple[int, bytes]:
    """Number and hash of the newest entry: kept elsewhere, it proves that nothing was cut off."""
    model = trail_model()
    row: Any = db.session.execute(
        select(model.seq, model.hash).order_by(model.seq.desc()).limit(1)
    ).first()
    return (row.seq, row.hash) if row else (0, FIRST)


def about(subject_id: object, limit: int = 200) -> list[Any]:
    """What was done to one thing, newest first."""
    model = trail_model()
    rows = db.session.scalars(
        select(model)
        .where(model.subject_id == str(subject_id))
        .order_by(model.seq.desc())
        .limit(limit)
    )
    return list(rows)
