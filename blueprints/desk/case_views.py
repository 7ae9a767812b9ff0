"""One case: its page, taking it, giving it back, notes, and the word on each item."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.desk import asks
from blueprints.desk.case_page import CasePage
from blueprints.desk.cases import found, seen
from blueprints.desk.dates import due
from blueprints.desk.door import door
from blueprints.desk.queue_views import latin_name, side
from core.audit.recorder import record_look
from core.catalogue import flows, reference
from core.errors import Invalid
from core.requests import actions, queries
from core.requests.models import ServiceRequest
from core.requests.situation import situation_of
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
    page = render_template(
        "desk/case.html",
        queues=side(actor()),
        queue=None,
        case=wanted,
        latin=latin_name(wanted),
        due=due(wanted),
        state=situation.state,
        page=CasePage(actor(), situation),
        acts=actions.possible(actor(), situation),
        direct=asks.is_direct,
        notes=queries.notes(wanted),
        states=flows.states(),
        act_words=asks.act_words(situation.flow),
        reason_words=reference.table("reasons"),
        form=request.form,
        errors=errors or {},
    )
    return page, 422 if errors else 200


@door.post("/requests/<uuid:request_id>/take")
def take(request_id: UUID) -> ResponseReturnValue:
    """Take the case."""
    actions.take(actor(), found(request_id), seen=seen())
    return back_to(request_id)


@door.post("/requests/<uuid:request_id>/release")
def release(request_id: UUID) -> ResponseReturnValue:
    """Put the case back into its queue."""
    actions.give_back(actor(), found(request_id), seen=seen())
    return back_to(request_id)


@door.post("/requests/<uuid:request_id>/note")
@once
def note(request_id: UUID) -> ResponseReturnValue:
    """Write a note for colleagues."""
    wanted = found(request_id)
    try:
        actions.note(actor(), wanted, words=request.form.get("words", ""))
    except Invalid as error:
        return _page(wanted, error.errors)
    return back_to(request_id, "notes")


@door.post("/requests/<uuid:request_id>/items")
def items(request_id: UUID) -> ResponseReturnValue:
    """Accept or return one item, or accept all that nothing was said about."""
    wanted = found(request_id)
    if "accept_rest" in request.form:
        actions.accept_rest(actor(), wanted)
        return back_to(request_id, "answers")
    verb = "accept" if "accept" in request.form else "return"
    kind, _, key = request.form.get(verb, "").partition(":")
    try:
        _judge(wanted, verb, kind, key)
    except Invalid as error:
        faults = {f"{part}.{kind}.{key}": said for part, said in error.errors.items()}
        return _page(wanted, faults)
    return back_to(request_id, f"item-{kind}-{key}")


def _judge(wanted: ServiceRequest, verb: str, kind: str, key: str) -> None:
    if verb == "accept":
        actions.accept_item(actor(), wanted, kind=kind, key=key)
        return
    reason = request.form.get(f"reason.{kind}.{key}", "")
    words = request.form.get(f"words.{kind}.{key}", "")
    actions.return_item(actor(), wanted, kind=kind, key=key, reason=reason, words=words)


def back_to(request_id: UUID, anchor: str | None = None) -> ResponseReturnValue:
    """Back to the case's page, at the place where one was."""
    return redirect(url_for("desk.case", request_id=request_id, _anchor=anchor), 303)
