"""Opening an office: all or nothing, in one transaction over a connection of its own.

Role, schema, default privileges, tables, registry row, host names, then what the rooms want to
put in (reference rows, the first admin's invitation) as the office itself. Killed at any point
nothing is left, and the same call does it again; called again afterwards it changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import NullPool, create_engine, make_url
from sqlalchemy.engine import Connection, Engine

from tenants import names, registry, walls
from tenants.binding import OneStatementCursor
from tenants.clock import now
from tenants.context import Scope, set_local
from tenants.database import db
from tenants.facts import OfficeFacts
from tenants.migrations.steps import for_office, head, load
from tenants.reference import NewOffice
from tenants.registry import ERASED, Office, OfficeHost
from tenants.scope import run

Hook = Callable[[], None]
Fill = Callable[[psycopg.Connection[Any]], None]
Progress = Callable[[str], None]
STAGES = ("role", "schema", "tables", "registry", "first_rows", "active")
"""What `progress` is told, in this order."""


class CannotOpen(RuntimeError):
    """The office can't be opened; the message says why."""


@dataclass(frozen=True)
class Opening:
    """What is needed besides the office's facts.

    `after_open` runs as the new office, `in_ministry` as the ministry, both inside the same
    transaction as everything else: they use `db.session` and flush. An office that comes back from
    an archive has its tables made at `version`, filled over the owner's connection by `fill`, and
    brought to the head; `status` is what it is in the end.
    """

    hosts: Sequence[str]
    wrapped_key: Callable[[], bytes] | bytes
    after_open: Hook | None = None
    in_ministry: Hook | None = None
    version: int | None = None
    fill: Fill | None = None
    status: str = "active"


def open_office(
    owner_url: str, office: NewOffice, opening: Opening, progress: Progress = lambda _stage: None
) -> bool:
    """Open an office; True when it was opened, False when it was open already.

    Raises BadSlug, and CannotOpen when the schema is behind the code, the office was suspended or
    closed, or a host name leads elsewhere. Needs an application context for the hooks.
    """
    names.check_slug(office.slug)
    with _engine(owner_url).begin() as connection:
        if _is_open(connection, office.slug):
            return False
        facts = office.facts(
            hosts=tuple(host.lower() for host in opening.hosts),
            wrapped_key=_key(opening.wrapped_key),
            version=head("office"),
        )
        _make_schema(connection, facts.slug, opening, progress)
        progress("registry")
        _register(connection, facts)
        progress("first_rows")
        _run_hook(connection, facts, opening.after_open)
        _activate(connection, facts.slug, opening.status)
        _run_hook(connection, None, opening.in_ministry)
        progress("active")
    registry.forget()
    return True


def _key(wrapped_key: Callable[[], bytes] | bytes) -> bytes:
    return wrapped_key() if callable(wrapped_key) else wrapped_key


@lru_cache
def _engine(owner_url: str) -> Engine:
    """The owner's engine: it keeps no connection, only what it learnt of the server."""
    return create_engine(
        make_url(owner_url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        use_native_hstore=False,
        connect_args={
            "prepare_threshold": None,
            "cursor_factory": OneStatementCursor,
            "application_name": "mikhak provisioning",
        },
    )


def _execute(connection: Connection, statement: str, values: Sequence[Any] | None = None) -> Any:
    """Run a statement of ours; the office's own sessions go through the fenced cursor instead."""
    driver: Any = connection.connection.driver_connection
    return psycopg.Cursor(driver).execute(statement.encode(), values)


def _is_open(connection: Connection, slug: str) -> bool:
    """Whether it is open already; whoever else opens it waits here for our transaction."""
    _execute(connection, "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"open office {slug}"])
    try:
        row = _execute(connection, "SELECT shared_schema FROM ministry.house").fetchone()
    except psycopg.errors.UndefinedTable:
        raise CannotOpen("the database is empty: run `mikhak offices migrate` first") from None
    if row[0] != head("shared"):
        raise CannotOpen("the shared schema is behind: run `mikhak offices migrate` first")
    row = _execute(
        connection, "SELECT status FROM ministry.offices WHERE slug = %s", [slug]
    ).fetchone()
    if row is None or row[0] == ERASED:
        return False
    if row[0] != "active":
        raise CannotOpen(f"{slug} exists and is {row[0]}")
    return True


def _make_schema(connection: Connection, slug: str, opening: Opening, progress: Progress) -> None:
    """Each step is sent as one text: nothing waits for the answer to the statement before."""
    progress("role")
    role, *schema = walls.office_sql(slug)
    _execute(connection, role)
    progress("schema")
    path = f"{names.office_schema(slug)}, {names.EXTENSIONS}"
    _execute(connection, ";\n".join([*schema, f"SET LOCAL search_path = {path}"]))
    progress("tables")
    steps = load("office")
    filled_at = len(steps) if opening.version is None else opening.version
    for step in steps[:filled_at]:
        _execute(connection, ";\n".join(for_office(step.statements, slug)))
    if opening.fill is not None:
        driver: Any = connection.connection.driver_connection
        opening.fill(driver)
    for step in steps[filled_at:]:
        _execute(connection, ";\n".join(for_office(step.statements, slug)))


def _register(connection: Connection, facts: OfficeFacts) -> None:
    """Write the registry row and the host names as the ministry would."""

    def write() -> None:
        moment = now()
        db.session.merge(_row(facts, moment))  # the row of an erased office is taken over
        db.session.flush()
        for host in facts.hosts:
            taken = db.session.get(OfficeHost, host)
            if taken:
                raise CannotOpen(f"{host} leads to {taken.office} already")
            db.session.add(OfficeHost(host=host, office=facts.slug, created_at=moment))

    _run_hook(connection, None, write)


def _row(facts: OfficeFacts, moment: datetime) -> Office:
    return Office(
        slug=facts.slug,
        kind=facts.kind,
        name_fa=facts.name["fa"],
        name_en=facts.name["en"],
        city_fa=facts.city["fa"],
        city_en=facts.city["en"],
        country_code=facts.country_code,
        country_fa=facts.country["fa"],
        country_en=facts.country["en"],
        timezone=facts.timezone,
        currency=facts.currency,
        locales=list(facts.locales),
        weekend=list(facts.weekend),
        jurisdictions=list(facts.jurisdictions),
        status=facts.status,
        successor=None,
        created_at=moment,
        status_changed_at=moment,
        schema_version=facts.schema_version,
        contact=facts.contact,
        wrapped_key=facts.wrapped_key,
    )


def _run_hook(connection: Connection, facts: OfficeFacts | None, hook: Hook | None) -> None:
    """Run a hook in the scope of the office, or of the ministry, inside the owner's transaction."""
    if hook is None:
        return
    for statement in set_local(facts.slug if facts else None).split("; "):
        _execute(connection, statement)
    scope = Scope.for_office(facts) if facts else Scope.for_ministry()
    with run(replace(scope, connection=connection)):
        hook()
    _execute(connection, "RESET ROLE")


def _activate(connection: Connection, slug: str, status: str) -> None:
    _execute(connection, "UPDATE ministry.offices SET status = %s WHERE slug = %s", [status, slug])
