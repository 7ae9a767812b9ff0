"""Write the trail: entries wait in the session and are chained right before its commit.

So the lock that keeps the chain in order is held for the commit only, and an act without its
entry can't exist: both are one transaction. The same commit seals where the trail ends.
"""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import event, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import SYSTEM, Actor
from core.audit import seals
from core.audit.models import AuditEntry, AuditHead, MinistryAuditEntry, MinistryAuditHead
from core.clock import now
from tenants.database import db
from tenants.scope import current_scope

WAITING = "audit.waiting"
FIRST = b"\x00" * 32


def record(actor: Actor, act: str, subject: Any = None, **details: Any) -> None:
    """Note who did what to what. `details` hold ids and codes, never personal data."""
    entry = {
        "at": now(),
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "act": act,
        "subject_kind": type(subject).__name__ if subject is not None else None,
        "subject_id": str(subject.id) if subject is not None else None,
        "details": details,
    }
    db.session().info.setdefault(WAITING, []).append(entry)


def accept(why: str) -> None:
    """Take the trail of this scope as it is now, after a restored backup or with a new key.

    The entry says so for good, and its commit makes the seal anew; what is broken inside the
    chain stays broken. The seal on the shelf is replaced by `anchors.keep(anew=True)` afterwards.
    """
    record(SYSTEM, "audit.accepted", why=why)


def entry_hash(before: bytes, seq: int, entry: dict[str, Any]) -> bytes:
    """SHA-256 over the previous hash and the entry in one canonical form."""
    body = json.dumps({"seq": seq, **entry}, sort_keys=True, default=_plain, ensure_ascii=False)
    return sha256(before + body.encode()).digest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return str(int(value.timestamp() * 1_000_000))
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not belong into an audit entry")


@event.listens_for(Session, "before_commit")
def _chain(session: Session) -> None:
    """Append what waits, in order, under the chain's lock."""
    waiting = session.info.pop(WAITING, None)
    if not waiting:
        return
    ministry = current_scope().kind == "ministry"
    model = MinistryAuditEntry if ministry else AuditEntry
    lock = f"audit:{current_scope().name}"
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"), {"lock": lock}
    )
    last = session.execute(
        select(model.seq, model.hash).order_by(model.seq.desc()).limit(1)
    ).first()
    seq, chained = (last.seq, last.hash) if last else (0, FIRST)
    for entry in waiting:
        seq += 1
        chained = entry_hash(chained, seq, entry)
        session.add(model(seq=seq, hash=chained, **entry))
    session.flush()
    _seal_head(session, MinistryAuditHead if ministry else AuditHead, seals.Head(seq, chained))


def _seal_head(session: Session, model: Any, head: seals.Head) -> None:
    sealed = {"seq": head.seq, "hash": head.hash, "seal": seals.seal(head)}
    row = insert(model).values(id=1, **sealed)
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_=sealed))


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    """What did not happen leaves no entry."""
    session.info.pop(WAITING, None)
