"""The desk's door: staff of the office, with a second factor, at `/desk`."""

from core.web.audience import staff
from core.web.door import Door

door = Door("desk", "blueprints.desk", host="office", audience=staff, url_prefix="/desk")
