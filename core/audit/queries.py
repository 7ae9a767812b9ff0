"""Read the trail, and prove that it is whole."""

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import select

from core.audit.actions import FIRST, entry_hash
from core.audit.models import AuditEntry, AuditHead, MinistryAuditEntry, MinistryAuditHead
from core.audit.seals import Head, is_ours
from tenants.database import db
from tenants.scope import current_scope

Sealed = tuple[Head, bytes]
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


def faults(kept: Sealed | None = None) -> Iterator[str]:
    """Every place where the trail of this scope is broken, in words.

    A changed, missing, moved or invented entry breaks the chain at its place; an end that was cut
    off, or a whole chain computed anew, does not fit to its seals. `kept` is the seal on the shelf.
    """
    yield from _chain_faults()
    yield from seal_faults(kept)


def _chain_faults() -> Iterator[str]:
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


def seal_faults(kept: Sealed | None = None) -> Iterator[str]:
    """Where the end of the trail does not fit to the seal beside it and to the one on the shelf."""
    newest, beside = head(), _beside()
    if beside is None:
        if newest.seq:
            yield "the seal beside the trail is missing"
    elif not is_ours(*beside):
        yield "the seal beside the trail is not ours"
    elif beside[0] != newest:
        yield f"the trail ends at entry {newest.seq}, not as sealed at entry {beside[0].seq}"
    if kept and not is_ours(*kept):
        yield "the seal on the shelf is not ours"
    elif kept and _hash_at(kept[0].seq) != kept[0].hash:
        yield f"entry {kept[0].seq} is not the one that was sealed on the shelf"


def head() -> Head:
    """The newest entry; number 0 where there is none yet."""
    model = trail_model()
    row = db.session.execute(
        select(model.seq, model.hash).order_by(model.seq.desc()).limit(1)
    ).first()
    return Head(row.seq, row.hash) if row else Head(0, FIRST)


def _beside() -> Sealed | None:
    model: Any = MinistryAuditHead if current_scope().kind == "ministry" else AuditHead
    row = db.session.execute(select(model.seq, model.hash, model.seal)).first()
    return (Head(row.seq, row.hash), row.seal) if row else None


def _hash_at(seq: int) -> bytes | None:
    model = trail_model()
    return FIRST if seq == 0 else db.session.scalar(select(model.hash).where(model.seq == seq))


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
