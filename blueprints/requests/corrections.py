"""Views: putting right what was sent back, and nothing else."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from blueprints.requests import requests, showing
from blueprints.requests.documents import change_files, files_in_form, take_files, upload_of
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

CHOOSE_AGAIN = _l("This file was not kept. Choose it again once the rest is right.")


@requests.get("/<uuid:request_id>/correct")
def correct(request_id: UUID) -> Any:
    """The returned answers and documents, each with its reason."""
    held = queries.own(actor(), request_id)
    try:
        situation = corrections.open_correction(actor(), held)
    except Conflict:
        return redirect(url_for("requests.show", request_id=held.id), 303)
    fields = corrections.fields_to_correct(situation)
    return _page(situation, stored_boxes(fields, situation.facts), _items(situation))


@requests.post("/<uuid:request_id>/correct")
def save_correction(request_id: UUID) -> Any:
    """Save the corrected answers, and the files that were chosen beside them."""
    held = queries.own(actor(), request_id)
    situation = corrections.open_correction(actor(), held)
    before, boxes = _items(situation), boxes_of(request.form)
    if "_add" in request.form or "_remove" in request.form:
        return _page(situation, boxes, before)
    errors = actions.correct_answers(actor(), held, form=boxes) or take_files(held)
    if errors:
        return _page(situation, boxes, before, _with_files(errors)), 422
    return _again(held)


@requests.post("/<uuid:request_id>/correct/documents")
def correct_document(request_id: UUID) -> Any:
    """Replace a returned document. Answers beside it are saved if they are right, else kept."""
    held = queries.own(actor(), request_id)
    situation = corrections.open_correction(actor(), held)
    fields = corrections.fields_to_correct(situation)
    whole = "seen" in request.form  # the page's form, and not a file alone
    boxes = boxes_of(request.form) if whole else stored_boxes(fields, situation.facts)
    before = _items(situation)
    if errors := change_files(held):
        return _page(situation, boxes, before, _with_files(errors)), 422
    if whole and fields and actions.correct_answers(actor(), held, form=boxes, sent=True):
        situation = corrections.open_correction(actor(), held)
        return _page(situation, boxes, _items(situation))
    return _again(held)


@requests.post("/<uuid:request_id>/correct/send")
@once
def send_corrections(request_id: UUID) -> Any:
    """Send everything back to the office, with what stands in the boxes and what was chosen."""
    held = queries.own(actor(), request_id)
    seen = request.form.get("seen", held.version, type=int)
    situation = corrections.open_correction(actor(), held)
    before = _items(situation)
    boxes = boxes_of(request.form) if corrections.fields_to_correct(situation) else None
    try:
        if seen == held.version:  # else somebody else was here, and `resubmit` says so
            if errors := take_files(held):
                raise Invalid(errors)
            seen = held.version
        actions.resubmit(actor(), held, form=boxes, seen=seen)
    except Invalid as error:
        errors = _with_files(error.errors)
        return _page(situation, boxes or MultiDict(), before, errors), error.status
    return redirect(url_for("requests.show", request_id=held.id), 303)


def _items(situation: Situation) -> dict[str, Any]:
    """What the page says of the returned items and papers.

    A refusal keeps nothing, so its page shows them as they were before.
    """
    return {
        "returned": showing.returned_items(situation),
        "uploads": [upload_of(situation, ask) for ask in handing_in.changeable(situation)],
        "seen": situation.request.version,
    }


def _with_files(errors: dict[str, Any]) -> dict[str, Any]:
    """A browser forgets the files that it sent; those that were right are asked for again."""
    return {key: CHOOSE_AGAIN for key, _ in files_in_form()} | errors


def _page(
    situation: Situation,
    boxes: MultiDict,
    items: dict[str, Any],
    errors: dict[str, Any] | None = None,
) -> str:
    fields = corrections.fields_to_correct(situation)
    values, _ = read_fields(fields, boxes, "", situation.facts)
    known = refresh(situation.definition, {**situation.facts, **values})
    return render_template(
        "requests/correct.html",
        situation=situation,
        held=situation.request,
        questions=questions(fields, boxes, known),
        errors=errors or {},
        receiving=cabinet().shelf.answers(),
        **items,
    )


def _again(held: ServiceRequest) -> Any:
    return redirect(url_for("requests.correct", request_id=held.id), 303)
