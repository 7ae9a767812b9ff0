"""Runs the benches, prints their tables, writes var/bench/figures.json.

BENCH_OFFICES (150) and BENCH_SECONDS (6, of one measurement) make a run smaller or larger;
BENCH_ONLY=pages,archives runs only those and leaves the other figures in the file as they were.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from typing import Any

from core.platform.processes import ROOT
from tenants.progress import Line
from tests.bench import (
    archives,
    columns,
    figures,
    list_page,
    made_up,
    memory,
    opening,
    overview,
    pages,
    services,
    submissions,
)
from tests.bench.house import built, populate
from tests.bench.stage import Stage

OUTPUT = ROOT / "var" / "bench" / "figures.json"
UNITS = {
    "per_second": "requests/s",
    "cpu_ms": "CPU ms",
    "median_ms": "median ms",
    "p95_ms": "p95 ms",
    "ms": "ms",
    "mb": "MB",
    "writes": "writes/s",
    "submissions": "whole/s",
}
NAMES = {
    "house": "Mikhak, spread",
    "bare": "bare Flask, spread",
    "one": "Mikhak, one office",
    "bare_one": "bare Flask, one office",
}


BENCHES: dict[str, tuple[str, Callable[[Stage], dict[str, Any]]]] = {
    "list": (
        "List of 20 requests",
        lambda stage: list_page.run(stage.big, stage.visitors, stage.seconds),
    ),
    "pages": ("A page at one office and at many", pages.run),
    "opening": ("Opening an office", opening.run),
    "services": (
        "Services",
        lambda stage: services.run(stage.big, stage.visitors, stage.seconds),
    ),
    "submissions": ("Requests with two documents", submissions.run),
    "figures": ("Figures told by the offices", figures.run),
    "archives": ("Export and restore", archives.run),
    "memory": ("Memory of the database's backends", memory.run),
    "overview": ("The ministry's table", overview.run),
    "columns": ("A column more in every office", columns.run),
}
"""By the name that BENCH_ONLY knows; the last one leaves the schemas ahead of the code."""


def main() -> None:
    """One run from start to end."""
    offices = int(os.environ.get("BENCH_OFFICES", "150"))
    seconds = float(os.environ.get("BENCH_SECONDS", "6"))
    only = set(filter(None, os.environ.get("BENCH_ONLY", "").split(",")))
    if unknown := only - BENCHES.keys():
        raise SystemExit(f"BENCH_ONLY knows {', '.join(BENCHES)}, not {', '.join(unknown)}")
    began = time.monotonic()
    found = {}
    with built() as big, built() as small:
        say(f"Opening {offices} offices")
        line, visitors = Line(), []
        for number, new in zip(range(offices), made_up.offices("bench"), strict=False):
            visitors.append(populate(big, new))
            line.tell(number + 1, offices, new.slug)
        stage = Stage(
            big, small, visitors, populate(small, next(made_up.offices("bench"))), seconds
        )
        for name, (title, bench) in BENCHES.items():
            if not only or name in only:
                say(title)
                found[title] = bench(stage)
                show(title, found[title])
    write(found, time.monotonic() - began, bool(only))


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


def write(found: dict[str, Any], seconds: float, some: bool) -> None:
    """Keep the figures for the README and for the next run to be compared with."""
    about = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "seconds": round(seconds),
    }
    kept = json.loads(OUTPUT.read_text())["figures"] if some and OUTPUT.exists() else {}
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps({"about": about, "figures": kept | found}, indent=1) + "\n")
    print(f"\nWritten to {OUTPUT.relative_to(ROOT)} after {seconds:.0f} s.")


if __name__ == "__main__":
    main()
