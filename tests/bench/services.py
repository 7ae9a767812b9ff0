"""The page of a service and the first section of its form, for the smallest and the largest."""

from collections.abc import Sequence
from typing import Any

from core.actor import Actor
from core.catalogue import reader
from core.requests import actions
from core.requests.situation import situation_of
from tenants.scope import office
from tests.bench.house import House, Visitor
from tests.bench.serving import served

ASKED = 120


def run(house: House, visitors: Sequence[Visitor], seconds: float) -> dict[str, Any]:
    """One request after the other: how long a person waits for the server."""
    services = sorted(reader.load_all().values(), key=lambda service: len(service.fields))
    visitor, measured = visitors[0], {}
    with served(house, "wsgi") as server:
        for size, service in (("smallest", services[0]), ("largest", services[-1])):
            for what, path in (
                ("service page", f"/services/{service.code}"),
                ("section page", section_path(house, visitor, service)),
            ):
                visits = [(visitor.host, visitor.cookie, path)]
                server.load(visits, count=30, seconds=seconds, threads=1)
                found = server.load(visits, count=ASKED, seconds=seconds, threads=1)
                name = f"{what}, {size} ({service.code}, {len(service.fields)} fields)"
                keys = ("median_ms", "p95_ms", "cpu_ms")
                measured[name] = {key: found[key] for key in keys}
    return {"measured": measured, "ratios": {}}


def section_path(house: House, visitor: Visitor, service: Any) -> str:
    """A fresh draft's first section."""
    person = Actor(kind="applicant", id=visitor.account, office=visitor.slug)
    with house.app.app_context(), office(visitor.slug):
        draft = actions.start_draft(person, definition=service)
        return f"/requests/{draft.id}/sections/{situation_of(draft).sections[0].key}"
