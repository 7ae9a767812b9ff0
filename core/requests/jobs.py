"""Clocks of requests: reminders while the applicant must act, and the end of what lies untouched.

Source: section 4.2 and 4.3 of the domain file: a draft is reminded of after 7 days and expires
after 60; a correction is reminded of after 3, 10 and 20 days and lapses with its deadline, as a
payment and a missed visit do; how many days they have is said by the flow's parameters. Each
request is locked before it is touched, so that running twice does nothing twice.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import aliased

from core.actor import SYSTEM
from core.catalogue import flows
from core.clock import now, today
from core.documents import actions as documents
from core.requests import changes, messages
from core.requests.models import RequestEvent, ServiceRequest
from core.requests.situation import situation_of
from tenants.database import db
from tenants.scope import current_office

DRAFT_KEPT = timedelta(days=60)
REMINDERS = {"draft": (7,), "needs_correction": (3, 10, 20), "more_info": (3, 10, 20)}
REMINDER = "reminder"
A_TIME = 200


def expire() -> int:
    """End drafts that lie untouched and what the applicant's time is over for; how many.

    While the office is suspended nobody can act, so no time passes.
    """
    if current_office().status != "active":
        return 0
    R = ServiceRequest
    day = today(current_office().timezone)
    old_drafts = (R.status == "draft") & (R.changed_at < now() - DRAFT_KEPT)
    late = R.status.in_(_limited()) & (R.act_by < day)
    ended = 0
    for request in _locked(old_drafts | late):
        _end(request)
        ended += 1
    return ended


def give_back(days: int) -> None:
    """After a suspension: deadlines and the age of drafts move on by the days that it took."""
    R = ServiceRequest
    db.session.execute(
        update(R).where(R.act_by.is_not(None), R.closed_at.is_(None)).values(act_by=R.act_by + days)
    )
    db.session.execute(
        update(R)
        .where(R.status == "draft", R.closed_at.is_(None))
        .values(changed_at=R.changed_at + timedelta(days=days))
    )


def remind() -> int:
    """Remind of what waits for the applicant; how many mails. None while it is suspended."""
    if current_office().status != "active":
        return 0
    sent = 0
    for request in _locked(_is_due()):
        changes.write_event(SYSTEM, request, REMINDER, status_from=request.status, public=False)
        messages.remind(request)
        sent += 1
    return sent


def _limited() -> list[str]:
    """The states in which the applicant has so many days."""
    return [state.key for state in flows.states().values() if state.limit]


def _locked(condition: ColumnElement[bool]) -> Iterator[ServiceRequest]:
    """Open requests that nobody else is changing right now."""
    rows = db.session.scalars(
        select(ServiceRequest)
        .where(condition, ServiceRequest.closed_at.is_(None))
        .order_by(ServiceRequest.changed_at)
        .limit(A_TIME)
        .with_for_update(skip_locked=True)
    )
    yield from rows.all()


def _end(request: ServiceRequest) -> None:
    act = situation_of(request).act("expire")
    if act is None:
        return
    erased: dict[str, Any] = {}
    if request.submitted_at is None:
        erased = {"answers": {}, "aside": {}, "profile_snapshot": {}}
        documents.erase_all(request.id)
    changes.step(SYSTEM, request, act.key, to=act.target, closed_at=now(), act_by=None, **erased)
    messages.tell(request, act)


def _is_due() -> ColumnElement[bool]:
    """The present state has lasted for so many days and fewer reminders went out since it began.

    A draft begins anew with each touch of its owner, until the first reminder.
    """
    R, Change, Sent = ServiceRequest, aliased(RequestEvent), aliased(RequestEvent)
    changed = (
        select(func.max(Change.at))
        .where(Change.request_id == R.id, Change.status_to == R.status, Change.act != REMINDER)
        .correlate(R)
        .scalar_subquery()
    )
    began = func.coalesce(changed, R.created_at)
    sent = (
        select(func.count())
        .where(Sent.request_id == R.id, Sent.act == REMINDER, Sent.at >= began)
        .correlate(R)
        .scalar_subquery()
    )
    untouched = and_(R.status == "draft", sent == 0)
    since = case((untouched, func.greatest(began, R.changed_at)), else_=began)
    return or_(
        *(
            and_(R.status == status, sent <= before, since < now() - timedelta(days=days))
            for status, steps in REMINDERS.items()
            for before, days in enumerate(steps)
        )
    )


HOUSEKEEPING = {expire: 60, remind: 60}
