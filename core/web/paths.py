"""Where to go after signing in: only to our own pages, on this very host."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException


def local_path(text: str | None, default: str) -> str:
    """The wanted path when it is one of this site, else the default.

    Refused: other schemes and hosts in every disguise (`//host`, `/\\host`), control characters.
    """
    if not text or not text.startswith("/") or len(text) > 1000:
        return default
    if "\\" in text or any(char.isspace() or ord(char) < 32 for char in text):
        return default
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or text.startswith("//"):
        return default
    return text


def page_above(path: str) -> str:
    """The path itself where it is a page, else the nearest one above it that is."""
    try:
        routes = current_app.create_url_adapter(request)
    except HTTPException:  # a host name that is none
        return path
    while path and routes and "GET" not in routes.allowed_methods(path):
        path = path.rpartition("/")[0]
    return path or "/"
