"""One case: answers beside documents, what was checked, what may be done next."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from blueprints.desk import asks
from blueprints.desk.cases import found, seen
from blueprints.desk.door import door
from blueprints.desk.queue_views import side
from core.audit.recorder import record_look
from core.catalogue import answers, flows, reference
from core.errors import Invalid, NotFound
from core.requests import actions, queries
from core.requests.models import ServiceRequest
from core.requests.review import is_judged, reasons_for, reviewable
from core.requests.situation import Situation, situation_of
from core.staff import queries as people
from core.web.audience import actor
from core.web.once import once


@door.get("/requests/<uuid:request_id>")
def case(request_id: UUID) -> ResponseReturnValue:
    """The case page; opening it is noted in the trail first."""
    wanted = found(request_id)
    record_look(actor(), wanted, "request.look")
    return _page(wanted)


def _page(wanted: ServiceRequest, errors: dict[str, Any] | None = None) -> ResponseReturnValue:
    situation = situation_of(wanted)
    lang = str(get_locale())
    items = queries.items(wanted)
    page = render_template(
        "desk/case.html",
        queues=side(actor()),
        queue=None,
        case=wanted,
        situation=situation,
        shown=answers.shown(situation.definition, situation.facts, lang),
        items=items,
        reasons={item: reasons_for(situation, *item) for item in reviewable(situation)},
        open_items=[item for item in reviewable(situation) if not is_judged(situation, *item)],
        checking=_is_checking(situation),
        acts=actions.possible(actor(), situation),
        direct=asks.is_direct,
        timeline=queries.timeline(wanted, public=False),
        notes=queries.notes(wanted),
        earlier=queries.earlier(wanted),
        states=flows.states(),
        act_words=asks.act_words(situation.flow),
        reason_words=reference.table("reasons"),
        errors=errors or {},
    )
    return page, 422 if errors else 200


def _is_checking(situation: Situation) -> bool:
    """Whether items can be accepted and returned now, by this person."""
    holds = situation.request.holder_id == actor().id
    open_to_items = any("items" in act.asks for act in situation.acts)
    return holds and open_to_items and actor().may("requests.review")


@door.post("/requests/<uuid:request_id>/take")
def take(request_id: UUID) -> ResponseReturnValue:
    """Take the case."""
    actions.take(actor(), found(request_id), seen=seen())
    return _back(request_id)


@door.post("/requests/<uuid:request_id>/release")
def release(request_id: UUID) -> ResponseReturnValue:
    """Put the case back into its queue."""
    actions.give_back(actor(), found(request_id), seen=seen())
    return _back(request_id)


@door.post("/requests/<uuid:request_id>/note")
@once
def note(request_id: UUID) -> ResponseReturnValue:
    """Write a note for colleagues."""
    wanted = found(request_id)
    try:
        actions.note(actor(), wanted, words=request.form.get("words", ""))
    except Invalid as error:
        return _page(wanted, error.errors)
    return _back(request_id, "notes")


@door.post("/requests/<uuid:request_id>/items")
def items(request_id: UUID) -> ResponseReturnValue:
    """Accept or return one item, or accept all that nothing was said about."""
    wanted = found(request_id)
    if "accept_rest" in request.form:
        actions.accept_rest(actor(), wanted)
        return _back(request_id, "answers")
    verb = "accept" if "accept" in request.form else "return"
    kind, _, key = request.form.get(verb, "").partition(":")
    name = f"{kind}.{key}"
    try:
        if verb == "accept":
            actions.accept_item(actor(), wanted, kind=kind, key=key)
        else:
            actions.return_item(
                actor(),
                wanted,
                kind=kind,
                key=key,
                reason=request.form.get(f"reason.{name}", ""),
                words=request.form.get(f"words.{name}", ""),
            )
    except Invalid as error:
        faults = {f"{part}.{name}": sentence for part, sentence in error.errors.items()}
        return _page(wanted, faults)
    return _back(request_id, f"item-{kind}-{key}")


@door.get("/requests/<uuid:request_id>/hand-over")
def hand_over_form(request_id: UUID) -> ResponseReturnValue:
    """Choose a colleague."""
    return _hand_over_page(found(request_id))


@door.post("/requests/<uuid:request_id>/hand-over")
@once
def hand_over(request_id: UUID) -> ResponseReturnValue:
    """Give the case to a colleague."""
    wanted = found(request_id)
    chosen = next(
        (one for one in _colleagues(wanted) if str(one.id) == request.form.get("to")), None
    )
    if chosen is None:
        return _hand_over_page(wanted, {"to": asks.CHOOSE_COLLEAGUE})
    words = request.form.get("words", "")
    actions.hand_over(actor(), wanted, to=chosen, words=words, seen=seen())
    return _back(request_id)


def _hand_over_page(
    wanted: ServiceRequest, errors: dict[str, Any] | None = None
) -> ResponseReturnValue:
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


def _colleagues(wanted: ServiceRequest) -> list[Any]:
    """Active colleagues who work on this group of services."""
    lang = str(get_locale())
    everybody = [
        actions.colleague(one.id, one.name[lang], one.roles)
        for one in people.everybody()
        if one.state == "active" and one.id != actor().id
    ]
    return [one for one in everybody if one.may("requests.take", wanted.service_group)]


@door.get("/requests/<uuid:request_id>/acts/<name>")
def act_form(request_id: UUID, name: str) -> ResponseReturnValue:
    """Ask what the act needs, and say what the applicant will read."""
    return _act_page(found(request_id), name)


@door.post("/requests/<uuid:request_id>/acts/<name>")
@once
def act(request_id: UUID, name: str) -> ResponseReturnValue:
    """Do an act of the flow."""
    wanted = found(request_id)
    try:
        actions.act(
            actor(),
            wanted,
            name,
            seen=seen(),
            words=request.form.get("words", ""),
            **asks.given(request.form),
        )
    except Invalid as error:
        return _act_page(wanted, name, error.errors)
    return _back(request_id)


def _act_page(
    wanted: ServiceRequest, name: str, errors: dict[str, Any] | None = None
) -> ResponseReturnValue:
    situation = situation_of(wanted)
    chosen = next((one for one in actions.possible(actor(), situation) if one.key == name), None)
    if chosen is None:
        raise NotFound
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


def _back(request_id: UUID, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("desk.case", request_id=request_id, _anchor=anchor), 303)
