"""From a proven person to a session in the browser."""

from flask import request
from werkzeug.wrappers import Response

from core.accounts.arrivals import tell_about_new_browser
from core.accounts.models import Account
from core.sessions import actions as sessions
from core.web.audience import actor
from core.web.cookies import write_session

REGISTERING = "registering"


def signed_in(response: Response, account: Account, *factors: str) -> Response:
    """Give the browser a new session; the one that it had, if any, ends with that."""
    browser = request.headers.get("User-Agent", "")[:200]
    if account.state == "active":
        tell_about_new_browser(account, browser)
    value, expires = sessions.start(
        "applicant",
        account.id,
        names={lang: account.name(lang) for lang in ("fa", "en")},
        roles=[REGISTERING] if account.state == REGISTERING else [],
        factors=factors,
        lang=account.lang,
        browser=browser,
        replaces=actor().session_id if actor().kind == "applicant" else None,
    )
    return write_session(response, value, expires)
