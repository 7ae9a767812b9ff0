"""Public pages travel compressed; pages with a token never do.

A page that mixes a secret with what a stranger can put into it must not be compressed (BREACH).
So only answers to GET, on doors for anybody, in which no form token was made.
"""

import gzip

from flask import Flask, Response, current_app, g, request

from core.web.audience import anybody
from core.web.door import Door

WORTH_IT = 1500
LEVEL = 6


def install(app: Flask) -> None:
    """Compress on the way out."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    response.vary.add("Accept-Encoding")
    if _may(response):
        body = response.get_data()
        if len(body) >= WORTH_IT:
            response.set_data(gzip.compress(body, LEVEL, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
    return response


def _may(response: Response) -> bool:
    door = current_app.blueprints.get(request.blueprint or "")
    public = isinstance(door, Door) and door.audience is anybody
    return (
        public
        and request.method == "GET"
        and response.mimetype == "text/html"
        and not response.is_streamed
        and "gzip" in request.accept_encodings
        and "csrf_token" not in g
        and "Set-Cookie" not in response.headers
    )
