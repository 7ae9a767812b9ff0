"""What telling its figures costs an office: changes of requests with the outbox row and without."""

from itertools import cycle
from time import perf_counter
from typing import Any

from core.actor import SYSTEM
from core.requests import changes
from core.requests.models import ServiceRequest
from tenants.database import db
from tenants.scope import office
from tests.bench.stage import Stage

ROUNDS, WRITES = 12, 40
GOAL = 0.93


def run(stage: Stage) -> dict[str, Any]:
    """Rounds of writes in turns; each is a transaction with history, audit and all the rest."""
    slugs = cycle(one.slug for one in stage.visitors)
    taken = {"with figures": 0.0, "without": 0.0}
    count = changes.count
    with stage.big.app.app_context():
        for number in range(ROUNDS + 1):
            for name in taken:
                changes.count = count if name == "with figures" else lambda *_: None
                seconds = writes([next(slugs) for _ in range(WRITES)])
                taken[name] += seconds if number else 0.0  # the first round warms up
        changes.count = count
    per_second = {name: ROUNDS * WRITES / seconds for name, seconds in taken.items()}
    ratio = per_second["with figures"] / per_second["without"]
    return {
        "measured": {name: {"writes": value} for name, value in per_second.items()},
        "ratios": {"writes with figures, of without": {"value": ratio, "at_least": GOAL}},
    }


def writes(slugs: list[str]) -> float:
    """One change of a request at each office."""
    began = perf_counter()
    for slug in slugs:
        with office(slug):
            request = db.session.scalars(db.select(ServiceRequest).limit(1)).one()
            target = "submitted" if request.status == "under_review" else "under_review"
            changes.step(SYSTEM, request, "take", to=target)
    return perf_counter() - began
