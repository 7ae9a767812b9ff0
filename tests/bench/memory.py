"""What PostgreSQL's backends hold after every office was used: with retirement, and without."""

import threading
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import text

from tenants import binding
from tenants.database import db
from tenants.migrations import write
from tenants.scope import office
from tests.bench.house import House
from tests.bench.stage import Stage

THREADS = 4
GOAL = 0.25
NEVER = 10**9
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'mikhak'"


def run(stage: Stage) -> dict[str, Any]:
    """First as it is, then with connections that are kept whatever they have seen."""
    slugs = [one.slug for one in stage.visitors]
    usual = binding.OFFICES_PER_CONNECTION
    measured = {}
    for name, most in (("with retirement", usual), ("without", NEVER)):
        binding.OFFICES_PER_CONNECTION = most
        try:
            measured[name] = {"mb": megabytes(stage.big, slugs)}
        finally:
            binding.OFFICES_PER_CONNECTION = usual
    ratio = measured["with retirement"]["mb"] / measured["without"]["mb"]
    enough = len(slugs) >= 4 * usual  # below, hardly any connection is retired at all
    ratios = {"with / without": {"value": ratio if enough else None, "at_most": GOAL}}
    return {"offices": stage.offices, "measured": measured, "ratios": ratios}


def megabytes(house: House, slugs: list[str]) -> float:
    """Each thread visits every office and every table in it; then the backends' own memory."""
    with house.app.app_context():
        db.engine.dispose()
    threads = [threading.Thread(target=visit, args=(house, slugs)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with psycopg.connect(house.settings.owner_database_url) as owner:
        kilobytes = sum(private(pid) for (pid,) in owner.execute(BACKENDS).fetchall())
    with house.app.app_context():
        db.engine.dispose()
    return kilobytes / 1024


def visit(house: House, slugs: list[str]) -> None:
    """One short transaction at each office, and at some again: a connection that is about to be
    retired holds most, a new one nothing, so they are met in the middle of their lives."""
    tables = [one.name for one in write.import_models().tables.values() if one.schema is None]
    looks = [text(f"SELECT count(*) FROM {name}") for name in tables]
    with house.app.app_context():
        for slug in [*slugs, *slugs[: binding.OFFICES_PER_CONNECTION // 2]]:
            with office(slug, read_only=True):
                for look in looks:
                    db.session.execute(look)


def private(pid: int) -> int:
    """Kilobytes that only this process has."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_"))
