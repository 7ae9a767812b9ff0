"""Documents of a case for the viewer: pages as pictures, the cleaned file as a download."""

from uuid import UUID

from flask import Response
from werkzeug.http import dump_options_header

from blueprints.desk.cases import found
from blueprints.desk.door import door
from core.audit.recorder import record_look
from core.documents import queries as documents
from core.documents import streams
from core.documents.models import Document
from core.errors import Forbidden
from core.requests import policies
from core.web.audience import actor

SANDBOX = "default-src 'none'; sandbox"


@door.get("/requests/<uuid:request_id>/documents/<uuid:document_id>/pages/<int:page>")
def document_page(request_id: UUID, document_id: UUID, page: int) -> Response:
    """One page as JPEG. The look was noted when the case was opened."""
    document = _document(request_id, document_id)
    return sealed(Response(streams.open_preview(document, page), mimetype="image/jpeg"))


@door.get("/requests/<uuid:request_id>/documents/<uuid:document_id>/file")
def document_file(request_id: UUID, document_id: UUID) -> Response:
    """The cleaned file, as an attachment only; each download is noted."""
    document = _document(request_id, document_id)
    record_look(actor(), document, "document.download")
    response = Response(streams.open_original(document), mimetype=document.media_type)
    name = {"filename": document.download_name}
    response.headers["Content-Disposition"] = dump_options_header("attachment", name)
    return sealed(response)


def _document(request_id: UUID, document_id: UUID) -> Document:
    """A document of a case that the person may look at; identity papers are not for all roles."""
    wanted = found(request_id)
    if policies.sees_masked(actor(), wanted.service_group):
        raise Forbidden
    return documents.find(wanted.id, document_id)


def sealed(response: Response) -> Response:
    """An answer that can do nothing but be looked at or saved."""
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
