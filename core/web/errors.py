"""Errors become pages (or a short JSON for our own scripts), each with what to do now."""

import logging
from errno import EDQUOT, ENOSPC
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from sqlalchemy.exc import DataError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from core.errors import Conflict, DomainError, NotFound, TooMany, Unavailable
from core.text import TextRefused
from core.web.paths import page_above
from core.web.typed import typed

log = logging.getLogger("mikhak.web")

EXPIRED_FORM = _l("This page was open for too long. Open it again and repeat the last step.")
OPEN_TOO_LONG = _l("This page was open for too long.")
TOO_LARGE = _l("What you sent is too large. A document may have at most 10 MB.")
BROKEN = _l("Something went wrong on our side. Nothing that you had saved is lost.")

# Deadlock, lock not available, serialization failure.
COLLISIONS = {"40P01", "55P03", "40001"}
# Idle in a transaction, or a transaction that took too long.
WAITED_TOO_LONG = {"25P03", "25P04"}
MOST_SWALLOWED = 64 * 1024 * 1024


def install(app: Flask) -> None:
    """Register a handler for each kind of failure."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(TextRefused, _text_refused)
    app.register_error_handler(DataError, _text_refused)
    app.register_error_handler(OperationalError, database_failed)
    app.register_error_handler(InterfaceError, database_failed)
    app.register_error_handler(InternalError, _ended_while_waiting)
    app.register_error_handler(PoolTimeout, database_failed)
    app.register_error_handler(OSError, _no_room)
    app.register_error_handler(Exception, _unexpected)


def _domain_error(error: DomainError) -> Response:
    response = _answer(error.status, error.sentence, passes=error.passes)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _expired(_: CSRFError) -> Response:
    return _answer(400, OPEN_TOO_LONG if typed() else EXPIRED_FORM, passes=True)


def _too_large(_: RequestEntityTooLarge) -> Response:
    """The rest is read and forgotten: a browser that is still sending would not see the page."""
    rest, left = request.environ["wsgi.input"], MOST_SWALLOWED
    while left > 0 and (part := rest.read(min(left, 65536))):
        left -= len(part)
    return _answer(413, TOO_LARGE)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return make_response(error.get_response())
    sentence = NotFound.sentence if error.code == 404 else DomainError.sentence
    return _answer(error.code or 500, sentence)


def _text_refused(error: Exception) -> Response:
    """A character that cannot be stored, in a box whose view did not expect one.

    The database refuses such text too, and other values that no column takes: those are ours.
    """
    typed = [*request.values.values(), request.path]
    if isinstance(error, DataError) and not any("\x00" in text for text in typed):
        return _unexpected(error)
    return _answer(422, TextRefused().message)


def database_failed(error: Exception) -> Response:
    """It does not answer, or two people stood in each other's way and one of them has to repeat."""
    if getattr(getattr(error, "orig", None), "sqlstate", None) in COLLISIONS:
        return _answer(Conflict.status, Conflict.sentence, passes=True)
    log.error("database does not answer: %s", type(error).__name__)
    return _answer(Unavailable.status, Unavailable.sentence, passes=True)


def _ended_while_waiting(error: Exception) -> Response:
    """The database ended a transaction in which nothing was said for too long."""
    waited = getattr(getattr(error, "orig", None), "sqlstate", None) in WAITED_TOO_LONG
    return database_failed(error) if waited else _unexpected(error)


def _no_room(error: OSError) -> Response:
    """A full disk is told as what it is: a part that does not work right now."""
    if error.errno not in (ENOSPC, EDQUOT):
        return _unexpected(error)
    log.critical("no room left on the disk")
    return _answer(Unavailable.status, Unavailable.sentence, passes=True)


def _unexpected(error: Exception) -> Response:
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    return _answer(500, BROKEN, passes=True)


def _page_to_open(status: int) -> str:
    """This address; where it takes forms only, the nearest one above it that is a page.

    What somebody else has changed is looked at from above: its own page would refuse again.
    """
    path = request.path
    return page_above(path.rpartition("/")[0] if status == Conflict.status else path)


def _answer(status: int, sentence: Any, *, passes: bool = False) -> Response:
    """The page `errors/<status>.html`, else the general one; JSON for scripts.

    What passes by itself carries the form that was sent, so that nothing has to be typed again.
    """
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(message=str(sentence)), status)
    values = {
        "status": status,
        "sentence": sentence,
        "request_id": g.get("request_id", "-"),
        "successor": g.get("successor"),
        "again": _page_to_open(status),
        "form": typed() if passes else None,
    }
    try:
        page = render_template(f"errors/{status}.html", **values)
    except TemplateNotFound:
        page = render_template("errors/error.html", **values)
    return make_response(page, status)
