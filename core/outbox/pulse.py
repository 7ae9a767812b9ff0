"""The pulse of the relay: it lives, and how long the oldest row of any outbox has waited."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from core.clock import now
from core.outbox.models import RelayPulse
from core.outbox.work import model
from tenants.database import db
from tenants.scope import ministry


@dataclass(frozen=True)
class Pulse:
    """Seconds since the last sweep and since the oldest waiting row was written."""

    age: float
    waiting: float


def oldest_waiting() -> datetime | None:
    """When the oldest row of this scope was written that is due, or was tried in vain."""
    table = model()
    tried_or_due = or_(table.due_at <= now(), table.attempts > 0)
    return db.session.scalar(
        select(func.min(table.created_at)).where(table.done_at.is_(None), tried_or_due)
    )


def beat(oldest: dict[str, datetime | None]) -> None:
    """Write the pulse; `oldest` says of each scope what waits there."""
    waiting = [(at, name) for name, at in oldest.items() if at]
    at, name = min(waiting) if waiting else (None, None)
    values = {"at": now(), "oldest_at": at, "oldest_scope": name}
    row = insert(RelayPulse).values(id=1, **values)
    with ministry():
        db.session.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


def feel() -> Pulse | None:
    """The pulse as it was written last; None where the relay has never swept."""
    with ministry(read_only=True):
        row = db.session.get(RelayPulse, 1)
        if row is None:
            return None
        waiting = (now() - row.oldest_at).total_seconds() if row.oldest_at else 0.0
        return Pulse((now() - row.at).total_seconds(), waiting)
