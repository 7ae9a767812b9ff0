"""The staff's way in: sign in, invitation, own security. The pages are `core.web.entry`."""

from core.web.audience import any_staff, anybody
from core.web.door import Door
from core.web.entry import hang_on

entry = Door("staff_entry", __name__, host="office", audience=anybody, url_prefix="/desk")
inside = Door(
    "staff_security", __name__, host="office", audience=any_staff, url_prefix="/desk/security"
)
doors = hang_on(entry, inside)
