"""The page of a service and the first section of its form, for the smallest and the largest.

And of the largest: what the catalogue needs for building and checking the section's page, held
against what the database needs for it.
"""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event

from core.actor import Actor
from core.catalogue import answers, documents, eligibility, fees, reader
from core.requests import actions
from core.requests.models import ServiceRequest
from core.requests.situation import Situation, situation_of
from tenants.database import db
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
    largest = services[-1]
    path = section_path(house, visitor, largest)
    catalogue, database = catalogue_ms(house, visitor, path), database_ms(house, visitor, path)
    words = f"catalogue of database time, {catalogue:.1f} ms of {database:.1f} ms"
    ratio = {"value": catalogue / database, "at_most": 1.0}
    return {"measured": measured, "ratios": {words: ratio}}


def catalogue_ms(house: House, visitor: Visitor, path: str) -> float:
    """Building and checking a section's page, its answers being a whole sample's: the median."""
    with house.app.app_context(), office(visitor.slug, read_only=True):
        draft = db.session.get_one(ServiceRequest, UUID(path.split("/")[2]))
        samples = situation_of(draft).definition.samples
        most = max(samples, key=lambda sample: len(sample.answers))
        situation = situation_of(draft, most.answers, most.profile)
        known = situation.facts
        took = [_timed(situation, dict(known), path.rpartition("/")[2]) for _ in range(ASKED)]
    return statistics.median(took)


def _timed(situation: Situation, known: dict[str, Any], key: str) -> float:
    definition = situation.definition
    section = definition.section(key)
    assert section is not None
    began = time.perf_counter()
    answers.visible_sections(definition, known)
    answers.read_section(definition, key, answers.form_of(section, known), known)
    answers.split_applicable(definition, situation.answers, known)
    answers.missing(definition, known)
    eligibility.stops(definition, known)
    documents.asked(definition, known)
    fees.quote(definition, known, {})
    return (time.perf_counter() - began) * 1000


def database_ms(house: House, visitor: Visitor, path: str) -> float:
    """What the statements of the page take: the median."""
    client = house.app.test_client()
    client.set_cookie("mikhak", visitor.cookie, domain=visitor.host)
    took = []
    for _ in range(ASKED):
        with statements() as lasted:
            answer = client.get(path, base_url=f"http://{visitor.host}")
        assert answer.status_code == 200, answer.status
        took.append(sum(lasted) * 1000)
    return statistics.median(took)


@contextmanager
def statements() -> Iterator[list[float]]:
    """How long each statement of this process takes meanwhile, in seconds."""
    began: list[float] = []
    lasted: list[float] = []

    def before(*_: Any) -> None:
        began.append(time.perf_counter())

    def after(*_: Any) -> None:
        lasted.append(time.perf_counter() - began[-1])

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield lasted
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "after_cursor_execute", after)


def section_path(house: House, visitor: Visitor, service: Any) -> str:
    """A fresh draft's first section."""
    person = Actor(kind="applicant", id=visitor.account, office=visitor.slug)
    with house.app.app_context(), office(visitor.slug):
        draft = actions.start_draft(person, definition=service)
        return f"/requests/{draft.id}/sections/{situation_of(draft).sections[0].key}"
