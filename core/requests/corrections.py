"""What an applicant does with a request that was sent back: put right what was returned, send it.

Only the returned items can be changed, and what a changed answer newly asks for. The request keeps
its tracking code; what stood there before is kept in the review item.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from core.actor import Actor
from core.catalogue.answers import read_section
from core.catalogue.definition import Field
from core.clock import now
from core.errors import Conflict, Invalid, NotFound
from core.requests import changes, drafts, messages, people, policies, queries, references
from core.requests.models import ReviewItem, ServiceRequest
from core.requests.situation import Situation, situation_of
from core.requests.submission import faults
from tenants.database import db


def open_correction(actor: Actor, request: ServiceRequest) -> Situation:
    """The situation of a request that waits for its applicant; NotFound, Conflict."""
    if not policies.owns(actor, request):
        raise NotFound
    situation = situation_of(request)
    if situation.act("correct") is None:
        raise Conflict(_l("There is nothing to correct in this request."))
    return situation


def fields_to_correct(situation: Situation) -> list[Field]:
    """Returned answers, and questions that a corrected answer has opened."""
    returned = {item.key for item in queries.returned(situation.request) if item.kind == "answer"}
    wanting = {item.field.partition(".")[0] for item in situation.missing_answers}
    return [
        field
        for section in situation.sections
        for field in situation.fields(section)
        if field.key in returned | wanting
    ]


def correct_answers(
    actor: Actor, request: ServiceRequest, *, form: Any, sent: bool = False
) -> dict[str, Any]:
    """Read the returned answers from the form; store them when all are right, else change nothing.

    Returns the errors by the name of the box. Anything else in the form is not looked at. With
    `sent` an answer that stands in its box as it was does not count as corrected by that.
    """
    changes.hold_still(request)
    situation = open_correction(actor, request)
    keys = {field.key for field in fields_to_correct(situation)}
    values, errors = _read(situation, keys, form)
    if errors:
        return errors
    was = request.answers
    changed = {key: value for key, value in values.items() if was.get(key) != value}
    if changed or not sent:
        drafts.store(request, values)
        mark(request, "answer", set(changed if sent else values))
    return {}


def resubmit(
    actor: Actor, request: ServiceRequest, *, form: Any = None, seen: int | None = None
) -> None:
    """Send the corrections, with what stands in the boxes of `form`.

    Raises Invalid when something is wrong or still open, Conflict.
    """
    changes.hold_still(request)
    if seen is not None and seen != request.version:
        raise Conflict
    if form is not None and (wrong := correct_answers(actor, request, form=form, sent=True)):
        raise Invalid(wrong)
    situation = open_correction(actor, request)
    errors = faults(situation)
    errors |= {
        item.key: _l("This has not been corrected yet.")
        for item in queries.returned(request)
        if item.corrected_at is None and _still_asked(situation, item)
    }
    if errors:
        raise Invalid(errors)
    act = situation.act("correct")
    if act is None:
        raise Conflict
    code = request.tracking_code or ""
    changes.step(
        actor, request, act.key, to=situation.target(act),
        round=request.round + 1, act_by=None,
        search_key=people.search_key(situation, code),
    )  # fmt: skip
    messages.tell(request, act)


def _read(situation: Situation, keys: set[str], form: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    values: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for section in situation.sections:
        if not keys & {field.key for field in section.fields}:
            continue
        facts = {**situation.facts, **values}
        read, faulty = read_section(situation.definition, section.key, form, facts)
        values |= {key: value for key, value in read.items() if key in keys}
        errors |= {name: text for name, text in faulty.items() if name.partition(".")[0] in keys}
    return references.labelled(values, situation.facts["references"]), errors


def _still_asked(situation: Situation, item: ReviewItem) -> bool:
    try:
        situation.item_value(item.kind, item.key)
    except KeyError:
        return False
    return True


def mark(request: ServiceRequest, kind: str, keys: set[str]) -> None:
    """Note that the applicant has dealt with returned items."""
    db.session.execute(
        update(ReviewItem)
        .where(
            ReviewItem.request_id == request.id,
            ReviewItem.round == request.round,
            ReviewItem.kind == kind,
            ReviewItem.key.in_(keys),
        )
        .values(corrected_at=now())
    )
