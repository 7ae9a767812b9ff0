"""Doing what waits in the outbox, exactly by its row.

The row's lock is the lease: whoever holds it works, a killed worker loses it with its connection,
two never work at once. The connection is the fencing number too: a worker that was frozen for so
long that the database ended its transaction (`tenants.walls.LONGEST_SILENCE`) can't commit any
more. Effects outside of the database bear being repeated: a mail keeps its Message-ID, an object is
deleted once. A failure is noted in the row and tried again later, ever more seldom.
"""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, and_, or_, select

from core import rooms
from core.clock import now
from core.crypto import unseal
from core.outbox.models import MinistryOutboxRow, OutboxRow
from tenants.database import db
from tenants.names import SHARED_SCHEMA
from tenants.scope import current_scope, ministry, office

log = logging.getLogger("mikhak.outbox")

Handler = Callable[[UUID, dict[str, Any]], None]
# With a sweep every 15 seconds: what nobody does is handed over again within a minute.
PATIENCE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=5)
GIVE_UP_AFTER, GIVE_UP_AT_AGE = 50, timedelta(days=3)


@cache
def handlers() -> dict[str, Handler]:
    """Every room's `jobs.HANDLERS`, by kind of row."""
    found: dict[str, Handler] = {}
    for module in rooms.modules("jobs"):
        found.update(getattr(module, "HANDLERS", {}))
    return found


def scope_named(name: str) -> Any:
    """The unit of work of an office by its slug, or of the ministry.

    Raises Unavailable behind a missing wall: relay and workers serve as little as the doors do.
    """
    current_app.extensions["guarded"].need()
    return ministry() if name == SHARED_SCHEMA else office(name)


def model() -> type[OutboxRow]:
    """The outbox of the scope in force."""
    if current_scope().kind == "ministry":
        return cast(type[OutboxRow], MinistryOutboxRow)  # the same columns
    return OutboxRow


def due_rows(limit: int = 100) -> list[Any]:
    """Open rows whose time has come and that nobody was told of lately; marks them as told.

    One that somebody was told of and nobody finished counts as tried: whoever took it was killed.
    """
    table = model()
    rows = db.session.scalars(
        select(table)
        .where(table.done_at.is_(None), _is_due(table), _is_nobodys(table))
        .order_by(table.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.attempts += row.handed_at is not None
        row.handed_at = now()
    return list(rows)


def _is_due(table: type[OutboxRow]) -> ColumnElement[bool]:
    """Its time has come, also when the clock was set back since it was written or tried."""
    at_once = and_(table.created_at > now(), table.due_at <= table.created_at)
    put_off = and_(table.attempts > 0, table.due_at > now() + LONGEST_PAUSE)
    return or_(table.due_at <= now(), at_once, put_off)


def _is_nobodys(table: type[OutboxRow]) -> ColumnElement[bool]:
    """Told to nobody, or so long ago (or in a future of another clock) that it tells nothing."""
    long_ago, not_yet = now() - PATIENCE, now() + PATIENCE
    handed = table.handed_at
    return or_(handed.is_(None), handed < long_ago, handed > not_yet)


def perform(scope_name: str, row_id: UUID) -> bool:
    """Do one row, in a unit of work of its own. True when it is done (now or before)."""
    with scope_named(scope_name):
        table = model()
        row = db.session.scalar(
            select(table).where(table.id == row_id).with_for_update(skip_locked=True)
        )
        if row is None:
            return False  # somebody is at it, or it was never committed
        if row.done_at is not None:
            return True
        if row.expires_at is not None and row.expires_at <= now():
            return _finish(row, "expired")
        if row.attempts >= GIVE_UP_AFTER and row.created_at < now() - GIVE_UP_AT_AGE:
            return _finish(row, f"gave up: {row.outcome}")
        return _attempt(row)


def _attempt(row: Any) -> bool:
    row.attempts += 1
    try:
        with db.session.begin_nested():  # what it wrote goes with its failure, the note stays
            payload = json.loads(unseal(f"outbox:{row.kind}", row.payload))
            handlers()[row.kind](row.id, payload)
    except Exception as error:  # noqa: BLE001 - whatever a handler meets, the row must survive it
        log.warning("outbox %s %s failed: %s", row.kind, row.id, type(error).__name__)
        row.outcome = type(error).__name__
        row.handed_at = None
        row.due_at = now() + min(LONGEST_PAUSE, timedelta(seconds=2 ** min(row.attempts, 12)))
        return False
    return _finish(row, "done")


def _finish(row: Any, outcome: str) -> bool:
    """Close the row and forget what it held."""
    row.done_at, row.outcome, row.payload = now(), outcome, b""
    return True
