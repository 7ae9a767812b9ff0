"""What an applicant does with a whole request: submit it, withdraw it, appeal."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from core.actor import Actor
from core.clock import now
from core.errors import Conflict, Invalid, NotFound
from core.requests import changes, deadlines, messages, people, policies, tracking
from core.requests.drafts import need_draft
from core.requests.models import ServiceRequest
from core.requests.situation import Situation, situation_of
from core.requests.wording import said
from tenants.database import db

TRIES = 5


def submit(
    actor: Actor,
    request: ServiceRequest,
    *,
    declared: Iterable[str] = (),
    seen: int | None = None,
    promised: str | None = None,
) -> None:
    """Hand the request in; from then on it has a tracking code and the office's attention.

    Everything is checked again with the profile and the office's terms as they are now; those
    terms stay. Raises Invalid with what is missing, or when the bill is no longer the one that was
    `promised`; Conflict when it was submitted already or changed since it was `seen`.
    """
    need_draft(actor, request)
    changes.hold_still(request)
    need_draft(actor, request)
    situation = situation_of(request, profile=people.snapshot(request.account_id))
    errors = faults(situation) | _undeclared(situation, set(declared))
    if promised is not None and promised != situation.quote.promise:
        errors["fee"] = _l("The fee has changed meanwhile. Look at it, then submit again.")
    if errors:
        raise Invalid(errors)
    act = situation.act("submit")
    if act is None:
        raise Conflict
    subject, code = people.subject_of(situation), _fresh_code()
    try:
        changes.step(
            actor, request, act.key, to=situation.target(act), seen=seen,
            profile_snapshot=dict(situation.profile),
            terms=situation.terms.plain(),
            flow=situation.flow,
            tracking_code=code,
            submitted_at=now(),
            due_on=deadlines.in_working_days(situation.params["target_days"]),
            subject_name=people.full_name(subject),
            subject_birth_date=_birth_date(subject),
            search_key=people.search_key(situation, code),
            inputs={"declared": sorted(item.key for item in situation.declarations)},
        )  # fmt: skip
    except IntegrityError as error:
        raise Conflict from error
    messages.tell(request, act)


def withdraw(actor: Actor, request: ServiceRequest, *, seen: int | None = None) -> None:
    """Give the request up. Raises NotFound for others, Conflict when it is too late."""
    situation, act = _own_act(actor, request, "withdraw")
    changes.step(
        actor, request, act.key, to=situation.target(act), seen=seen,
        holder_id=None, holder_name=None, taken_at=None, closed_at=now(),
    )  # fmt: skip
    messages.tell(request, act)


def appeal(actor: Actor, request: ServiceRequest, *, words: str, seen: int | None = None) -> None:
    """Object to a refusal, with reasons. Raises Invalid without any, Conflict when not refused."""
    situation, act = _own_act(actor, request, "appeal")
    reason = said(words, "words", needed=True)
    changes.step(actor, request, act.key, to=situation.target(act), seen=seen, words=reason)


def faults(situation: Situation) -> dict[str, Any]:
    """What keeps the request from being complete: key → words."""
    found: dict[str, Any] = {
        stop.key: _l("This request cannot be filed.") for stop in situation.stops
    }
    found |= {item.field: item.message for item in situation.missing_answers}
    missing = {
        ask.key: _l("A required document is missing.") for ask in situation.missing_documents
    }
    return found | missing


def _undeclared(situation: Situation, declared: set[str]) -> dict[str, Any]:
    words = _l("Confirm this to submit the request.")
    return {
        f"declare-{item.key}": words for item in situation.declarations if item.key not in declared
    }


def _fresh_code() -> str:
    """A code that no request here has; the unique index has the last word."""
    for _ in range(TRIES):
        code = tracking.new_code()
        taken = db.session.query(ServiceRequest.id).filter_by(tracking_code=code).first()
        if taken is None:
            return code
    raise Conflict


def _birth_date(subject: dict[str, Any]) -> date | None:
    born = subject.get("birth_date")
    return date.fromisoformat(str(born)) if born else None


def _own_act(actor: Actor, request: ServiceRequest, key: str) -> tuple[Situation, Any]:
    if not policies.owns(actor, request):
        raise NotFound
    situation = situation_of(request)
    act = situation.act(key)
    if act is None:
        raise Conflict(_l("This is no longer possible for this request."))
    return situation, act
