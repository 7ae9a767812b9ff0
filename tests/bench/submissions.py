"""Whole submissions over HTTP, two documents each: how many a second, and how long one takes."""

import random
import statistics
import threading
import time
from itertools import cycle
from typing import Any
from uuid import UUID

from core.accounts.models import Account
from core.actor import Actor
from core.catalogue import reader
from core.demo import cases
from core.demo.cast import USUAL
from core.demo.paper import document
from core.requests.situation import situation_of
from tenants.database import db
from tenants.scope import office
from tests.bench.house import House, Visitor
from tests.bench.serving import served
from tests.bench.stage import Stage
from tests.faults.clients import Browser, Record, all_at_once
from tests.faults.people import Applicant, copies
from tests.world import NOT_PROFILE

SERVICE, DOCUMENTS = "relative-tracing", 2
THREADS, PEOPLE = 6, 12
A_SECOND = 30  # more drafts than anybody could submit


def run(stage: Stage) -> dict[str, Any]:
    """Several people at several offices, one submission after the other, until the time is over."""
    record, stop = Record(), threading.Event()
    each = int(A_SECOND * stage.seconds / PEOPLE) + 2
    ready = [drafts(stage.big, one, each) for one in stage.visitors[:PEOPLE]]
    # So many that nobody meets the same twice: that would be one file.
    pictures = cycle([document("D01", number).read() for number in range(1, 41)])
    times: list[float] = []

    with served(stage.big, "wsgi") as server:
        work = [
            (Browser(server.port, who, record), draft, key)
            for who, key in ready
            for draft in who.drafts
        ]
        random.Random(7).shuffle(work)

        def submit(one: tuple[Browser, UUID, str]) -> None:
            if stop.is_set():
                return
            browser, draft, key = one
            began = time.monotonic()
            for _ in range(DOCUMENTS):
                browser.hand_in(draft, key, next(pictures))
            if not browser.submit_plainly(draft):
                record.fault("not submitted")
            times.append(time.monotonic() - began)

        began = time.monotonic()
        threads = all_at_once(work, THREADS, submit)
        stop.wait(2 * stage.seconds)
        stop.set()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
    if record.wrong or not times:
        raise RuntimeError(f"submissions failed: {record.wrong[:3]} {dict(record.answers)}")
    measured = {
        "submissions": len(times) / took,
        "median_ms": statistics.median(times) * 1000,
        "p95_ms": statistics.quantiles(times, n=20)[-1] * 1000,
    }
    name = f"{DOCUMENTS} documents and the form, {THREADS} people at once"
    return {"measured": {name: measured}, "ratios": {}}


def drafts(house: House, visitor: Visitor, number: int) -> tuple[Applicant, str]:
    """So many drafts that only want their documents, and the key of these."""
    definition = reader.load_all()[SERVICE]
    sample = next(one for one in definition.samples if one.kind == "plain")
    person = Actor(kind="applicant", id=visitor.account, office=visitor.slug)
    with house.app.app_context(), office(visitor.slug):
        account = db.session.get_one(Account, visitor.account)
        known = {**USUAL, **sample.profile}
        account.profile = {key: value for key, value in known.items() if key not in NOT_PROFILE}
        db.session.flush()
        draft = cases.draft(person, definition, sample)
        (ask,) = [one for one in situation_of(draft).uploads if one.required]
        row = {column.key: getattr(draft, column.key) for column in draft.__table__.columns}
        ids = copies(row, visitor.account, number)
    return Applicant(visitor.slug, visitor.host, visitor.cookie, ids, ()), ask.key
