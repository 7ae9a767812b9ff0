"""The session cookie: host-only, `__Host-` wherever the browser can have it."""

from datetime import datetime

from flask import current_app, request
from werkzeug.wrappers import Response


def session_cookie_name() -> str:
    """`__Host-` needs https; the demo on plain http drops prefix and Secure, nothing else."""
    production = current_app.extensions["settings"].env == "production"
    return "__Host-mikhak" if production else "mikhak"


def read_session() -> str | None:
    """The value that the browser brought."""
    return request.cookies.get(session_cookie_name())


def write_session(response: Response, value: str, expires: datetime) -> Response:
    """Give the browser a new session."""
    response.set_cookie(
        session_cookie_name(),
        value,
        expires=expires,
        httponly=True,
        samesite="Lax",
        secure=session_cookie_name().startswith("__Host-"),
        path="/",
    )
    return response


def clear_session(response: Response) -> Response:
    """Take the session away."""
    response.delete_cookie(
        session_cookie_name(),
        path="/",
        secure=session_cookie_name().startswith("__Host-"),
        httponly=True,
        samesite="Lax",
    )
    return response
