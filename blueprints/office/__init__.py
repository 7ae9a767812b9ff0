"""The office's administration: settings and people, for the office's admin."""

from core.web import people
from core.web.audience import office_admin
from core.web.door import Door

door = Door("office", __name__, host="office", audience=office_admin, url_prefix="/office")
people.hang_on(door, "/staff", "office_admin/layout.html")

from blueprints.office import (  # noqa: E402, F401 - the views hang themselves on the door
    overlay,
    views,
)
