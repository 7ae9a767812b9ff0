"""A new column in every office: our runner against a bare loop of ALTER TABLE, and with nothing to
do. The last bench: the offices are ahead of the code afterwards."""

import shutil
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg import sql

from tenants import names
from tenants.migrations import runner, steps
from tests.bench.stage import Stage, milliseconds, table

TIMES = 5
GOAL = 1.5


def run(stage: Stage) -> dict[str, Any]:
    """Both in turns; each round adds one column by each way."""
    url = stage.big.settings.owner_database_url
    folder = stage.big.settings.home / "migrations"
    shutil.copytree(steps.FOLDER, folder)
    plan = runner.Plan(folder=folder)
    ours, bare = [], []
    for number in range(TIMES):
        bare.append(milliseconds(lambda number=number: loop(url, f"bare_{number}")))  # type: ignore[misc]
        write_step(folder, f"ours_{number}")
        ours.append(milliseconds(lambda: migrate(url, plan)))
    sent, nothing = count_queries(url, plan)
    return {
        "offices": stage.offices,
        "measured": table(
            {
                "one column more in every office": median(ours),
                "the same by a loop of ALTER TABLE": median(bare),
                "nothing to do": nothing,
            }
        ),
        "ratios": {
            "runner / loop": {"value": median(ours) / median(bare), "at_most": GOAL},
            "queries with nothing to do": {"value": sent, "at_most": 1},
        },
    }


def loop(url: str, column: str) -> None:
    """What somebody would do by hand: one statement for each office, each its own transaction."""
    statement = sql.SQL("ALTER TABLE {}.outbox ADD COLUMN {} text")
    with psycopg.connect(url, autocommit=True) as owner:
        for slug in runner.versions(owner)[1]:
            schema = sql.Identifier(names.office_schema(slug))
            owner.execute(statement.format(schema, sql.Identifier(column)))


def write_step(folder: Path, column: str) -> None:
    """One more step of the office line."""
    number = len(steps.files("office", folder)) + 1
    (folder / "office" / f"{number:04}_{column}.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n\n\ndef upgrade():\n"
        f"    op.add_column('outbox', sa.Column('{column}', sa.Text()))\n"
    )
    steps.head.cache_clear()
    steps._load.cache_clear()
    steps.load("office", folder)


def migrate(url: str, plan: runner.Plan) -> None:
    """The runner, which must not leave anybody behind."""
    if not runner.migrate(url, plan).complete:
        raise RuntimeError("an office was skipped")


def count_queries(url: str, plan: runner.Plan) -> tuple[int, float]:
    """How many queries a run with nothing to do sends, and how long it takes."""
    sent = []
    execute = psycopg.Connection.execute

    def counted(self: Any, query: Any, *rest: Any, **named: Any) -> Any:
        sent.append(query)
        return execute(self, query, *rest, **named)

    psycopg.Connection.execute = counted  # type: ignore[method-assign]
    try:
        taken = milliseconds(lambda: migrate(url, plan))
    finally:
        psycopg.Connection.execute = execute  # type: ignore[method-assign]
    return len(sent), taken
