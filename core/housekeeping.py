"""What each room does now and then in each office: `HOUSEKEEPING` in its jobs, by minutes;
`MINISTRY_HOUSEKEEPING` is done once, for the ministry.

The relay gives the sign once a minute; a task that runs twice does no harm.
"""

import logging
from collections.abc import Callable
from functools import cache

from core import rooms
from core.outbox.work import scope_named
from tenants.names import SHARED_SCHEMA

log = logging.getLogger("mikhak.housekeeping")

Task = Callable[[], object]


@cache
def tasks(kind: str = "HOUSEKEEPING") -> dict[Task, int]:
    """Every room's tasks and every how many minutes each is due."""
    found: dict[Task, int] = {}
    for module in rooms.modules("jobs"):
        found.update(getattr(module, kind, {}))
    return found


def due(minute: int) -> bool:
    """Whether there is anything to do in this minute (counted from the epoch)."""
    return any(minute % every == 0 for every in tasks().values())


def keep(scope_name: str, minute: int) -> None:
    """Do what is due in one office, each task in a transaction of its own."""
    kind = "MINISTRY_HOUSEKEEPING" if scope_name == SHARED_SCHEMA else "HOUSEKEEPING"
    for task, every in tasks(kind).items():
        if minute % every == 0:
            _do(scope_name, task)


def _do(scope_name: str, task: Task) -> None:
    """One task; a part that is gone keeps the others from nothing, the task's hour comes again."""
    try:
        with scope_named(scope_name):
            task()
    except Exception as error:  # noqa: BLE001 - whatever one task meets, the others go on
        log.warning("%s of %s failed: %s", task.__module__, scope_name, type(error).__name__)
