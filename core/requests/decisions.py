"""Acts of the flow by staff: every arrow that the flow's table allows, and no other."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.actor import Actor
from core.catalogue import flows
from core.catalogue.flows import Act
from core.clock import now
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.requests import changes, deadlines, messages, policies, queries, review
from core.requests.models import ServiceRequest
from core.requests.situation import Situation, situation_of
from core.requests.wording import said

KEEPS_HOLDER = {
    "under_review", "text_review", "assigned", "in_progress", "needs_correction", "more_info",
    "on_hold",
}  # fmt: skip
CHECKING = {"requests.invite", "requests.prepare", "requests.correct", "requests.review"}
OWN_VERBS = {"take", "release"}
FREE = {"originals", "signers", "items"}
DECIDES = {"approved", "approved_online", "certified", "rejected", "resolved", "deed_issued"}


def possible(actor: Actor, situation: Situation) -> list[Act]:
    """The acts that this person may do now, in the order of the flow."""
    return [
        act for act in situation.acts if act.key not in OWN_VERBS and _may(actor, act, situation)
    ]


def act(
    actor: Actor,
    request: ServiceRequest,
    name: str,
    *,
    seen: int | None = None,
    words: str = "",
    **inputs: Any,
) -> None:
    """Do an act of the flow; `inputs` are what it asks for (Act.asks), `words` its reason.

    Raises NotFound and Forbidden as the policies say, Conflict when the state does not allow it
    (any more), Invalid when something it asks for is missing.
    """
    if name in OWN_VERBS:
        raise Conflict
    if not policies.may_see(actor, request):
        raise NotFound
    situation = situation_of(request)
    wanted = situation.act(name)
    if wanted is None:
        raise Conflict(_l("The state of this request does not allow this (any more)."))
    if not _may(actor, wanted, situation):
        raise Forbidden(_why_not(actor, wanted, situation))
    given = _inputs(wanted, inputs)
    reason = said(words, needed=wanted.reason)
    _do(actor, situation, wanted, seen, reason, given)


def send_back(
    actor: Actor, request: ServiceRequest, *, words: str = "", seen: int | None = None
) -> None:
    """Send the returned items to the applicant; raises Invalid when none was returned."""
    act(actor, request, "send_back", words=words, seen=seen)


def approve(actor: Actor, request: ServiceRequest, *, seen: int | None = None) -> None:
    """Approve. Whoever checked it may not, and somebody must have checked it."""
    act(actor, request, "approve", seen=seen)


def reject(
    actor: Actor, request: ServiceRequest, *, ground: str, words: str, seen: int | None = None
) -> None:
    """Refuse, with the legal ground and in words; both are shown to the applicant."""
    act(actor, request, "reject", ground=ground, words=words, seen=seen)


def _may(actor: Actor, wanted: Act, situation: Situation) -> bool:
    second = bool(situation.params.get("second_person", True))
    return policies.may_do(actor, wanted, situation.request, second_person=second)


def _why_not(actor: Actor, wanted: Act, situation: Situation) -> Any:
    request = situation.request
    if not policies.may(actor, wanted.permission or "requests.see", request):
        return Forbidden.sentence
    if policies.reviewed(actor, request):
        return _l("You checked this request yourself; somebody else decides on it.")
    if wanted.second_person and not request.reviewer_ids:
        return _l("Nobody has checked this request yet.")
    return _l("A colleague has taken this request.")


def _inputs(wanted: Act, inputs: dict[str, Any]) -> dict[str, Any]:
    """What the act asks for, each required in words; lists (originals seen) may be empty."""
    given: dict[str, Any] = {}
    for name in wanted.asks:
        value = inputs.get(name)
        if name in FREE:
            given[name] = [said(str(part), name) for part in value or []]
        elif name != "reason":
            given[name] = said(value, name, needed=True)
    return given


def _do(
    actor: Actor, situation: Situation, wanted: Act, seen: int | None, words: str, given: dict
) -> None:
    request, target = situation.request, situation.target(wanted)
    reasons: list[str] = []
    columns: dict[str, Any] = {"act_by": _last_day(situation, target)}
    if "items" in wanted.asks:
        reasons = _returned_reasons(request)
    if target not in KEEPS_HOLDER:
        columns |= review.NOBODY
    if target in DECIDES:
        columns["decided_at"] = now()
    if flows.state(target).final:
        columns["closed_at"] = now()
    if wanted.permission in CHECKING and not policies.reviewed(actor, request):
        columns["reviewer_ids"] = [*request.reviewer_ids, str(actor.id)]
    changes.step(
        actor, request, wanted.key, to=target, seen=seen, public=wanted.told is not None,
        words=words, reasons=reasons, inputs=given, **columns,
    )  # fmt: skip
    messages.tell(request, wanted)


def _last_day(situation: Situation, target: str) -> date | None:
    """The day until which the applicant may leave the request lying in the state `target`."""
    limit = flows.state(target).limit
    return deadlines.in_days(situation.params[limit]) if limit else None


def _returned_reasons(request: ServiceRequest) -> list[str]:
    returned = queries.returned(request)
    if not returned:
        raise Invalid({"items": _l("Return at least one answer or document first.")})
    return sorted({item.reason for item in returned if item.reason})
