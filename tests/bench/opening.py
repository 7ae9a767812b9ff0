"""Opening an office, with all that belongs to it, against its bare DDL as one plain script."""

import time
from statistics import median
from typing import Any

import psycopg

from tenants import names, walls
from tenants.migrations.steps import for_office, load
from tests.bench.house import House

TIMES = 7
GOAL = 1.25


def run(house: House) -> dict[str, Any]:
    """Both in turns, each time for an office that was not there."""
    opened, scripts = [], []
    for number in range(TIMES + 1):
        opened.append(_timed(lambda number=number: house.open(f"opened_{number}")))
        script = ddl(f"script_{number}")
        scripts.append(_timed(lambda script=script: play(house, script)))
    house_ms, script_ms = median(opened[1:]), median(scripts[1:])  # the first ones warm up
    return {
        "measured": {"open an office": {"ms": house_ms}, "its DDL": {"ms": script_ms}},
        "ratios": {"opening / DDL": {"value": house_ms / script_ms, "at_most": GOAL}},
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


def _timed(act: Any) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
