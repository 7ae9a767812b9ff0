"""`mikhak doctor`: asks every part whether it is well and says what to do where it is not."""

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from config.settings import Settings
from core.audit import examination
from core.documents import storage
from core.documents.keys import Tampered, root_key
from core.errors import Unavailable
from core.notifications import smtp
from core.platform import production
from core.requests import supervision
from tenants import registry, walls
from tenants.migrations.runner import versions
from tenants.migrations.steps import head

OLDEST_POSTGRES = 150000


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, and what to do about it.

    A `reminder` is work of the people of an office; nothing is wrong with the house.
    """

    what: str
    advice: str = ""
    reminder: bool = False

    @property
    def well(self) -> bool:
        return self.reminder or not self.advice


def examine(settings: Settings) -> Iterator[Finding]:
    """All checks in the order in which they depend on each other."""
    database = _database(settings)
    yield database
    if database.well:
        yield _durability(settings)
        yield _schemas(settings)
        yield from _walls()
        yield _keys(settings)
        yield from _trails()
        yield from _supervision()
        yield from (Finding("production", fault) for fault in production.faults(settings))
    yield _try("Valkey or Redis", lambda: _redis(settings), "MIKHAK_REDIS_URL")
    yield _try("storage", lambda: _storage(settings), "MIKHAK_STORAGE_URL")
    yield _try("mail server", lambda: _mail(settings), "MIKHAK_SMTP_URL")


def _database(settings: Settings) -> Finding:
    for name, url in (
        ("MIKHAK_DATABASE_URL", settings.database_url),
        ("MIKHAK_OWNER_DATABASE_URL", settings.owner_database_url),
    ):
        try:
            with psycopg.connect(url, connect_timeout=5) as connection:
                version = connection.info.server_version
        except psycopg.Error as error:
            return Finding("database", f"does not answer ({_line(error)}): check {name}.")
        if version < OLDEST_POSTGRES:
            return Finding("database", "is older than PostgreSQL 15: upgrade it.")
    return Finding("database")


def _durability(settings: Settings) -> Finding:
    """Asked of the app's own connection, because a role may have settings of its own."""
    with psycopg.connect(settings.database_url, connect_timeout=5) as connection:
        off = [name for name in production.DURABLE if _setting(connection, name) == "off"]
    if off:
        return Finding("durability", f"may lose what it confirmed: switch {', '.join(off)} on.")
    return Finding("durability")


def _setting(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return row[0] if row else "off"


def _schemas(settings: Settings) -> Finding:
    with psycopg.connect(settings.owner_database_url, connect_timeout=5) as connection:
        shared, offices = versions(connection)
    behind = [slug for slug, version in offices.items() if version < head("office")]
    if shared < head("shared"):
        return Finding("schema versions", "shared schema is behind: run `mikhak offices migrate`.")
    if behind:
        return Finding(
            "schema versions", f"{len(behind)} offices are behind: run `mikhak offices migrate`."
        )
    return Finding("schema versions")


def _walls() -> Iterator[Finding]:
    faults = walls.faults()
    for fault in faults:
        yield Finding("isolation", f"{fault}: pipe `mikhak db walls` into psql as a superuser.")
    if not faults:
        yield Finding("isolation")


def _keys(settings: Settings) -> Finding:
    root = root_key(settings)
    for office in registry.all_offices():
        if not office.wrapped_key:
            continue
        try:
            root.unwrap(office.slug, office.wrapped_key)
        except Tampered:
            return Finding("keys", f"{office.slug}'s key opens with no root key: its documents are"
                           " lost unless MIKHAK_ROOT_KEY or MIKHAK_OTHER_ROOT_KEY is the right one."
                           )  # fmt: skip
        if not root.is_current(office.slug, office.wrapped_key):
            return Finding("keys", "the root key is being changed: run `mikhak keys root`.")
        if office.former_wrapped_key:
            return Finding("keys", f"{office.slug}'s key is being changed: run"
                           f" `mikhak keys rotate {office.slug}` to the end.")  # fmt: skip
    return Finding("keys")


def _supervision() -> list[Finding]:
    """A complaint is worked on by one supervisor and closed by another."""
    found = [
        Finding(
            "supervision",
            f"{office} takes complaints with {there} of two supervisors: its admin invites them"
            " at /office/staff, or switches the service off at /office/services.",
            reminder=True,
        )
        for office, there in supervision.understaffed()
    ]
    return found or [Finding("supervision")]


def _trails() -> list[Finding]:
    found = [
        Finding(
            "audit trail",
            f"of {name}: {fault}. Somebody has changed it in the database: keep a copy of it and"
            " compare it with the backup; `mikhak audit accept` after a restored backup.",
        )
        for name, fault in examination.faults()
    ]
    return found or [Finding("audit trail")]


def _try(what: str, look: Callable[[], None], setting: str) -> Finding:
    try:
        look()
    except (OSError, RedisError, smtplib.SMTPException, Unavailable) as error:
        return Finding(what, f"does not answer ({_line(error)}): check {setting}.")
    return Finding(what)


def _redis(settings: Settings) -> None:
    with Redis.from_url(settings.redis_url, socket_timeout=3, socket_connect_timeout=3) as client:
        client.ping()


def _storage(settings: Settings) -> None:
    storage.from_url(settings.storage_url).exists("health/none")


def _mail(settings: Settings) -> None:
    smtp.connect(settings.smtp_url).close()


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
