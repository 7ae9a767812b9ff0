"""Brings the shared schema and all offices to the head of their lines.

Versions are read in one query. Each office has one transaction: it is either wholly at its new
version or untouched. What is locked or broken is skipped, named and tried again; killed at any
time, the next run finishes.
"""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tenants import names, walls
from tenants.migrations.steps import FOLDER, for_office, head, load
from tenants.registry import BUMP, UnknownOffice

Progress = Callable[[int, int, str], None]
"""Told how many are done, of how many, and which office was the last."""
Statement = str | sql.Composable

VERSIONS = """
SELECT h.shared_schema, o.slug, o.schema_version
FROM ministry.house h LEFT JOIN ministry.offices o ON o.status <> 'erased'
ORDER BY o.created_at, o.slug
"""
VERSION = sql.SQL("SELECT schema_version FROM ministry.offices WHERE slug = {} FOR UPDATE")
BROUGHT_TO = sql.SQL("UPDATE ministry.offices SET schema_version = {} WHERE slug = {}")


@dataclass
class Report:
    """What a run did: steps of the shared line, offices brought forward, offices that were not."""

    shared_steps: int = 0
    done: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return not self.skipped


@dataclass(frozen=True)
class Plan:
    """How to run: where the steps are, who goes first, how many at once, how patient with locks."""

    folder: Path = FOLDER
    canary: str | None = None
    parallel: int = 1
    lock_timeout: float = 2.0
    attempts: int = 3
    pause: float = 1.0


def _connect(owner_url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(owner_url, autocommit=True, application_name="mikhak migrate")


def versions(connection: psycopg.Connection[Any]) -> tuple[int, dict[str, int]]:
    """Version of the shared schema and of every office, in one query."""
    try:
        rows = connection.execute(VERSIONS).fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return 0, {}
    return rows[0][0], {slug: version for _, slug, version in rows if slug}


def migrate(owner_url: str, plan: Plan = Plan(), progress: Progress | None = None) -> Report:
    """Bring everything to the head. The canary goes alone: when it breaks, nobody follows.

    Without a named one it is the oldest office that is not locked. Raises UnknownOffice.
    """
    report = Report()
    target = head("office", plan.folder)
    with _connect(owner_url) as connection:
        shared, offices = versions(connection)
        if shared < head("shared", plan.folder):
            report.shared_steps = _migrate_shared(connection, plan)
        if plan.canary and plan.canary not in offices:
            raise UnknownOffice(plan.canary)
        waiting = [slug for slug, version in offices.items() if version < target]
        if not waiting:
            return report
        _Run(owner_url, plan, report, progress or _silent, len(waiting)).all(connection, waiting)
        connection.execute(BUMP)  # waits for the disk, and so for every office before it
    return report


def _silent(_done: int, _total: int, _slug: str) -> None:
    """Nobody is watching."""


def _migrate_shared(connection: psycopg.Connection[Any], plan: Plan) -> int:
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('mikhak shared line'))")
        present = connection.execute("SELECT to_regclass('ministry.house')").fetchone()
        if present and present[0]:
            version = versions(connection)[0]
        else:
            version = 0
            for statement in walls.owner_sql():
                connection.execute(statement)
        connection.execute(f"SET LOCAL search_path = {names.EXTENSIONS}")
        connection.execute(f"SET LOCAL lock_timeout = {int(plan.lock_timeout * 1000)}")
        steps = load("shared", plan.folder)[version:]
        for step in steps:
            _send(connection, *step.statements)
        connection.execute("UPDATE ministry.house SET shared_schema = %s", [version + len(steps)])
    return len(steps)


def migrate_office(connection: psycopg.Connection[Any], slug: str, plan: Plan) -> None:
    """One office, one transaction; a second runner waits for the row and then finds it done.

    Two messages to the database: which version the office has, then all that it lacks. Nobody
    waits for the disk here: a power cut takes whole offices off the end of a run.
    """
    path = f"{names.office_schema(slug)}, {names.EXTENSIONS}"
    patience = int(plan.lock_timeout * 1000)
    try:
        begun = _send(
            connection,
            "BEGIN",
            "SET LOCAL synchronous_commit = off",
            f"SET LOCAL lock_timeout = {patience}",
            f"SET LOCAL search_path = {path}",
            VERSION.format(sql.Literal(slug)),
        )
        row = begun.set_result(-1).fetchone()
        steps = load("office", plan.folder)[row[0] if row else 0 :]
        lacking: list[Statement] = []
        for step in steps:
            lacking += for_office(step.statements, slug)
        if steps:
            lacking += [BROUGHT_TO.format(steps[-1].number, sql.Literal(slug)), BUMP]
        _send(connection, *lacking, "COMMIT")
    except BaseException:
        if not connection.closed:
            connection.rollback()
        raise


def _send(connection: psycopg.Connection[Any], *statements: Statement) -> psycopg.Cursor[Any]:
    """All of them as one message; the first that fails ends it."""
    texts = [sql.SQL(one) if isinstance(one, str) else one for one in statements]
    return connection.execute(sql.SQL(";\n").join(texts))


class _Run:
    """One run over the offices that wait."""

    def __init__(
        self, owner_url: str, plan: Plan, report: Report, progress: Progress, total: int
    ) -> None:
        self.owner_url, self.plan, self.report = owner_url, plan, report
        self.progress, self.total = progress, total
        self.stopped = False

    def all(self, connection: psycopg.Connection[Any], waiting: list[str]) -> None:
        others = self._after_the_canary(connection, waiting)
        for attempt in range(self.plan.attempts):
            if attempt:
                others = list(self.report.skipped)
                time.sleep(self.plan.pause)
            if others:
                self._round(connection, others)
            if self.report.complete or self.stopped:
                return

    def _after_the_canary(
        self, connection: psycopg.Connection[Any], waiting: list[str]
    ) -> list[str]:
        """Who is left when one has gone first; nobody when that one broke."""
        named = self.plan.canary if self.plan.canary in waiting else None
        for canary in [named] if named else waiting:
            outcome = self._one(connection, canary)
            others = [slug for slug in waiting if slug not in (canary, *self.report.skipped)]
            if outcome == "done":
                return others
            if outcome == "broken" or named:
                why = f"not tried, because {canary}, which goes first, is {outcome}"
                self.report.skipped.update(dict.fromkeys(others, why))
                self.stopped = True
                return []
        return []

    def _round(self, connection: psycopg.Connection[Any], slugs: list[str]) -> None:
        if self.plan.parallel == 1:
            for slug in slugs:
                self._one(connection, slug)
            return
        queue = deque(slugs)
        with ThreadPoolExecutor(self.plan.parallel) as pool:
            for worker in [pool.submit(self._drain, queue) for _ in range(self.plan.parallel)]:
                worker.result()

    def _drain(self, queue: deque[str]) -> None:
        with _connect(self.owner_url) as connection:
            while queue:
                try:
                    slug = queue.popleft()
                except IndexError:
                    return
                self._one(connection, slug)

    def _one(self, connection: psycopg.Connection[Any], slug: str) -> str:
        try:
            migrate_office(connection, slug, self.plan)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            self.report.skipped[slug] = "locked by somebody at work"
            return "locked"
        except psycopg.Error as error:
            if connection.closed:
                raise
            self.report.skipped[slug] = str(error).strip().splitlines()[0]
            return "broken"
        self.report.skipped.pop(slug, None)
        self.report.done.append(slug)
        self.progress(len(self.report.done), self.total, slug)
        return "done"
