"""The list page in a house with one office and in one with many: a few, all, as in life."""

import random
from statistics import median
from typing import Any

from tests.bench.list_page import PATH, ROUNDS, middle
from tests.bench.serving import Visit, served
from tests.bench.stage import Stage

GOAL = 0.95
FEW = 150
DRAWN = 5000


def run(stage: Stage) -> dict[str, Any]:
    """All variants in turns, each server warm."""
    everywhere: list[Visit] = [(one.host, one.cookie, PATH) for one in stage.visitors]
    alone = [(stage.alone.host, stage.alone.cookie, PATH)]
    few = min(FEW, len(everywhere))
    with served(stage.small, "wsgi") as small, served(stage.big, "wsgi") as big:
        variants = {
            "1 office in the house": (small, alone),
            f"{few} offices": (big, everywhere[:few]),
            f"{stage.offices} offices, all alike": (big, everywhere),
            f"{stage.offices} offices, as in life (Zipf)": (big, zipf(everywhere)),
        }
        for server, visits in variants.values():
            server.load(visits, count=8 * len(visits) + 200, seconds=3 * stage.seconds)
        rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in variants}
        for _ in range(ROUNDS):
            for name, (server, visits) in variants.items():
                rounds[name].append(server.load(visits, count=1_000_000, seconds=stage.seconds))
    measured = {name: middle(found) for name, found in rounds.items()}
    one, *others = measured
    return {
        "offices": stage.offices,
        "measured": measured,
        "ratios": {
            f"{name}, of one: requests a second": {
                "value": median_of_rounds(rounds[name], rounds[one]),
                "at_least": GOAL,
            }
            for name in others
        },
    }


def zipf(visits: list[Visit]) -> list[Visit]:
    """The n-th office is visited 1/n as often as the first: capitals and small towns."""
    weights = [1 / number for number in range(1, len(visits) + 1)]
    return random.Random(7).choices(visits, weights, k=DRAWN)


def median_of_rounds(found: list[dict[str, Any]], one: list[dict[str, Any]]) -> float:
    """The middle of the ratios round by round: neighbours in time are compared."""
    pairs = zip(found, one, strict=True)
    return median(this["per_second"] / that["per_second"] for this, that in pairs)
