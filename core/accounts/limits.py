"""Limits on attempts, counted in PostgreSQL, in a transaction of its own.

A count stays although the request that caused it is refused and rolled back.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, text

from core.accounts.models import Attempt, SpentCheck
from core.clock import now
from core.crypto import digest
from core.errors import TooMany
from tenants.database import db
from tenants.scope import again, current_scope

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most `most` attempts within a sliding `window`."""

    most: int
    window: timedelta


CODES_PER_ADDRESS = (Limit(3, HOUR), Limit(10, DAY))
CODES_A_MINUTE = (Limit(1, MINUTE),)
ASKS_PER_CLIENT = (Limit(20, HOUR),)
PASSWORDS_PER_PERSON = (Limit(10, HOUR),)
FAILURES_PER_OFFICE = (Limit(500, HOUR),)


def count(kind: str, key: str, limits: tuple[Limit, ...]) -> None:
    """Count one attempt; raises TooMany (and counts nothing) when a limit is reached already.

    Attempts with one key wait for each other, so that parallel ones can't slip under the limit.
    """
    with again(current_scope()):
        key_hash = digest(f"limit:{kind}", key)
        db.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
            {"key": f"{current_scope().name}:{kind}:{key_hash.hex()}"},
        )
        _refuse_beyond(kind, key_hash, limits)
        db.session.add(Attempt(kind=kind, key_hash=key_hash))


def check(kind: str, key: str, limits: tuple[Limit, ...]) -> None:
    """Raise TooMany when a limit is reached; counts nothing."""
    _refuse_beyond(kind, digest(f"limit:{kind}", key), limits)


def note_failure() -> None:
    """Count a wrong code or password against the office's budget."""
    with again(current_scope()):
        db.session.add(Attempt(kind="failure", key_hash=digest("limit:failure", "office")))


def refuse_when_attacked() -> None:
    """Raise TooMany when more went wrong at this office within an hour than people mistype."""
    check("failure", "office", FAILURES_PER_OFFICE)


def forget_old() -> int:
    """Delete what no limit looks at any more; returns how many rows went."""
    old = delete(Attempt).where(Attempt.at < now() - DAY).returning(Attempt.id)
    spent = delete(SpentCheck).where(SpentCheck.expires_at < now() - HOUR)
    gone = [*db.session.scalars(old), *db.session.scalars(spent.returning(SpentCheck.check_hash))]
    return len(gone)


def _refuse_beyond(kind: str, key_hash: bytes, limits: tuple[Limit, ...]) -> None:
    for limit in limits:
        since = now() - limit.window
        made, first = db.session.execute(
            select(func.count(), func.min(Attempt.at)).where(
                Attempt.kind == kind, Attempt.key_hash == key_hash, Attempt.at > since
            )
        ).one()
        if made >= limit.most:
            raise TooMany(retry_after=int((first - since).total_seconds()) + 1)
