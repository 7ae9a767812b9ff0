"""The relay: from the outbox to the workers. One process; `python -m core.outbox.relay`.

PostgreSQL rings (NOTIFY) when something waits; a sweep finds what nobody was told of. Valkey is
only a bell: when it is gone, the relay does the work itself.
"""

import logging
import signal
import time
from collections.abc import Callable
from typing import Any

import psycopg
from flask import Flask
from redis.exceptions import RedisError

from core import housekeeping, jobs
from core.outbox.actions import CHANNEL
from core.outbox.work import due_rows, perform, scope_named
from tenants import registry
from tenants.names import SHARED_SCHEMA

log = logging.getLogger("mikhak.relay")

SWEEP_EVERY = 15.0
HAS_AN_OUTBOX = ("active", "suspended", "closed")
"""What an office left when it was shut still goes out, and its last figures are counted."""
KEEPS_HOUSE = ("active", "suspended")


def scope_names(statuses: tuple[str, ...] = HAS_AN_OUTBOX) -> list[str]:
    """The ministry and the offices that are in one of these states."""
    offices = [office.slug for office in registry.all_offices() if office.status in statuses]
    return [SHARED_SCHEMA, *offices]


def hand_over(scope_name: str, deliver: Callable[[str, Any], object]) -> int:
    """Hand the due rows of one scope to `deliver(scope name, row id)`; how many there were."""
    with scope_named(scope_name):
        ids = [row.id for row in due_rows()]
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
    """Waits for the bell, hands over, sweeps."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.url = app.extensions["settings"].database_url
        self.stopping = False

    def stop(self, *_: Any) -> None:
        """Finish the round in hand and leave."""
        self.stopping = True

    def run(self) -> None:
        """Work until stopped; a lost database is waited for."""
        while not self.stopping:
            try:
                with psycopg.connect(self.url, autocommit=True) as bell:
                    bell.execute(f"LISTEN {CHANNEL}")
                    self._listen(bell)
            except psycopg.OperationalError as error:
                log.warning("database does not answer: %s", type(error).__name__)
                time.sleep(1)

    def _listen(self, bell: psycopg.Connection[Any]) -> None:
        next_sweep, minute = 0.0, 0
        while not self.stopping:
            if minute != int(time.time()) // 60:
                minute = int(time.time()) // 60
                self._keep_house(minute)
            rung = {n.payload for n in bell.notifies(timeout=1, stop_after=1)}
            if time.monotonic() >= next_sweep:
                rung, next_sweep = set(scope_names()), time.monotonic() + SWEEP_EVERY
            for name in sorted(rung):
                self._round(name)

    def _round(self, name: str) -> None:
        try:
            while hand_over(name, self._deliver):
                pass
        except LookupError:
            log.info("the scope %s is gone", name)

    def _keep_house(self, minute: int) -> None:
        """Give the sign for what is due; without a bell it waits for a later minute."""
        if not housekeeping.due(minute):
            return
        try:
            for name in scope_names(KEEPS_HOUSE):
                jobs.ring_for_housekeeping(name, minute)
        except RedisError as error:
            log.warning("the bell is gone (%s), housekeeping waits", type(error).__name__)

    def _deliver(self, scope_name: str, row_id: Any) -> None:
        try:
            jobs.enqueue(scope_name, row_id)
        except RedisError as error:
            log.warning("the bell is gone (%s), doing it here", type(error).__name__)
            perform(scope_name, row_id)


def main() -> None:
    """Run the relay until SIGTERM or Ctrl-C."""
    from wsgi import app

    logging.basicConfig(level=logging.INFO)
    with app.app_context():
        relay = Relay(app)
        signal.signal(signal.SIGTERM, relay.stop)
        signal.signal(signal.SIGINT, relay.stop)
        relay.run()


if __name__ == "__main__":
    main()
