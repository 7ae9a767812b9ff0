"""Opening an office with all that belongs to it: against its bare DDL as one plain script, and
beside many others against beside one."""

from typing import Any

import psycopg

from tenants import names, walls
from tenants.migrations.steps import for_office, load
from tests.bench.house import House
from tests.bench.stage import Stage, in_turns, table

GOAL, GOAL_MANY = 1.25, 1.5


def run(stage: Stage) -> dict[str, Any]:
    """All in turns, each time for an office that was not there."""
    many, one = f"open an office beside {stage.offices}", "open an office beside 1"
    found = in_turns(
        {
            many: lambda number: stage.big.open(f"opened_{number}"),
            "its DDL": lambda number: play(stage.big, ddl(f"script_{number}")),
            one: lambda number: stage.small.open(f"opened_{number}"),
        }
    )
    return {
        "offices": stage.offices,
        "measured": table(found),
        "ratios": {
            "opening / DDL": {"value": found[many] / found["its DDL"], "at_most": GOAL},
            f"beside {stage.offices} / beside 1": {
                "value": found[many] / found[one],
                "at_most": GOAL_MANY,
            },
        },
    }


def ddl(slug: str) -> str:
    """Role, schema, privileges and tables of an office as one text."""
    path = f"SET LOCAL search_path = {names.office_schema(slug)}, {names.EXTENSIONS}"
    tables = [one for step in load("office") for one in for_office(step.statements, slug)]
    return ";\n".join(["BEGIN", *walls.office_sql(slug), path, *tables, "COMMIT"])


def play(house: House, script: str) -> None:
    """As psql would: one connection, one text."""
    with psycopg.connect(house.settings.owner_database_url, autocommit=True) as connection:
        connection.execute(script.encode())
