"""The ministry's table of all offices, against asking every office's schema in one statement."""

from datetime import date
from typing import Any

import psycopg
from psycopg import sql

from core.oversight import figures, queries
from core.oversight.figures import DECIDED
from core.requests.models import ServiceRequest
from tenants import names
from tenants.scope import ministry
from tests.bench.house import House
from tests.bench.stage import Stage, in_turns, table

GOAL = 0.01
INSIDE = """
SELECT {name} AS office, count(*) FILTER (WHERE closed_at IS NULL AND status <> 'draft'),
    min(submitted_at) FILTER (WHERE closed_at IS NULL),
    count(*) FILTER (WHERE status = ANY({decided}))
FROM {requests}
"""
TIMES = 50  # the twenty requests of an office over again, one a week: a thousand in a year
OTHERWISE = {
    "id": "gen_random_uuid()",
    "tracking_code": "upper(substr(md5(gen_random_uuid()::text), 1, 11))",
    "submitted_at": "now() - n * interval '7 days'",
    "closed_at": "CASE WHEN n % 20 > 0 THEN now() - n * interval '7 days' END",
    "status": "CASE WHEN n % 20 > 0 THEN 'approved_online' ELSE status END",
}
A_YEAR = (
    "INSERT INTO {requests} ({columns}) SELECT {values} FROM {requests}, {weeks} AS n"
    " WHERE submitted_at IS NOT NULL"
)
FIGURES = """
INSERT INTO ministry.office_statistics (office, day, service, status, n)
SELECT {name}, closed_at::date, service_code, status, count(*) FROM {requests}
WHERE closed_at IS NOT NULL GROUP BY 2, 3, 4 ON CONFLICT DO NOTHING;
INSERT INTO ministry.office_backlog (office, service, submitted_on, n)
SELECT {name}, service_code, submitted_at::date, count(*) FROM {requests}
WHERE closed_at IS NULL AND submitted_at IS NOT NULL GROUP BY 2, 3 ON CONFLICT DO NOTHING
"""


def run(stage: Stage) -> dict[str, Any]:
    """In turns, in offices with a year behind them, after making sure that both say the same."""
    house, slugs = stage.big, [one.slug for one in stage.visitors]
    live_a_year(house, slugs)
    fold(house, slugs)
    asked = everywhere(slugs)
    with psycopg.connect(house.settings.owner_database_url) as owner:
        truth = {row[0]: row[1:3] for row in owner.execute(asked).fetchall()}
        told = whole(house)
        if any(told[slug] != (n, oldest.date()) for slug, (n, oldest) in truth.items()):
            raise RuntimeError("the figures differ from what lies in the offices")
        found = in_turns(
            {
                "the ministry's table": lambda _: ours(house),
                "UNION ALL over all schemas": lambda _: owner.execute(asked).fetchall(),
            },
            times=7,
        )
    ratio = found["the ministry's table"] / found["UNION ALL over all schemas"]
    return {
        "offices": stage.offices,
        "measured": table(found),
        "ratios": {"table / UNION ALL": {"value": ratio, "at_most": GOAL}},
    }


def ours(house: House, page: int = 1) -> queries.Table:
    """As the page asks."""
    with house.app.app_context(), ministry(read_only=True):
        return queries.overview(page=page)


def whole(house: House) -> dict[str, tuple[int, date | None]]:
    """What all pages together say of each office."""
    pages = (ours(house, number + 1) for number in range(ours(house).pages))
    return {line.slug: (line.open, line.oldest) for page in pages for line in page.lines}


def live_a_year(house: House, slugs: list[str]) -> None:
    """What the offices' people would have filed by now, most of it decided."""
    columns = [column.name for column in ServiceRequest.__table__.columns]
    told = {
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "values": sql.SQL(", ").join(sql.SQL(OTHERWISE.get(one, one)) for one in columns),
        "weeks": sql.SQL("generate_series(1, {})").format(sql.Literal(TIMES)),
    }
    with psycopg.connect(house.settings.owner_database_url, autocommit=True) as owner:
        for slug in slugs:
            owner.execute(sql.SQL(A_YEAR).format(**told, **place(slug)))
            owner.execute(sql.SQL("ANALYZE {requests}").format(**place(slug)))


def fold(house: House, slugs: list[str]) -> None:
    """The figures that the offices' outboxes would have told by now."""
    with psycopg.connect(house.settings.owner_database_url) as owner:
        for slug in slugs:
            owner.execute(sql.SQL(FIGURES).format(**place(slug)))
    with house.app.app_context(), ministry():
        for slug in slugs:
            figures.sum_up(slug)


def everywhere(slugs: list[str]) -> sql.Composed:
    """One statement that visits each office."""
    decided = sql.Literal(sorted(DECIDED))
    return sql.SQL(" UNION ALL ").join(
        sql.SQL(INSIDE).format(decided=decided, **place(slug)) for slug in slugs
    )


def place(slug: str) -> dict[str, sql.Composable]:
    """The office's name and its table of requests."""
    requests = sql.Identifier(names.office_schema(slug), "service_requests")
    return {"name": sql.Literal(slug), "requests": requests}
