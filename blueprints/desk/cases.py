"""What all case views share: the request by its id, and the version that the person saw."""

from uuid import UUID

from flask import request

from core.requests import queries
from core.requests.models import ServiceRequest
from core.web.audience import actor


def found(request_id: UUID) -> ServiceRequest:
    """The request; NotFound when unknown, a draft, or of a group that the role does not work on."""
    return queries.for_staff(actor(), request_id)


def seen() -> int | None:
    """The version that stood on the page; a colleague's change in between makes a Conflict."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
