"""The relay: from the outbox to the workers. One process; `python -m core.outbox.relay`.

PostgreSQL rings (NOTIFY) when something waits; a sweep finds what nobody was told of. Valkey is
only a bell: when it is gone, the relay does the work itself.
"""

import logging
import signal
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from core import housekeeping, jobs
from core.breaker import Breaker
from core.errors import Unavailable
from core.outbox import pulse
from core.outbox.actions import CHANNEL
from core.outbox.work import due_rows, perform, scope_named
from core.web import logs
from tenants import registry
from tenants.names import SHARED_SCHEMA

log = logging.getLogger("mikhak.relay")

SWEEP_EVERY = 15.0
# Rows of one office in a turn; bells that may wait unheard; pause after a bell was missed.
A_HANDFUL, ENOUGH_BELLS, DEAF_SECONDS = 20, 60, 5.0
HAS_AN_OUTBOX = ("active", "suspended", "closed")
"""What an office left when it was shut still goes out, and its last figures are counted."""
KEEPS_HOUSE = ("active", "suspended")


def scope_names(statuses: tuple[str, ...] = HAS_AN_OUTBOX) -> list[str]:
    """The ministry and the offices that are in one of these states."""
    offices = [office.slug for office in registry.all_offices() if office.status in statuses]
    return [SHARED_SCHEMA, *offices]


def hand_over(
    scope_name: str,
    deliver: Callable[[str, Any], object],
    limit: int = 100,
    note: Callable[[str, datetime | None], object] | None = None,
) -> int:
    """Hand the due rows of one scope to `deliver(scope name, row id)`; how many there were.

    `note` is told since when the oldest row waits.
    """
    with scope_named(scope_name):
        ids = [row.id for row in due_rows(limit)]
        if note:
            note(scope_name, pulse.oldest_waiting())
    for row_id in ids:
        deliver(scope_name, row_id)
    return len(ids)


def run_due(names: list[str] | None = None) -> int:
    """Do everything that is due right here, without any worker; how many rows were tried."""
    tried = 0
    for name in names or scope_names():
        while count := hand_over(name, perform):
            tried += count
    return tried


class Relay:
    """Waits for the bell, hands over, sweeps.

    Offices take turns, a handful of rows each, and no more is handed over than the workers get
    done: a thousand mails of one office never stand before the one mail of another.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.url = app.extensions["settings"].database_url
        self.stopping = False
        self.valkey = Breaker(DEAF_SECONDS)
        self.oldest: dict[str, datetime | None] = {}

    def stop(self, *_: Any) -> None:
        """Finish the round in hand and leave."""
        self.stopping = True

    def run(self) -> None:
        """Work until stopped; a lost database is waited for, and one with a missing wall."""
        while not self.stopping:
            try:
                with psycopg.connect(self.url, autocommit=True) as bell:
                    bell.execute(f"LISTEN {CHANNEL}")
                    self._listen(bell)
            except (psycopg.OperationalError, SQLAlchemyError, Unavailable) as error:
                log.warning("the database can't be used: %s", type(error).__name__)
                time.sleep(1)

    def _listen(self, bell: psycopg.Connection[Any]) -> None:
        next_sweep, minute, rung = 0.0, 0, set[str]()
        while not self.stopping:
            if minute != int(time.time()) // 60:
                minute = int(time.time()) // 60
                self._keep_house(minute)
            patience = 0.2 if rung else 1.0
            rung |= {n.payload for n in bell.notifies(timeout=patience, stop_after=1)}
            sweeping = time.monotonic() >= next_sweep
            if sweeping:
                rung, next_sweep = set(scope_names()), time.monotonic() + SWEEP_EVERY
                self.oldest = {}
            while rung and not self.stopping and not self._workers_are_behind():
                rung = {name for name in sorted(rung) if self._turn(name)}
            if sweeping:
                pulse.beat(self.oldest)

    def _turn(self, name: str) -> bool:
        """Hand over a handful of one scope; whether there may be more."""
        try:
            return hand_over(name, self._deliver, A_HANDFUL, self.oldest.__setitem__) == A_HANDFUL
        except LookupError:
            log.info("the scope %s is gone", name)
            return False
        except SQLAlchemyError as error:  # one broken office keeps nobody else waiting
            log.warning("the outbox of %s can't be read: %s", name, type(error).__name__)
            return False

    def _workers_are_behind(self) -> bool:
        if self.valkey.is_open:
            return False
        try:
            return jobs.waiting() >= ENOUGH_BELLS
        except RedisError:
            self.valkey.trip()
            return False

    def _keep_house(self, minute: int) -> None:
        """Give the sign for what is due; without a bell it is done here."""
        if not housekeeping.due(minute):
            return
        for name in scope_names(KEEPS_HOUSE):
            self._ring(jobs.ring_for_housekeeping, housekeeping.keep, name, minute)

    def _deliver(self, scope_name: str, row_id: Any) -> None:
        self._ring(jobs.enqueue, perform, scope_name, row_id)

    def _ring(
        self, bell: Callable[..., object], do: Callable[..., object], name: str, what: Any
    ) -> None:
        """Ring; when there is no bell do it here, and don't try it again for a moment."""
        if not self.valkey.is_open:
            try:
                bell(name, what)
                return
            except RedisError as error:
                self.valkey.trip()
                log.warning("the bell is gone (%s), doing it here", type(error).__name__)
        do(name, what)


def main() -> None:
    """Run the relay until SIGTERM or Ctrl-C."""
    from wsgi import app

    logs.configure(app.extensions["settings"])
    with app.app_context():
        relay = Relay(app)
        signal.signal(signal.SIGTERM, relay.stop)
        signal.signal(signal.SIGINT, relay.stop)
        relay.run()


if __name__ == "__main__":
    main()
