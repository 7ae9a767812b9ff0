"""The mail reader of a demo: everything that the demo has sent, at mail.<base>."""

from blueprints.mail import views
from core.web.audience import anybody
from core.web.door import Door

door = Door("mail", __name__, host="mail", audience=anybody)
door.add_url_rule("/", "inbox", views.inbox)
door.add_url_rule("/messages.json", "messages_json", views.messages_json)
door.add_url_rule("/messages/<key>", "message", views.message)
door.add_url_rule("/codes", "sign_ins", views.sign_ins)
