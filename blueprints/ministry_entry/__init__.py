"""The ministry's way in: sign in, invitation, own security. The pages are `core.web.entry`."""

from core.web.audience import anybody, ministry_person
from core.web.door import Door
from core.web.entry import hang_on

entry = Door("ministry_entry", __name__, host="ministry", audience=anybody)
inside = Door(
    "ministry_security",
    __name__,
    host="ministry",
    audience=ministry_person,
    url_prefix="/security",
)
doors = hang_on(entry, inside)
