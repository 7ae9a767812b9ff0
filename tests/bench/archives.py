"""An office written into a file and brought back, in a house with many offices and with one."""

from typing import Any

from core.actor import Actor
from core.archive.envelope import RootLock
from core.archive.exporting import export
from core.archive.restoring import restore
from core.demo.paper import document
from core.documents import actions as documents
from core.documents.cabinet import cabinet
from core.requests.models import ServiceRequest
from tenants.database import db
from tenants.scope import office
from tests.bench.house import House, Visitor
from tests.bench.stage import Stage, in_turns, table

PAPERS = 4
GOAL = 1.5
TIMES = 5


def run(stage: Stage) -> dict[str, Any]:
    """The same office in both houses, in turns."""
    houses = {"1": (stage.small, stage.alone), str(stage.offices): (stage.big, stage.visitors[0])}
    for house, visitor in houses.values():
        hand_in(house, visitor)
    acts: dict[str, Any] = {}
    for name, (house, visitor) in houses.items():
        acts[f"export, {name} in the house"] = lambda _, h=house, v=visitor: write(h, v)
    for name, (house, _) in houses.items():
        acts[f"restore, {name} in the house"] = lambda number, h=house: read(h, number)
    found = in_turns(acts, TIMES)
    one, many = houses
    return {
        "offices": stage.offices,
        "measured": table(found),
        "ratios": {
            f"{what}, {many} / {one}": {
                "value": found[f"{what}, {many} in the house"]
                / found[f"{what}, {one} in the house"],
                "at_most": GOAL,
            }
            for what in ("export", "restore")
        },
    }


def hand_in(house: House, visitor: Visitor) -> None:
    """A few papers, so that there is more than rows."""
    person = Actor(kind="applicant", id=visitor.account, office=visitor.slug)
    with house.app.app_context(), office(visitor.slug):
        request = db.session.scalars(db.select(ServiceRequest).limit(1)).one()
        for number in range(PAPERS):
            documents.receive(person, request, "D01", document(f"D0{number}"), "paper.jpg")


def write(house: House, visitor: Visitor) -> None:
    """Export."""
    with house.app.app_context():
        lock = RootLock(cabinet().root_key)
        export(house.settings, visitor.slug, house.settings.home / "office", lock, silent)


def read(house: House, number: int) -> None:
    """Restore as one office more."""
    with house.app.app_context():
        lock = RootLock(cabinet().root_key)
        path = house.settings.home / "office"
        restore(house.settings, path, lambda _: lock, f"back_{number}")


def silent(_done: int, _total: int, _what: str) -> None:
    """Nobody watches."""
