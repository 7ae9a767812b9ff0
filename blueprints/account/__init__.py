"""The door of the signed-in applicant: the own account."""

from core.web.audience import applicant
from core.web.door import Door

door = Door("account", __name__, host="office", audience=applicant, url_prefix="/account")

from blueprints.account import email, security, views  # noqa: E402 - they hang on the door

__all__ = ["door", "email", "security", "views"]
