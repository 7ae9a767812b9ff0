"""The house with real servers, once per test process: PostgreSQL, Valkey, SMTP, two offices."""

import gc
import itertools
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select
from xdist.scheduler import LoadFileScheduling

from blueprints import find_doors
from config.settings import Settings
from core import passwords
from core.accounts import codes
from core.app import create_app
from core.clock import now
from core.outbox import relay, work
from core.platform.parts import free_port
from core.platform.postgres import EmbeddedPostgres
from core.platform.valkey import EmbeddedValkey
from tenants.database import db
from tests.critic import Visitor
from tests.house.bare import bare_settings

OFFICES = ("london", "istanbul")
FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


LONG = {"journeys", "faults", "isolation", "test_run.py"}
SHARED = "tests/isolation/"
MEMORY, ENOUGH = Path("/dev/shm"), 2 * 2**30


def pytest_configure() -> None:
    """Files of tests lie in memory where there is room: none of them outlives its test, and a disk
    costs the suite a tenth of its time. What a file of tests leaves behind is collected after it,
    see `tidied`, not while it is read or runs."""
    gc.disable()
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    facts = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    available = int(facts["MemAvailable"].split()[0]) * 1024
    if min(available, shutil.disk_usage(MEMORY).free) > ENOUGH:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long first: the many short files fill the gaps at the end."""
    items.sort(key=lambda item: not (LONG & {*item.path.parts}))


class ByFileOrHouse(LoadFileScheduling):  # type: ignore[misc]
    """One worker takes a file of tests, or all the files that share a furnished house."""

    def _split_scope(self, nodeid: str) -> str:
        return SHARED if nodeid.startswith(SHARED) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFileOrHouse | None:
    """What `--dist loadfile` means here."""
    return ByFileOrHouse(config, log) if config.option.dist == "loadfile" else None


FULL_COST = passwords.HASHER
LEAST_COST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> None:
    """Argon2id at its least cost: the suite hashes and verifies thousands of times."""
    passwords.HASHER = codes._hasher = LEAST_COST


@pytest.fixture
def full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id as the house runs it."""
    monkeypatch.setattr(passwords, "HASHER", FULL_COST)


@dataclass
class Mailbox:
    """Receives by a real SMTP conversation; newest last."""

    app: Flask
    received: list[EmailMessage] = field(default_factory=list)
    _to: dict[str, list[EmailMessage]] = field(default_factory=dict)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Called by aiosmtpd for each mail."""
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.received.append(mail)
        self._to.setdefault(str(mail["To"]), []).append(mail)
        return "250 Message accepted for delivery"

    def deliver(self) -> None:
        """Do everything that waits in the outboxes, as the relay would without a worker."""
        with self.app.app_context():
            relay.run_due()

    def _send(self) -> None:
        """Send the mails that wait; what else waits (figures for the ministry) goes on waiting."""
        with self.app.app_context():
            for name in relay.scope_names():
                with work.scope_named(name):
                    table = work.model()
                    waits = (table.kind == "mail", table.done_at.is_(None), table.due_at <= now())
                    rows = select(table.id).where(*waits).order_by(table.due_at)
                    mails = db.session.scalars(rows).all()
                for row_id in mails:
                    work.perform(name, row_id)

    def to(self, address: str) -> list[EmailMessage]:
        """All mails to an address, after sending those that wait."""
        self._send()
        return list(self._to.get(address, ()))

    def newest(self, address: str) -> EmailMessage:
        """The last mail to an address."""
        mails = self.to(address)
        assert mails, f"no mail to {address}"
        return mails[-1]

    @staticmethod
    def text(mail: EmailMessage) -> str:
        """The plain text part."""
        body = mail.get_body(("plain",))
        assert body is not None
        return body.get_content()


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """What this test process keeps, in a short path (sockets may have 107 bytes)."""
    with tempfile.TemporaryDirectory(prefix="mk") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres(home: Path) -> Iterator[EmbeddedPostgres]:
    """A real PostgreSQL that waits for no disk, because nothing here outlives the test."""
    server = EmbeddedPostgres(home, FORGETFUL)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey(home: Path) -> Iterator[EmbeddedValkey]:
    """A real Valkey."""
    server = EmbeddedValkey(home)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def smtp_sink() -> Iterator[tuple[Mailbox, str]]:
    """A real SMTP server whose mails tests can read, and its address."""
    box = Mailbox(app=None)  # type: ignore[arg-type]
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture(scope="session")
def settings(
    home: Path,
    postgres: EmbeddedPostgres,
    valkey: EmbeddedValkey,
    smtp_sink: tuple[Mailbox, str],
) -> Settings:
    """Settings that point at the real servers of this test process."""
    return bare_settings(
        database_url=postgres.app_url,
        owner_database_url=postgres.owner_url,
        redis_url=valkey.url,
        storage_url=f"file://{home}/storage",
        smtp_url=smtp_sink[1],
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    """The whole application with the offices london and istanbul open."""
    from tests.offices import open_offices

    only = os.environ.get("TEST_DOORS")  # some doors alone, while others are being built
    app = create_app(settings, find_doors(only.split(",") if only else None))
    open_offices(app, OFFICES)
    gc.freeze()  # all of this stays to the end: the collector need not look through it
    return app


@pytest.fixture(scope="module", autouse=True)
def tidied() -> Iterator[None]:
    """The collector runs after each file instead of every few hundred objects: a tenth faster."""
    yield
    gc.collect(1)


@pytest.fixture(scope="session")
def mailbox(app: Flask, smtp_sink: tuple[Mailbox, str]) -> Mailbox:
    """The mails that the house has sent."""
    smtp_sink[0].app = app
    return smtp_sink[0]


@pytest.fixture(scope="session")
def visitor(app: Flask) -> Callable[..., Visitor]:
    """`visitor("london", lang="en")`: a fresh browser at an office (or `ministry`, or base)."""

    def make(site: str | None = "london", lang: str = "fa") -> Visitor:
        base = app.extensions["settings"].base_domain
        return Visitor(app, f"{site}.{base}" if site else base, lang)

    return make


_serial = itertools.count(int(time.time()) % 1_000_000)


def national_id() -> str:
    """A valid national ID that no test has used before."""
    digits = f"{random.randrange(100, 999)}{next(_serial) % 1_000_000:06d}"
    total = sum(int(d) * (10 - i) for i, d in enumerate(digits))
    rest = total % 11
    return digits + str(rest if rest < 2 else 11 - rest)


@pytest.fixture(scope="session")
def person() -> Callable[[], dict[str, str]]:
    """`person()`: an address and a national ID of somebody nobody has seen before."""

    def make() -> dict[str, str]:
        number = national_id()
        return {"email": f"p{number}@example.org", "national_id": number}

    return make
