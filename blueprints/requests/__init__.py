"""Doors of the applicant: what the office offers, and the applicant's own requests."""

from typing import Any

from flask import request

from core.web.audience import anybody, applicant
from core.web.door import Door

services = Door("services", __name__, host="office", audience=anybody, url_prefix="/services")
requests = Door("requests", __name__, host="office", audience=applicant, url_prefix="/requests")
doors = [services, requests]

UPLOADS = {
    "requests.documents",
    "requests.save_correction",
    "requests.correct_document",
    "requests.send_corrections",
}
LARGEST_UPLOAD = 12 * 1024 * 1024


@requests.url_value_preprocessor
def _room_for_a_file(endpoint: str | None, _: dict[str, Any] | None) -> None:
    """A page with uploads takes more than a page of answers; said before the body is read."""
    if endpoint in UPLOADS:
        request.max_content_length = LARGEST_UPLOAD


from blueprints.requests import (  # noqa: E402 - the views hang themselves on the doors
    catalogue,
    checking,
    corrections,
    documents,
    overview,
    papers,
    sections,
    versions,
)

__all__ = [
    "catalogue",
    "checking",
    "corrections",
    "documents",
    "doors",
    "overview",
    "papers",
    "sections",
    "versions",
]
