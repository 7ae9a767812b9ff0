"""How often somebody may try: counted in PostgreSQL, before the try is looked at.

Counting has a transaction of its own: what is refused rolls back, what was tried stays counted.
"""

from datetime import timedelta

from sqlalchemy import delete, func, select, text

from core.clock import now
from core.crypto import digest
from core.errors import TooMany
from core.staff.queries import tables
from tenants.database import db
from tenants.scope import again, current_scope

KEPT = timedelta(days=1)
WINDOW = timedelta(minutes=15)
LIMITS = {
    "address": ((WINDOW, 10), (KEPT, 50)),
    "second": ((WINDOW, 5), (KEPT, 30)),
    "client": ((WINDOW, 60),),
    "place": ((WINDOW, 1000),),
}
"""Per typed address, per person at the second step, per client, and for the whole office."""

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
"""Tries of one key queue up, else a hundred at once would all see the same small number."""


def count(**keys: str) -> None:
    """Count one try for each key (`address="…", client="…"`); raises TooMany beyond a limit.

    Known and unknown addresses are counted alike, so that the answer tells nothing.
    """
    model = tables().attempt
    too_many: timedelta | None = None
    with again(current_scope()):
        for kind, key in sorted(keys.items()):
            if kind == "place" and too_many:
                continue  # else one client could shut the whole office out
            key_hash = digest(f"staff.attempt.{kind}", key)
            db.session.execute(LOCK, {"key": key_hash.hex()})
            db.session.add(model(key_hash=key_hash))
            db.session.flush()
            for window, most in LIMITS[kind]:
                tried = db.session.scalar(
                    select(func.count()).where(
                        model.key_hash == key_hash, model.at > now() - window
                    )
                )
                if (tried or 0) > most:
                    too_many = max(window, too_many or window)
        db.session.execute(delete(model).where(model.at < now() - KEPT))
    if too_many:
        raise TooMany(int(too_many.total_seconds()))


def forgive(**keys: str) -> None:
    """Forget the tries of somebody who has just shown who it is."""
    model = tables().attempt
    hashes = [digest(f"staff.attempt.{kind}", key) for kind, key in keys.items()]
    with again(current_scope()):
        db.session.execute(delete(model).where(model.key_hash.in_(hashes)))
