"""CSRF tokens by flask-wtf; the signed cookie that carries them is bound to the site."""

from copy import copy
from typing import Any

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import CSRFProtect

FIELD = "csrf_token"


class SiteBoundCookie(SecureCookieSessionInterface):
    """Flask's signed cookie with the host in its salt: office A's token is noise at office B."""

    def get_signing_serializer(self, app: Flask) -> Any:
        """The serializer for the host of the request in hand."""
        # A copy, because the interface itself is shared between threads.
        bound = copy(self)
        bound.salt = f"mikhak|{request.host.rsplit(':', 1)[0]}"
        return super(SiteBoundCookie, bound).get_signing_serializer(app)


def install(app: Flask, *, production: bool) -> None:
    """Guard every unsafe method; no view is exempt."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-form" if production else "form",
        SESSION_COOKIE_SECURE=production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        # Pages are sent with no-referrer; `core.web.origin` checks where a request comes from.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = SiteBoundCookie()
    CSRFProtect(app)
