"""One run of chaos: people submit and hand in papers while the house is being hurt."""

import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image

from core.requests.models import ServiceRequest
from core.requests.situation import situation_of
from tenants.database import db
from tenants.scope import office
from tests.faults.clients import Browser, Record, Unanswered, all_at_once
from tests.faults.kills import Kills
from tests.faults.people import Applicant, applicants, house_of
from tests.faults.reckoning import Reckoning, reckon, wait_for_calm
from tests.faults.tree import Tree, tree
from tests.integration.s3_server import S3Server


@dataclass
class Stage:
    """A running tree with its offices open, and where its files lie."""

    tree: Tree
    app: Flask
    store: Path | S3Server


@contextmanager
def stage(store: S3Server | None = None) -> Iterator[Stage]:
    """A tree of its own in a temporary home; files lie in a folder unless there is a store."""
    with tempfile.TemporaryDirectory(prefix="mkf", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        shelf = home / "shelf"
        shelf.mkdir()
        address = store.url() if store else shelf.as_uri()
        with tree(home, MIKHAK_STORAGE_URL=address) as running:
            yield Stage(running, house_of(running.settings()), store or shelf)


def run(
    scene: Stage,
    dice: random.Random,
    kills: Kills,
    hurt: Callable[[Kills, Record], None],
    *,
    record: Record | None = None,
    people: int = 8,
    drafts: int = 400,
    papers: int = 8,
    pause: float = 0.0,
) -> Reckoning:
    """Let people work while `hurt` strikes; when it returns they finish, all calms down, we count.

    Each person works through drafts in a thread of their own, with a paper for every fourth one,
    and takes breath for `pause` seconds after each.
    `record` may hold what somebody was told before.
    """
    who = applicants(scene.app, people, drafts=drafts, papers=papers)
    record, enough = record or Record(), threading.Event()
    picture = pictures(dice)
    key = _paper_of(scene.app, who[0])

    def work(person: Applicant) -> None:
        browser = Browser(scene.tree.port, person, record)
        try:
            for turn in range(len(person.drafts)):
                if enough.is_set():
                    return
                _take_a_turn(browser, turn, key, picture)
                time.sleep(pause)
        except Unanswered as error:
            record.fault(f"nobody answered: {error}")

    threads = all_at_once(list(who), people, work)
    began = time.monotonic()
    try:
        hurt(kills, record)
    finally:
        enough.set()
    for thread in threads:
        thread.join(320)
    seconds = time.monotonic() - began
    calm = wait_for_calm(scene.tree, scene.app)
    result = reckon(scene.tree, scene.app, record)
    result.figures |= {
        "seconds": round(seconds),
        "seconds until calm": calm,
    }
    result.figures |= kills.figures()
    return result


def _take_a_turn(browser: Browser, turn: int, key: str, picture: Iterator[bytes]) -> None:
    """The next draft is submitted; before every fourth one a paper is handed in."""
    person = browser.who
    if turn % 4 == 0 and turn // 4 < len(person.papers):
        browser.hand_in(person.papers[turn // 4], key, next(picture))
    browser.submit(person.drafts[turn], random.Random(f"{person.drafts[turn]}"))


def pictures(dice: random.Random) -> Iterator[bytes]:
    """Small pictures, each another one."""
    lock = threading.Lock()

    def draw() -> bytes:
        with lock:
            color = dice.randrange(1 << 24)
        out = BytesIO()
        Image.new("RGB", (320, 420), f"#{color:06x}").save(out, "JPEG")
        return out.getvalue()

    return iter(draw, b"")


def _paper_of(app: Flask, person: Applicant) -> str:
    """The key of a paper that the drafts ask for."""
    with app.app_context(), office(person.slug, read_only=True):
        held = db.session.get_one(ServiceRequest, person.papers[0])
        asked = [
            ask for ask in situation_of(held).uploads if "jpg" in str(ask.formats) or ask.formats
        ]
        return next(ask.key for ask in asked if ask.photo is None)


def table(figures: dict[str, Any]) -> str:
    """The figures as lines to read."""
    width = max(len(name) for name in figures)
    return "\n".join(f"  {name:<{width}}  {value}" for name, value in figures.items())
