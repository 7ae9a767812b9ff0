"""What the pages of one sign-in remember between them, in the signed form cookie, sealed."""

from typing import Any
from uuid import UUID

from flask import current_app, jsonify, redirect, request, session, url_for
from werkzeug.wrappers import Response

from core.errors import Gone
from core.staff.passkeys import Begun, Place
from core.staff.queries import tables
from core.staff.signing_in import SignedIn, Visit
from core.web.audience import actor
from core.web.client import client
from core.web.cookies import write_session
from core.web.paths import local_path
from core.web.site import current_site
from core.web.templating import words

PASSKEY = "passkey"


def visit() -> Visit:
    """This browser, as counting and the list of sessions know it."""
    browser = request.headers.get("User-Agent", "")
    return Visit(client(), browser, own_session())


def own_session() -> UUID | None:
    """The session that a new one replaces: only one of the same kind of people."""
    return actor().session_id if actor().kind == tables().kind else None


def place() -> Place:
    """The exact host that passkeys belong to."""
    office = current_site().office
    name = words(office.name) if office else current_app.name
    host = request.host.rsplit(":", 1)[0]
    return Place(host=host, origin=f"{request.scheme}://{request.host}", name=name)


def home(roles_may_work: bool = True) -> str:
    """Where work begins: the ministry's table, the desk, or the office's settings."""
    if tables().kind == "ministry":
        return "/"
    return "/desk" if roles_may_work else "/office"


def wanted(default: str) -> str:
    """The page that was asked for before the sign-in came in between."""
    return local_path(request.values.get("next"), default)


def let_in(response: Response, inside: SignedIn) -> Response:
    """Give the browser its session and forget the way in."""
    for key in ("ticket", "next", PASSKEY):
        session.pop(key, None)
    return write_session(response, inside.cookie, inside.expires)


def ticket() -> str:
    """The sealed ticket from the page before; raises Gone when the browser has none."""
    if not (kept := session.get("ticket")):
        raise Gone
    return str(kept)


def begin(begun: Begun) -> Response:
    """Answer a passkey button with its options; we keep the sealed challenge."""
    session[PASSKEY] = begun.memory
    return Response(begun.options, mimetype="application/json")


def memory() -> str:
    """The sealed challenge of the ceremony that this browser has begun."""
    if not (kept := session.get(PASSKEY)):
        raise Gone
    return str(kept)


def credential() -> Any:
    """What the browser's passkey said."""
    return request.get_json(silent=True) or {}


def next_page(path: str) -> Response:
    """Tell our script where to go."""
    return jsonify(next=path)


def back_to(endpoint: str, **values: Any) -> Response:
    """Redirect after a form."""
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]
