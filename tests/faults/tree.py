"""The process tree of `make run`, started for a test, and each of its processes by its part."""

import http.client
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from config import settings as settings_module
from config.settings import Settings
from core.platform.postgres import EmbeddedPostgres
from tests.process_tree import ProcessTree


class Tree(ProcessTree):
    """A tree without demo data."""

    def __init__(self, home: Path, **environ: str) -> None:
        super().__init__(home, MIKHAK_ENV="test", **environ)

    def start(self) -> None:
        """Start the supervisor and wait until it is ready."""
        self.launch()
        self.until("READY")

    def stop(self) -> None:
        """One Ctrl-C; what does not end then is killed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.cut()

    def cut(self) -> None:
        """Kill the whole tree at once, as a power cut does."""
        for pid in [self.process.pid, *(one.pid for one in self.processes())]:
            _kill(pid, signal.SIGKILL)
        self.process.wait(30)

    def settings(self) -> Settings:
        """The settings that the tree runs with, its embedded parts included."""
        return settings_module.load(self.environ)

    def part(self, name: str) -> list[int]:
        """The process ids of a part by its name in PARTS; empty while it is down."""
        return self.parts()[name]

    def parts(self) -> dict[str, list[int]]:
        """The process ids of all parts, seen at one moment."""
        ours, top = self.processes(), self.process.pid
        web = {p.pid for p in ours if p.parent == top and "gunicorn" in p.command}
        return {name: [p.pid for p in ours if is_it(p, top, web)] for name, is_it in PARTS.items()}

    def alter_database(self, **options: str) -> None:
        """Change settings of the running PostgreSQL for good, to see a promise broken."""
        url = EmbeddedPostgres(self.home).admin_url
        with psycopg.connect(url, autocommit=True) as connection:
            for name, value in options.items():
                statement = sql.SQL("ALTER SYSTEM SET {} = {}")
                connection.execute(statement.format(sql.Identifier(name), sql.Literal(value)))
            connection.execute("SELECT pg_reload_conf()")

    def kill(self, pid: int, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to one of ours, if it is still there."""
        _kill(pid, number)

    def health(self) -> dict[str, object]:
        """What /health/ready says; empty when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/health/ready", headers={"Host": "localhost"})
            return dict(json.loads(connection.getresponse().read()))
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            connection.close()


WORKER = ("rq:worker", "mikhak core.cli:main worker")
"""At work, and just born."""
PARTS = {
    "web": lambda p, top, web: p.pid in web,
    "web worker": lambda p, top, web: p.parent in web and "gunicorn" in p.command,
    "nursery": lambda p, top, web: "core.documents.nursery" in p.command,
    "relay": lambda p, top, web: p.parent == top and "core.outbox.relay" in p.command,
    "worker": lambda p, top, web: p.parent == top and p.command.startswith(WORKER),
    "mother": lambda p, top, web: p.parent == top and "core.platform.nursery" in p.command,
    "mail": lambda p, top, web: p.parent == top and "core.platform.mail" in p.command,
    "valkey": lambda p, top, web: p.parent == top and "valkey" in p.command.split(" ")[0],
    "postgres": lambda p, top, web: p.parent == top and "/postgres " in p.command,
    "backend": lambda p, top, web: p.command.startswith("postgres: mikhak_app"),
}


@contextmanager
def tree(home: Path, **environ: str) -> Iterator[Tree]:
    """A running tree that leaves nothing behind."""
    running = Tree(home, **environ)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def _kill(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
