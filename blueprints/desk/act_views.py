"""Acts of the flow, and handing a case over to a colleague: pages that ask before they do."""

from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from blueprints.desk import asks
from blueprints.desk.case_views import back_to
from blueprints.desk.cases import found, seen
from blueprints.desk.door import door
from blueprints.desk.queue_views import side
from core.actor import Actor
from core.catalogue import reference
from core.errors import Conflict, Invalid
from core.requests import actions, queries
from core.requests.models import ServiceRequest
from core.requests.situation import situation_of
from core.staff import queries as people
from core.web.audience import actor
from core.web.language import chosen_language
from core.web.once import once
from core.web.templating import words


@door.get("/requests/<uuid:request_id>/acts/<name>")
def act_form(request_id: UUID, name: str) -> ResponseReturnValue:
    """Ask what the act needs, and say what the applicant will read."""
    return _act_page(found(request_id), name)


@door.post("/requests/<uuid:request_id>/acts/<name>")
@once
def act(request_id: UUID, name: str) -> ResponseReturnValue:
    """Do an act of the flow."""
    wanted = found(request_id)
    reason, given = request.form.get("words", ""), asks.given(request.form)
    try:
        actions.act(actor(), wanted, name, seen=seen(), words=reason, **given)
    except Invalid as error:
        return _act_page(wanted, name, error.errors)
    return back_to(request_id)


def _act_page(
    wanted: ServiceRequest, name: str, errors: dict[str, Any] | None = None
) -> ResponseReturnValue:
    situation = situation_of(wanted)
    chosen = next((one for one in actions.possible(actor(), situation) if one.key == name), None)
    if chosen is None:
        raise Conflict(asks.NOT_NOW)
    page = render_template(
        "desk/act.html",
        queues=side(actor()),
        queue=None,
        case=wanted,
        act=chosen,
        boxes=asks.boxes(chosen, situation),
        returned=queries.returned(wanted) if "items" in chosen.asks else [],
        item_words=asks.item_words(situation),
        reason_words=reference.table("reasons"),
        form=request.form,
        errors=errors or {},
    )
    return page, 422 if errors else 200


@door.get("/requests/<uuid:request_id>/hand-over")
def hand_over_form(request_id: UUID) -> ResponseReturnValue:
    """Choose a colleague."""
    return _hand_over_page(found(request_id))


@door.post("/requests/<uuid:request_id>/hand-over")
@once
def hand_over(request_id: UUID) -> ResponseReturnValue:
    """Give the case to a colleague."""
    wanted = found(request_id)
    to = request.form.get("to")
    chosen = next((one for one in _colleagues(wanted) if str(one.id) == to), None)
    if chosen is None:
        return _hand_over_page(wanted, {"to": asks.CHOOSE_COLLEAGUE})
    note = request.form.get("words", "")
    actions.hand_over(actor(), wanted, to=chosen, words=note, seen=seen())
    return back_to(request_id)


def _hand_over_page(
    wanted: ServiceRequest, errors: dict[str, Any] | None = None
) -> ResponseReturnValue:
    actions.need_to_let_go(actor(), wanted)
    page = render_template(
        "desk/hand_over.html",
        queues=side(actor()),
        queue=None,
        case=wanted,
        colleagues=[{"key": str(one.id), "label": one.name} for one in _colleagues(wanted)],
        form=request.form,
        errors=errors or {},
    )
    return page, 422 if errors else 200


def _colleagues(wanted: ServiceRequest) -> list[Actor]:
    """Active colleagues who work on this group of services, but for who has it already."""
    everybody = [
        actions.colleague(one.id, words(one.name), one.roles)
        for one in people.everybody(chosen_language())
        if one.state == "active" and one.id not in (actor().id, wanted.holder_id)
    ]
    return [one for one in everybody if one.may("requests.take", wanted.service_group)]
