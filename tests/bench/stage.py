"""What a bench gets: a house with many offices, beside it one with a single office, its time."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

from tests.bench.house import House, Visitor

TIMES = 7


@dataclass(frozen=True)
class Stage:
    """Two houses with servers of their own; somebody signed in at each office."""

    big: House
    small: House
    visitors: list[Visitor]
    alone: Visitor
    seconds: float

    @property
    def offices(self) -> int:
        """How many the big house had at the beginning."""
        return len(self.visitors)


def milliseconds(act: Callable[[], object]) -> float:
    """How long it took."""
    began = perf_counter()
    act()
    return (perf_counter() - began) * 1000


def in_turns(acts: dict[str, Callable[[int], object]], times: int = TIMES) -> dict[str, float]:
    """Median milliseconds of each, done in turns so that what else the machine does meets them
    alike; each gets the number of the round, and the first round only warms up."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(times + 1):
        for name, act in acts.items():
            found[name].append(milliseconds(lambda act=act, number=number: act(number)))  # type: ignore[misc]
    return {name: median(taken[1:]) for name, taken in found.items()}


def table(found: dict[str, float], unit: str = "ms") -> dict[str, dict[str, Any]]:
    """One column."""
    return {name: {unit: value} for name, value in found.items()}
