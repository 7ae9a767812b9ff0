"""Ways to hurt a running tree. Each waits until its target is there, strikes and lets go."""

import random
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis

from tests.faults.clients import Record
from tests.faults.tree import Tree
from tests.integration.s3_server import S3Server

FROZEN_SECONDS = 6.0
ON_DEMAND = ("backend", "nursery", "mother")
"""Parts that are there only after somebody has asked for one."""


class Kills:
    """All the ways, by name; `frozen` is how long what is frozen stays so."""

    def __init__(
        self,
        tree: Tree,
        dice: random.Random,
        store: Path | S3Server,
        frozen: float = FROZEN_SECONDS,
    ) -> None:
        self.tree, self.dice, self.frozen = tree, dice, frozen
        self.done: Counter[str] = Counter()
        self.waited: dict[str, float] = {}  # seconds until the next submission after each way
        self.killed: tuple[str, int] | None = None
        self.ways: dict[str, Callable[[], None]] = {
            "web worker": lambda: self._kill("web worker"),
            "web server": lambda: self._kill("web"),
            "file inspector": lambda: self._kill("nursery"),
            "relay": lambda: self._kill("relay"),
            "relay and the mother of all": lambda: self._kill("mother", "relay"),
            "job worker": lambda: self._kill("worker"),
            "database connection": lambda: self._kill("backend"),
            "database": lambda: self._kill("postgres"),
            "Valkey": lambda: self._kill("valkey"),
            "Valkey wiped": self._wipe,
            "mail server": lambda: self._kill("mail"),
            "Valkey frozen": lambda: self._freeze("valkey"),
            "mail server frozen": lambda: self._freeze("mail"),
            "job worker frozen": lambda: self._freeze("worker"),
        }
        if isinstance(store, Path):
            self.ways["storage down"] = lambda: self._take_away(store)
        else:
            self.ways |= {
                "storage down": lambda: self._stop_for_a_while(store),
                "storage frozen": lambda: self._freeze_store(store, (self.frozen, 0.0)),
                "storage slow": lambda: self._freeze_store(store, *[(0.3, 0.1)] * 15),
            }

    def figures(self) -> dict[str, Any]:
        """For the table."""
        return {
            "kills": self.done.total(),
            "kills by way": dict(sorted(self.done.items())),
            "seconds until the next answer": dict(sorted(self.waited.items())),
        }

    def strike(self, way: str) -> None:
        """Hurt the tree this way."""
        self.killed = None
        self.ways[way]()
        self.done[way] += 1

    def each_once(self, record: Record) -> None:
        """Every way, in the order that the dice say; after each somebody must be served again, and
        what was killed be back without a new start of the whole."""
        for way in self.dice.sample(sorted(self.ways), len(self.ways)):
            before = {part: len(pids) for part, pids in self.tree.parts().items()}
            self.strike(way)
            began, served = time.monotonic(), len(record.submitted)
            while len(record.submitted) == served:
                assert time.monotonic() < began + 240, f"nobody was served after: {way}"
                time.sleep(0.02)
            self.waited[way] = round(time.monotonic() - began, 1)
            self._await_heir(before)

    def until(self, stop: threading.Event, shortest: float, longest: float) -> None:
        """Random ones, until it is enough."""
        while not stop.wait(self.dice.uniform(shortest, longest)):
            self.strike(self.dice.choice(sorted(self.ways)))

    def _await_heir(self, before: dict[str, int]) -> None:
        """Another process does what the killed one did, under the same supervisor."""
        part, dead = self.killed or (ON_DEMAND[0], 0)
        deadline = time.monotonic() + 240
        while part not in ON_DEMAND and len(set(self.tree.part(part)) - {dead}) < before[part]:
            assert time.monotonic() < deadline, f"{part} did not come back"
            time.sleep(0.05)
        assert self.tree.process.poll() is None

    def _pid(self, part: str) -> int | None:
        """One process of the part; what is being started again is waited for."""
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            if pids := self.tree.part(part):
                return self.dice.choice(sorted(pids))
            if part in ON_DEMAND:
                return None
            time.sleep(0.2)
        raise AssertionError(f"{part} did not come back:\n" + "\n".join(self.tree.said[-10:]))

    def _kill(self, *parts: str) -> None:
        for part in parts:
            pid = self._pid(part)
            if pid is not None:
                self.killed = part, pid
                self.tree.kill(pid)

    def _freeze(self, part: str) -> None:
        pid = self._pid(part)
        assert pid is not None
        self.tree.kill(pid, signal.SIGSTOP)
        time.sleep(self.frozen)
        self.tree.kill(pid, signal.SIGCONT)

    def _wipe(self) -> None:
        """Everything in it is forgotten, and it is killed before it could tell anybody."""
        url = self.tree.settings().redis_url
        # When it is down already its file goes all the same.
        with suppress(redis.RedisError), redis.Redis.from_url(url, socket_timeout=5) as client:
            client.flushall()
        self._kill("valkey")
        shutil.rmtree(self.tree.home / "valkey" / "appendonlydir", ignore_errors=True)

    def _take_away(self, shelf: Path) -> None:
        """The folder of the files is no folder any more, as when a mount is gone."""
        away = shelf.with_name("shelf-away")
        shelf.rename(away)
        shelf.touch()
        time.sleep(self.frozen)
        shelf.unlink()
        away.rename(shelf)

    def _stop_for_a_while(self, store: S3Server) -> None:
        store.stop()
        time.sleep(self.frozen)
        store.start()

    def _freeze_store(self, store: S3Server, *pulses: tuple[float, float]) -> None:
        """Stopped and let go again, in turns."""
        assert store.process is not None
        for stopped, running in pulses:
            store.process.send_signal(signal.SIGSTOP)
            time.sleep(stopped)
            store.process.send_signal(signal.SIGCONT)
            time.sleep(running)
