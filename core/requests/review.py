"""What staff do while they check: take, give back, hand over, note, accept or return items."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects.postgresql import insert

from core.actor import Actor
from core.audit import actions as audit
from core.clock import now
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.requests import changes, policies, queries
from core.requests.models import RequestNote, ReviewItem, ServiceRequest
from core.requests.situation import Situation, situation_of
from core.requests.wording import said
from tenants.database import db

NOBODY: dict[str, Any] = {"holder_id": None, "holder_name": None, "taken_at": None}


def take(actor: Actor, request: ServiceRequest, *, seen: int | None = None) -> None:
    """Make the request one's own; a new one moves on to being checked.

    Raises Forbidden without `requests.take` on this group, Conflict when a colleague has it.
    """
    need(actor, "requests.take", request)
    if policies.stands_in_the_way(actor, request):
        raise Conflict(_l("A colleague has taken this request."))
    situation = situation_of(request)
    begins = situation.act("take")
    changes.step(
        actor, request, "take", to=situation.target(begins) if begins else None,
        seen=seen, public=begins is not None,
        holder_id=actor.id, holder_name=actor.name, taken_at=now(),
    )  # fmt: skip


def give_back(actor: Actor, request: ServiceRequest, *, seen: int | None = None) -> None:
    """Put the request back into the queue. Raises as `need_to_let_go`."""
    need_to_let_go(actor, request)
    situation = situation_of(request)
    back = situation.act("release")
    changes.step(
        actor, request, "release", to=situation.target(back) if back else None,
        seen=seen, public=False, **NOBODY,
    )  # fmt: skip


def hand_over(
    actor: Actor,
    request: ServiceRequest,
    *,
    to: Actor,
    words: str = "",
    seen: int | None = None,
) -> None:
    """Give the request to a colleague who works on this group.

    `to` is an Actor made of the colleague's id, name and roles. Raises as `need_to_let_go`, and
    Invalid for a colleague who may not take it.
    """
    need_to_let_go(actor, request)
    if not policies.may(to, "requests.take", request):
        raise Invalid({"to": _l("This colleague does not work on this group of services.")})
    changes.step(
        actor, request, "hand_over_to", seen=seen, public=False, words=said(words),
        inputs={"to": str(to.id), "name": to.name},
        holder_id=to.id, holder_name=to.name, taken_at=now(),
    )  # fmt: skip


def need_to_let_go(actor: Actor, request: ServiceRequest) -> None:
    """Forbidden unless holder or `requests.reassign`; Conflict when somebody was quicker, which
    is no matter of roles: another window of the same clerk, or a colleague."""
    if policies.may(actor, "requests.take", request):
        if request.holder_id is None:
            raise Conflict(_l("Nobody has this request in hand; it lies in the queue."))
        if not policies.may_let_go(actor, request):
            raise Conflict(_l("A colleague has taken this request."))
    if not policies.may_let_go(actor, request):
        raise Forbidden


def note(actor: Actor, request: ServiceRequest, *, words: str) -> RequestNote:
    """Write a note for colleagues. Raises Invalid when empty, Forbidden without the right."""
    need(actor, "requests.note", request)
    written = RequestNote(
        request_id=request.id,
        author_id=actor.id,
        author_name=actor.name,
        words=said(words, needed=True),
    )
    db.session.add(written)
    db.session.flush()
    audit.record(actor, "request.note", request)
    return written


def accept_item(actor: Actor, request: ServiceRequest, *, kind: str, key: str) -> None:
    """Find an answer or a document in order. Raises NotFound, Forbidden, Conflict."""
    situation = _open_items(actor, request)
    _judge(actor, situation, kind, key, verdict="accepted", reason=None, words="")


def accept_rest(actor: Actor, request: ServiceRequest) -> int:
    """Find everything in order that nothing was said about yet; returns how many."""
    situation = _open_items(actor, request)
    open_ones = unjudged(situation, queries.items(request))
    for kind, key in open_ones:
        _judge(actor, situation, kind, key, verdict="accepted", reason=None, words="")
    return len(open_ones)


def return_item(
    actor: Actor, request: ServiceRequest, *, kind: str, key: str, reason: str, words: str = ""
) -> None:
    """Mark an answer or a document for correction, with a reason code and words.

    Nothing reaches the applicant before the act `send_back`. Raises Invalid for a reason that does
    not belong to the item, else as accept_item.
    """
    situation = _open_items(actor, request)
    if reason not in reasons_for(situation, kind, key):
        raise Invalid({"reason": _l("Choose the reason.")})
    _judge(actor, situation, kind, key, verdict="returned", reason=reason, words=said(words))


def reviewable(situation: Situation) -> list[tuple[str, str]]:
    """Everything that can be accepted or returned: (kind, key), answers first."""
    asked = [field for section in situation.sections for field in situation.fields(section)]
    answers = [("answer", field.key) for field in asked if field.type not in ("file", "computed")]
    return answers + [("document", ask.key) for ask in situation.uploads]


def unjudged(
    situation: Situation, said_before: Mapping[tuple[str, str], ReviewItem]
) -> list[tuple[str, str]]:
    """What nothing was said about in this round, and that was not accepted before.

    `said_before` has the last word on each item: `queries.items`.
    """
    present = situation.request.round
    return [
        item for item in reviewable(situation) if not _is_judged(said_before.get(item), present)
    ]


def _is_judged(item: ReviewItem | None, present_round: int) -> bool:
    if item is None:
        return False
    return item.verdict == "accepted" or item.round == present_round


def reasons_for(situation: Situation, kind: str, key: str) -> tuple[str, ...]:
    """The reason codes that fit an item: those of the document, and those of the service."""
    if kind == "document":
        ask = situation.ask(key)
        if ask is None:
            raise NotFound
        return tuple(dict.fromkeys((*ask.reasons, *situation.definition.reasons, "other")))
    return tuple(dict.fromkeys((*situation.definition.reasons, "other")))


def need(actor: Actor, permission: str, request: ServiceRequest) -> None:
    """NotFound where the role sees nothing, Forbidden where it sees but may not."""
    if not policies.may_see(actor, request):
        raise NotFound
    if not policies.may(actor, permission, request):
        raise Forbidden


def _open_items(actor: Actor, request: ServiceRequest) -> Situation:
    changes.hold_still(request)
    need(actor, "requests.review", request)
    if not policies.holds(actor, request):
        raise Conflict(_l("Take this request before you check it."))
    situation = situation_of(request)
    if not any("items" in act.asks for act in situation.acts):
        raise Conflict(_l("Items can be checked only while the request is being checked."))
    return situation


def _judge(
    actor: Actor, situation: Situation, kind: str, key: str, *, verdict: str, reason: str | None,
    words: str,
) -> None:  # fmt: skip
    request = situation.request
    try:
        value = situation.item_value(kind, key)
    except KeyError as error:
        raise NotFound from error
    said_now = {
        "verdict": verdict, "reason": reason, "words": words, "before": value,
        "reviewer_id": actor.id, "at": now(), "corrected_at": None,
    }  # fmt: skip
    db.session.execute(
        insert(ReviewItem)
        .values(request_id=request.id, round=request.round, kind=kind, key=key, **said_now)
        .on_conflict_do_update(index_elements=["request_id", "round", "kind", "key"], set_=said_now)
    )
    remember_reviewer(actor, request)
    audit.record(actor, "request.item", request, item=kind, key=key, verdict=verdict)


def remember_reviewer(actor: Actor, request: ServiceRequest) -> None:
    """Whoever checks may not approve."""
    if not policies.reviewed(actor, request):
        request.reviewer_ids = [*request.reviewer_ids, str(actor.id)]
        db.session.flush()


def colleague(person_id: UUID, name: str, roles: Any) -> Actor:
    """A colleague as the Actor that `hand_over` asks for."""
    return Actor(kind="staff", id=person_id, name=name, roles=frozenset(roles))
