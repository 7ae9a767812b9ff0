"""Runs the benches, prints their tables, writes var/bench/figures.json.

BENCH_OFFICES (150) and BENCH_SECONDS (6, of one measurement) make a run smaller.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from typing import Any

from core.platform.parts import ROOT
from tests.bench import list_page, opening, services
from tests.bench.house import House, built, populate

OUTPUT = ROOT / "var" / "bench" / "figures.json"
UNITS = {
    "per_second": "requests/s",
    "cpu_ms": "CPU ms",
    "median_ms": "median ms",
    "p95_ms": "p95 ms",
    "ms": "ms",
}
NAMES = {"house": "Mikhak, spread", "bare": "bare Flask, spread", "one": "Mikhak, one office"}


def main() -> None:
    """One run from start to end."""
    offices = int(os.environ.get("BENCH_OFFICES", "150"))
    seconds = float(os.environ.get("BENCH_SECONDS", "6"))
    began = time.monotonic()
    with built() as house:
        say(f"Opening {offices} offices")
        visitors = [populate(house, f"bench_{number}") for number in range(offices)]
        benches: dict[str, Callable[[House], dict[str, Any]]] = {
            "List of 20 requests": lambda house: list_page.run(house, visitors, seconds),
            "Opening an office": opening.run,
            "Services": lambda house: services.run(house, visitors, seconds),
        }
        figures = {}
        for title, bench in benches.items():
            say(title)
            figures[title] = bench(house)
            show(title, figures[title])
    write(figures, time.monotonic() - began)


def say(what: str) -> None:
    """Progress, beside the tables."""
    print(f"… {what}", file=sys.stderr, flush=True)


def show(title: str, figures: dict[str, Any]) -> None:
    """One bench as two small tables: what was measured, and the ratios with their goals."""
    measured = figures["measured"]
    columns = list(next(iter(measured.values())))
    print(f"\n{title:68}" + "".join(f"{UNITS[column]:>12}" for column in columns))
    for name, values in measured.items():
        cells = "".join(f"{values[column]:12.2f}" for column in columns)
        print(f"  {NAMES.get(name, name):66}{cells}")
    for name, ratio in figures["ratios"].items():
        print(f"  {name:66}{verdict(ratio)}")
    sys.stdout.flush()


def verdict(ratio: dict[str, Any]) -> str:
    """A ratio beside its goal."""
    value, least, most = ratio["value"], ratio.get("at_least"), ratio.get("at_most")
    if not value:
        return "not measurable here"
    reached = value >= least if least is not None else value <= most
    goal = f"≥ {least}" if least is not None else f"≤ {most}"
    return f"{value:12.2f}   goal {goal}: {'reached' if reached else 'MISSED'}"


def write(figures: dict[str, Any], seconds: float) -> None:
    """Keep the figures for the README and for the next run to be compared with."""
    about = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "seconds": round(seconds),
    }
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps({"about": about, "figures": figures}, indent=1) + "\n")
    print(f"\nWritten to {OUTPUT.relative_to(ROOT)} after {seconds:.0f} s.")


if __name__ == "__main__":
    main()
