"""The ministry's pages: all offices in figures, one office, opening, people, versions."""

from core.web import people
from core.web.audience import ministry_person
from core.web.door import Door

door = Door("ministry", __name__, host="ministry", audience=ministry_person)
people.hang_on(door, "/people", "ministry/layout.html")

from blueprints.ministry import (  # noqa: E402, F401 - the views hang themselves on the door
    catalogue,
    drafts,
    erasure,
    locks,
    trials,
    views,
)
