"""Views: putting right what was sent back, and nothing else."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from blueprints.requests import requests, showing
from blueprints.requests.documents import change_files, upload_of
from core.catalogue.facts import refresh
from core.catalogue.fields import read_fields
from core.documents.cabinet import cabinet
from core.errors import Conflict, Invalid
from core.requests import actions, corrections, handing_in, queries
from core.requests.models import ServiceRequest
from core.requests.situation import Situation
from core.web.audience import actor
from core.web.once import once
from core.web.questions import boxes_of, questions, stored_boxes


@requests.get("/<uuid:request_id>/correct")
def correct(request_id: UUID) -> Any:
    """The returned answers and documents, each with its reason."""
    held = queries.own(actor(), request_id)
    try:
        situation = corrections.open_correction(actor(), held)
    except Conflict:
        return redirect(url_for("requests.show", request_id=held.id), 303)
    fields = corrections.fields_to_correct(situation)
    return _page(situation, stored_boxes(fields, situation.facts), {}, held.version)


@requests.post("/<uuid:request_id>/correct")
def save_correction(request_id: UUID) -> Any:
    """Save the corrected answers."""
    held = queries.own(actor(), request_id)
    situation = corrections.open_correction(actor(), held)
    boxes = boxes_of(request.form)
    if "_add" in request.form or "_remove" in request.form:
        return _page(situation, boxes, {}, held.version)
    errors = actions.correct_answers(actor(), held, form=boxes)
    if errors:
        return _page(situation, boxes, errors, held.version), 422
    return _again(held)


@requests.post("/<uuid:request_id>/correct/documents")
def correct_document(request_id: UUID) -> Any:
    """Replace a returned document."""
    held = queries.own(actor(), request_id)
    errors = change_files(held)
    if not errors:
        return _again(held)
    situation = corrections.open_correction(actor(), held)
    fields = corrections.fields_to_correct(situation)
    return _page(situation, stored_boxes(fields, situation.facts), errors, held.version), 422


@requests.post("/<uuid:request_id>/correct/send")
@once
def send_corrections(request_id: UUID) -> Any:
    """Send everything back to the office, with what stands in the boxes."""
    held = queries.own(actor(), request_id)
    seen = request.form.get("seen", type=int)
    situation = corrections.open_correction(actor(), held)
    boxes = boxes_of(request.form) if corrections.fields_to_correct(situation) else None
    try:
        actions.resubmit(actor(), held, form=boxes, seen=seen)
    except Invalid as error:
        return _page(situation, boxes or MultiDict(), error.errors, seen or 0), error.status
    return redirect(url_for("requests.show", request_id=held.id), 303)


def _page(situation: Situation, boxes: MultiDict, errors: dict[str, Any], seen: int) -> str:
    fields = corrections.fields_to_correct(situation)
    values, _ = read_fields(fields, boxes, "", situation.facts)
    known = refresh(situation.definition, {**situation.facts, **values})
    return render_template(
        "requests/correct.html",
        situation=situation,
        held=situation.request,
        returned=showing.returned_items(situation),
        questions=questions(fields, boxes, known),
        uploads=[upload_of(situation, ask) for ask in handing_in.changeable(situation)],
        errors=errors,
        receiving=cabinet().shelf.answers(),
        seen=seen,
    )


def _again(held: ServiceRequest) -> Any:
    return redirect(url_for("requests.correct", request_id=held.id), 303)
