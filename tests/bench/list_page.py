"""The signed-in list of 20 requests: spread over many offices, at one, and without the house."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import event

from tenants import registry
from tenants.database import db
from tests.bench.house import House, Visitor, crowd
from tests.bench.serving import Served, Visit, served

PATH = "/requests"
ROUNDS = 9  # short ones: what else the machine does comes and goes within seconds
GOAL_BARE, GOAL_SPREAD = 0.65, 0.97
Figures = dict[str, Any]
Rounds = dict[str, list[Figures]]


def record(house: House, visitor: Visitor) -> list[tuple[str, dict[str, Any]]]:
    """The statements that the house sends for the page, with marks where the person stands."""
    sent: list[tuple[str, dict[str, Any]]] = []

    def note(connection, _cursor, statement, values, *_rest) -> None:
        if "mikhak_binding" in connection.get_execution_options():
            return  # a look whether the registry has changed, now and then
        marked = {name: mark(value) for name, value in values.items()}
        sent.append((statement, marked))

    client = house.app.test_client()
    client.set_cookie("mikhak", visitor.cookie, domain=visitor.host)
    ask = {"base_url": f"http://{visitor.host}", "headers": {"Host": visitor.host}}
    assert client.get(PATH, **ask).status_code == 200
    with house.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        client.get(PATH, **ask)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent


def mark(value: Any) -> Any:
    """The value itself, or whose it is: the driver wraps bytes, only the cookie's hash is some."""
    if isinstance(value, UUID):
        return "PERSON"
    return value if isinstance(value, str | int) else "TOKEN"


def prepare(house: House, visitors: Sequence[Visitor]) -> None:
    """Write down for the bare application what it needs to know."""
    with house.app.app_context():
        facts = {visitor.host: asdict(registry.get(visitor.slug)) for visitor in visitors}
    for one in facts.values():
        one.pop("wrapped_key")
    recorded = {"statements": record(house, visitors[0]), "offices": facts}
    (house.settings.home / "recorded.json").write_text(json.dumps(recorded, default=str))


def run(house: House, visitors: Sequence[Visitor], seconds: float) -> dict[str, Any]:
    """All variants in turns, so that what else the machine does meets them alike."""
    prepare(house, visitors)
    spread = visits_of(visitors)
    at_one = visits_of(crowd(house, visitors[0], len(visitors)))  # as many sessions to look after
    with served(house, "wsgi") as real, served(house, "tests.bench.bare") as bare:
        same_page(real, bare, spread[0])
        variants = {
            "house": (real, spread),
            "bare": (bare, spread),
            "one": (real, at_one),
            "bare_one": (bare, at_one),  # what the database alone loses by the many
        }
        for server, visits in variants.values():  # every connection has seen every office
            server.load(visits, count=8 * len(visits) + 200, seconds=3 * seconds)
        rounds: Rounds = {name: [] for name in variants}
        turns = [list(variants.items()), list(reversed(variants.items()))]
        for number in range(ROUNDS):  # forth and back: a machine that slows down favours nobody
            for name, (server, visits) in turns[number % 2]:
                rounds[name].append(server.load(visits, count=1_000_000, seconds=seconds / 2))
    return summary(rounds, len(visitors))


def visits_of(visitors: Sequence[Visitor]) -> list[Visit]:
    """Each of them opens the list."""
    return [(one.host, one.cookie, PATH) for one in visitors]


def same_page(real: Served, bare: Served, visit: Visit) -> None:
    """Both must send the same, else the comparison is worth nothing."""
    sizes = {server.name: len(server.fetch(visit)) for server in (real, bare)}
    if max(sizes.values()) - min(sizes.values()) > max(sizes.values()) // 50:
        raise RuntimeError(f"the pages differ: {sizes} bytes")


def summary(rounds: Rounds, offices: int) -> dict[str, Any]:
    """Ratios: how much of the bare application's speed is left, and of one office's."""
    house, bare, one = rounds["house"], rounds["bare"], rounds["one"]
    spread = f"of one office, spread over {offices}"
    return {
        "offices": offices,
        "measured": {name: middle(found) for name, found in rounds.items()},
        "ratios": {
            "of the bare application, requests a second": {
                "value": of(house, bare, "per_second"),
                "at_least": GOAL_BARE,
            },
            "of the bare application, processor": {
                "value": of(bare, house, "cpu_ms"),
                "at_least": GOAL_BARE,
            },
            f"{spread}, requests a second": {
                "value": of(house, one, "per_second"),
                "at_least": GOAL_SPREAD,
            },
            f"{spread}, processor": {"value": of(one, house, "cpu_ms"), "at_least": GOAL_SPREAD},
        },
    }


def of(these: Sequence[Figures], those: Sequence[Figures], key: str) -> float | None:
    """The middle of the ratios round by round: neighbours in time are compared.

    None where the system does not tell processor time.
    """
    pairs = [(this[key], that[key]) for this, that in zip(these, those, strict=True)]
    return median(this / that for this, that in pairs) if all(map(all, pairs)) else None


def middle(found: Sequence[Figures]) -> Figures:
    """The median of each figure over the rounds."""
    return {
        key: median(one[key] for one in found)
        for key in ("per_second", "cpu_ms", "median_ms", "p95_ms")
    }
