"""The list page in a house with one office and in one with many: a few, all, as in life."""

import random
from typing import Any

from tests.bench.house import crowd
from tests.bench.list_page import ROUNDS, Rounds, middle, of, visits_of
from tests.bench.serving import Visit, served
from tests.bench.stage import Stage

GOAL = 0.95
FEW = 150
DRAWN = 5000


def run(stage: Stage) -> dict[str, Any]:
    """All variants in turns, each server warm."""
    everywhere = visits_of(stage.visitors)
    few = min(FEW, len(everywhere))
    alone = visits_of(crowd(stage.small, stage.alone, few))
    with served(stage.small, "wsgi") as small, served(stage.big, "wsgi") as big:
        variants = {
            "1 office in the house": (small, alone),
            f"{few} offices": (big, everywhere[:few]),
            f"{stage.offices} offices, all alike": (big, everywhere),
            f"{stage.offices} offices, as in life (Zipf)": (big, zipf(everywhere)),
        }
        for server, visits in variants.values():
            server.load(visits, count=8 * len(visits) + 200, seconds=3 * stage.seconds)
        rounds: Rounds = {name: [] for name in variants}
        for _ in range(ROUNDS):
            for name, (server, visits) in variants.items():
                found = server.load(visits, count=1_000_000, seconds=stage.seconds / 2)
                rounds[name].append(found)
    measured = {name: middle(found) for name, found in rounds.items()}
    one, *others = measured
    return {
        "offices": stage.offices,
        "measured": measured,
        "ratios": {
            f"{name}, of one: requests a second": {
                "value": of(rounds[name], rounds[one], "per_second"),
                "at_least": GOAL,
            }
            for name in others
        },
    }


def zipf(visits: list[Visit]) -> list[Visit]:
    """The n-th office is visited 1/n as often as the first: capitals and small towns."""
    weights = [1 / number for number in range(1, len(visits) + 1)]
    return random.Random(7).choices(visits, weights, k=DRAWN)
