"""What time it is: one place to ask, so that tests can stand at a chosen moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("mikhak_fixed_moment", default=None)


def now() -> datetime:
    """The moment, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today(timezone: str) -> date:
    """The calendar day in a time zone such as Europe/London."""
    return now().astimezone(ZoneInfo(timezone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stand still at a moment, for tests."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
