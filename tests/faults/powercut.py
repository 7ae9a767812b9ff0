"""Power cuts: what was acknowledged over HTTP must be there after each of them.

The whole home of a running tree (database, files, Valkey, mail) lies on an image. People submit; at
some moment the power of the image is cut, everything is killed, the image is mounted again, the
same tree starts and everybody's tracking code is looked for.
"""

import random
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask

from core.requests.models import ServiceRequest
from tenants.database import db
from tenants.scope import office
from tests.faults.clients import Browser, Record, all_at_once
from tests.faults.image import Image, image
from tests.faults.people import Applicant, applicants, house_of
from tests.faults.tree import Tree

MEGABYTES = 1536
PEOPLE = 8


@dataclass
class Cuts:
    """What came of all the cuts."""

    acknowledged: int = 0
    lost: int = 0
    cuts: int = 0
    longest_start: float = 0.0

    def figures(self) -> dict[str, Any]:
        """For the table."""
        return {
            "acknowledged": self.acknowledged,
            "lost": self.lost,
            "power cuts": self.cuts,
            "longest start after a cut, s": round(self.longest_start, 1),
        }


def run(goal: int, each: int, dice: random.Random, fsync: str = "on") -> Cuts:
    """Cut the power after about `each` acknowledgements until `goal` are reached.

    `fsync="off"` shows that the cut is one: then acknowledged requests are lost.
    """
    with (
        tempfile.TemporaryDirectory(prefix="mkp", ignore_cleanup_errors=True) as folder,
        image(Path(folder), MEGABYTES) as disk,
    ):
        return _cut_after_cut(disk, goal, each, dice, fsync)


def _cut_after_cut(disk: Image, goal: int, each: int, dice: random.Random, fsync: str) -> Cuts:
    result, told = Cuts(), Record()
    app: Flask | None = None
    while True:
        began = time.monotonic()
        tree = Tree(disk.mounted / "home")
        try:
            tree.start()
            tree.alter_database(fsync=fsync)
            if result.cuts:
                result.longest_start = max(result.longest_start, time.monotonic() - began)
            app = app or house_of(tree.settings())
            if result.cuts:
                result.lost += lost(app, told)
                result.acknowledged += len(told.submitted)
            if result.acknowledged >= goal:
                return result
            told = _submit_until_the_cut(tree, app, disk, dice.randint(each // 2, each * 3 // 2))
        finally:
            tree.cut()
        _forget_connections(app)
        disk.unmount()
        disk.mount()
        result.cuts += 1


def _submit_until_the_cut(tree: Tree, app: Flask, disk: Image, enough: int) -> Record:
    """Let people submit; after so many acknowledgements cut the power. What they were told."""
    who = applicants(app, PEOPLE, drafts=2 * enough // PEOPLE + 8)
    told, gone = Record(), threading.Event()

    def work(person: Applicant) -> None:
        browser = Browser(tree.port, person, told)
        for draft in person.drafts:
            if gone.is_set() or not browser.submit_plainly(draft):
                return

    threads = all_at_once(list(who), PEOPLE, work)
    while len(told.submitted) < enough and any(thread.is_alive() for thread in threads):
        time.sleep(0.01)
    disk.cut()
    gone.set()
    tree.cut()
    for thread in threads:
        thread.join(60)
    return told


def lost(app: Flask, told: Record) -> int:
    """How many of those that were acknowledged are not there as they were told."""
    missing = 0
    with app.app_context():
        for slug in {place for place, _ in told.submitted.values()}:
            with office(slug, read_only=True):
                for key, (place, code) in told.submitted.items():
                    if place == slug:
                        kept = _code_of(key)
                        missing += kept is None or code not in ("", kept)
    return missing


def _code_of(key: UUID) -> str | None:
    held = db.session.get(ServiceRequest, key)
    return held.tracking_code if held else None


def _forget_connections(app: Flask | None) -> None:
    """Ours lead to a server that is no more."""
    if app is not None:
        with app.app_context(), suppress(OSError):
            db.engine.dispose()
