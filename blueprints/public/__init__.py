"""The public door: an office's first page, help, and the finder on the base domain."""

from blueprints.public import views
from core.web.audience import anybody
from core.web.door import Door

office_door = Door("public", __name__, host="office", audience=anybody)
office_door.add_url_rule("/", "home", views.home)
office_door.add_url_rule("/help", "help", views.help_page)
office_door.add_url_rule("/style", "style", views.style)

finder_door = Door("finder", __name__, host="base", audience=anybody)
finder_door.add_url_rule("/", "finder", views.finder)

doors = [office_door, finder_door]
