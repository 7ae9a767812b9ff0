"""Views: checking the answers, submitting, what was submitted; giving up and appealing."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for

from blueprints.requests import prospect, requests, showing
from core.errors import Invalid, NotFound
from core.requests import actions, queries
from core.requests.models import ServiceRequest
from core.requests.situation import Situation, situation_of
from core.web.audience import actor
from core.web.once import once


@requests.get("/<uuid:request_id>/check")
def check(request_id: UUID) -> Any:
    """Everything that was answered, with links that change it and come back."""
    draft = queries.own(actor(), request_id)
    situation = situation_of(draft)
    if draft.status != "draft" or not situation.is_complete:
        return redirect(url_for("requests.show", request_id=draft.id), 303)
    return _check_page(situation, {}, draft.version)


@requests.post("/<uuid:request_id>/submit")
@once
def submit(request_id: UUID) -> Any:
    """Submit once, however often it is clicked."""
    draft = queries.own(actor(), request_id)
    seen = request.form.get("seen", type=int) or 0
    try:
        actions.submit(
            actor(),
            draft,
            declared=request.form.getlist("declared"),
            seen=seen,
            promised=request.form.get("promised"),
        )
    except Invalid as error:
        return _check_page(situation_of(draft), error.errors, seen), error.status
    return redirect(url_for("requests.submitted", request_id=draft.id), 303)


@requests.get("/<uuid:request_id>/submitted")
def submitted(request_id: UUID) -> Any:
    """The tracking code, what happens next, what to bring."""
    held = queries.own(actor(), request_id)
    if held.submitted_at is None:
        return redirect(url_for("requests.show", request_id=held.id), 303)
    situation = situation_of(held)
    return render_template(
        "requests/submitted.html",
        situation=situation,
        held=held,
        next_steps=showing.next_steps(situation),
        bring=showing.to_bring(situation),
    )


@requests.get("/<uuid:request_id>/text")
def text(request_id: UUID) -> Any:
    """The deed as it will be printed, to be read before filing."""
    held = queries.own(actor(), request_id)
    situation = situation_of(held)
    if situation.deed is None:
        raise NotFound
    return render_template(
        "requests/text.html", situation=situation, held=held, deed=situation.deed
    )


@requests.get("/<uuid:request_id>/withdraw")
def ask_withdraw(request_id: UUID) -> Any:
    """Ask once more."""
    held = queries.own(actor(), request_id)
    if held.status != "draft" and situation_of(held).act("withdraw") is None:
        return redirect(url_for("requests.show", request_id=held.id), 303)
    return render_template("requests/withdraw.html", held=held)


@requests.post("/<uuid:request_id>/withdraw")
@once
def withdraw(request_id: UUID) -> Any:
    """Withdraw a request, or throw a draft away."""
    held = queries.own(actor(), request_id)
    if held.status == "draft":
        actions.throw_away(actor(), held)
        return redirect(url_for("requests.index"), 303)
    actions.withdraw(actor(), held, seen=request.form.get("seen", type=int))
    return redirect(url_for("requests.show", request_id=held.id), 303)


@requests.route("/<uuid:request_id>/appeal", methods=["GET", "POST"])
def appeal(request_id: UUID) -> Any:
    """Object to a refusal."""
    held = queries.own(actor(), request_id)
    if request.method == "GET":
        return _appeal_page(held, {})
    try:
        actions.appeal(actor(), held, words=request.form.get("words", ""))
    except Invalid as error:
        return _appeal_page(held, error.errors), error.status
    return redirect(url_for("requests.show", request_id=held.id), 303)


def _appeal_page(held: ServiceRequest, errors: dict[str, Any]) -> str:
    typed = request.form.get("words", "")
    return render_template("requests/appeal.html", held=held, typed=typed, errors=errors)


def _check_page(situation: Situation, errors: dict[str, Any], seen: int) -> str:
    return render_template(
        "requests/check.html",
        situation=situation,
        parts=showing.answered(situation),
        papers=showing.handed_in(situation),
        fees=[(line, prospect.worked_out(line)) for line in situation.quote.lines],
        declared=request.form.getlist("declared"),
        errors=errors,
        seen=seen,
        total=len(situation.sections) + 2,
    )
