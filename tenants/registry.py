"""The registry of offices, in the shared schema, and the look-ups that every request begins with.

Look-ups run as the application's login, outside of any scope, and are kept in each process. A
counter in the database says when they are stale: it is asked at most once a second, so that a
change is in force everywhere within two, through any pooler and without a connection of its own.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    event,
)
from sqlalchemy import text as sql_text
from sqlalchemy.engine import Connection, Engine, RowMapping
from sqlalchemy.orm import Mapped, mapped_column

from tenants import names
from tenants.binding import LOOKUP
from tenants.clock import now
from tenants.database import Model, db
from tenants.facts import OfficeFacts

__all__ = ["Office", "OfficeFacts", "OfficeHost", "UnknownOffice", "all_offices", "find_by_host"]

ERASED = "erased"
"""Only its row is left, for the figures and the record; to all look-ups it is as unknown as any."""
STATUSES = ("opening", "active", "suspended", "closed", ERASED)
SECONDS_BETWEEN_CHECKS = 1.0
READABLE_BY_ALL = {"app": "SELECT", "offices": "SELECT"}


class UnknownOffice(LookupError):
    """No office has this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"there is no office {slug!r}")


class Office(Model):
    """One consular office: one tenant."""

    __tablename__ = "offices"
    __table_args__ = (
        CheckConstraint(f"slug ~ '{names.SLUG}'", name="slug"),
        CheckConstraint(f"status IN {STATUSES!r}", name="status"),
        CheckConstraint("successor IS NULL OR successor <> slug", name="successor"),
        {"schema": names.SHARED_SCHEMA, "info": READABLE_BY_ALL},
    )

    slug: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name_fa: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    city_fa: Mapped[str] = mapped_column(Text)
    city_en: Mapped[str] = mapped_column(Text)
    country_code: Mapped[str] = mapped_column(Text)
    country_fa: Mapped[str] = mapped_column(Text)
    country_en: Mapped[str] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    locales: Mapped[list[Any]]
    weekend: Mapped[list[Any]]
    jurisdictions: Mapped[list[Any]]
    status: Mapped[str] = mapped_column(Text, default="opening")
    successor: Mapped[str | None] = mapped_column(
        ForeignKey(f"{names.SHARED_SCHEMA}.offices.slug"), index=True
    )
    schema_version: Mapped[int] = mapped_column(Integer, default=0)
    contact: Mapped[dict[str, Any]] = mapped_column(default=dict)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    former_wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)
    status_changed_at: Mapped[datetime] = mapped_column(default=now)


class OfficeHost(Model):
    """A host name that leads to an office; an office can have several."""

    __tablename__ = "office_hosts"
    __table_args__ = (
        CheckConstraint("host = lower(host)", name="host"),
        {"schema": names.SHARED_SCHEMA, "info": READABLE_BY_ALL},
    )

    host: Mapped[str] = mapped_column(Text, primary_key=True)
    office: Mapped[str] = mapped_column(
        ForeignKey(f"{names.SHARED_SCHEMA}.offices.slug"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=now)


class House(Model):
    """The one row about the whole installation: counters that say what is stale."""

    __tablename__ = "house"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        {
            "schema": names.SHARED_SCHEMA,
            "info": {
                "app": "SELECT",
                "first_row": {"id": 1, "registry_version": 0, "shared_schema": 0},
            },
        },
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    registry_version: Mapped[int] = mapped_column(BigInteger)
    shared_schema: Mapped[int] = mapped_column(Integer)


VERSION = "SELECT registry_version FROM ministry.house"
BUMP = "UPDATE ministry.house SET registry_version = registry_version + 1"
HOSTS = "SELECT host, office FROM ministry.office_hosts ORDER BY created_at, host"
WRITTEN = "SELECT slug, xmin::text FROM ministry.offices WHERE status <> 'erased'"
OFFICES = "SELECT * FROM ministry.offices WHERE slug = ANY(%s)"


@event.listens_for(Office, "after_insert")
@event.listens_for(Office, "after_update")
@event.listens_for(Office, "after_delete")
@event.listens_for(OfficeHost, "after_insert")
@event.listens_for(OfficeHost, "after_update")
@event.listens_for(OfficeHost, "after_delete")
def bump(_mapper: Any, connection: Connection, _row: Any) -> None:
    """Say, with the transaction in hand, that what is remembered of such rows is stale."""
    connection.execute(sql_text(BUMP))


@dataclass
class _Known:
    """What this process remembers of the registry."""

    version: int = -1
    checked_at: float = float("-inf")
    offices: dict[str, OfficeFacts] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    """Which transaction wrote the row of an office: another one means that it was changed."""


_known: dict[str, _Known] = {}
_loading = threading.Lock()


def _new_lock() -> None:
    """Another thread of the parent may have held the lock when this child was made."""
    global _loading
    _loading = threading.Lock()


os.register_at_fork(after_in_child=_new_lock)


def find_by_host(host: str) -> OfficeFacts | None:
    """The office that a host name leads to, by exact name."""
    known = _fresh()
    slug = known.hosts.get(host)
    return known.offices[slug] if slug else None


def get(slug: str) -> OfficeFacts:
    """The office of this slug; raises UnknownOffice."""
    try:
        return _fresh().offices[slug]
    except KeyError:
        raise UnknownOffice(slug) from None


def all_offices() -> list[OfficeFacts]:
    """Every office, by slug."""
    known = _fresh()
    return [known.offices[slug] for slug in sorted(known.offices)]


def successor_of(office: OfficeFacts) -> OfficeFacts | None:
    """Who serves the people of a closed office today: its successor, or that one's, and so on."""
    passed: set[str] = set()
    known = _fresh().offices
    while office.status == "closed" and office.successor in known and office.slug not in passed:
        passed.add(office.slug)
        office = known[office.successor]
    return office if passed and office.status == "active" else None


def version() -> int:
    """The counter, at most a second old; what was remembered at a smaller one is stale."""
    return _fresh().version


def database() -> str:
    """Which database this process talks to; what is remembered is remembered of it."""
    return _address(db.engine)


@lru_cache(maxsize=8)
def _address(engine: Engine) -> str:
    """Every request asks several times; writing it out is dearer than all that is asked for."""
    return engine.url.render_as_string(hide_password=True)


@contextmanager
def look_up() -> Iterator[Connection]:
    """A connection outside of any scope, as the application's login, which may read little."""
    with db.engine.connect().execution_options(**LOOKUP) as connection, connection.begin():
        yield connection


def forget() -> None:
    """Ask the database at the next look-up; the process that changed something calls this."""
    for known in list(_known.values()):
        known.checked_at = float("-inf")


def _fresh() -> _Known:
    key = database()
    known = _known.get(key)
    if known and time.monotonic() - known.checked_at < SECONDS_BETWEEN_CHECKS:
        return known
    with _loading:
        known = _known.get(key) or _Known()
        if time.monotonic() - known.checked_at >= SECONDS_BETWEEN_CHECKS:
            known = _refreshed(known)
            _known[key] = known
    return known


def _refreshed(known: _Known) -> _Known:
    """What is known now: only rows that another transaction has written since are read again."""
    asked_at = time.monotonic()
    with look_up() as connection:
        counted = connection.exec_driver_sql(VERSION).scalar_one()
        if counted == known.version:
            known.checked_at = asked_at
            return known
        if counted < known.version:  # a backup was put in place of what we remember
            known = _Known()
        hosts = connection.exec_driver_sql(HOSTS).all()
        written: dict[str, str] = dict(connection.exec_driver_sql(WRITTEN).all())
        changed = [slug for slug in written if written[slug] != known.written.get(slug)]
        rows = connection.exec_driver_sql(OFFICES, (changed,)).mappings().all()
    of_office: dict[str, list[str]] = {}
    for host, slug in hosts:
        of_office.setdefault(slug, []).append(host)
    offices = {slug: facts for slug, facts in known.offices.items() if slug in written}
    offices |= {row["slug"]: _facts(row) for row in rows}
    for slug, facts in offices.items():
        if facts.hosts != (its_own := tuple(of_office.get(slug, ()))):
            offices[slug] = replace(facts, hosts=its_own)
    leading = {host: slug for host, slug in hosts if slug in offices}
    return _Known(counted, asked_at, offices, leading, written)


def _facts(row: RowMapping) -> OfficeFacts:
    def both(name: str) -> dict[str, str]:
        return {"fa": row[f"{name}_fa"], "en": row[f"{name}_en"]}

    return OfficeFacts(
        slug=row["slug"],
        kind=row["kind"],
        name=both("name"),
        city=both("city"),
        country_code=row["country_code"],
        country=both("country"),
        timezone=row["timezone"],
        currency=row["currency"],
        locales=tuple(row["locales"]),
        weekend=tuple(row["weekend"]),
        jurisdictions=tuple(row["jurisdictions"]),
        status=row["status"],
        schema_version=row["schema_version"],
        successor=row["successor"],
        contact=row["contact"],
        wrapped_key=row["wrapped_key"],
        former_wrapped_key=row["former_wrapped_key"],
    )
