"""Reads about requests. Not there, not theirs: the same NotFound."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, literal, or_, select
from sqlalchemy.orm import load_only

from core.actor import Actor
from core.errors import Forbidden, NotFound
from core.requests import policies, tracking
from core.requests.models import RequestEvent, RequestNote, ReviewItem, ServiceRequest
from core.staff.roles import groups_for
from core.text import TextRefused, fold
from tenants.database import db

A_PAGE = 20
# What a line of a person's own list shows; answers stay where they are.
LISTED = (
    ServiceRequest.service_title,
    ServiceRequest.status,
    ServiceRequest.tracking_code,
    ServiceRequest.submitted_at,
    ServiceRequest.created_at,
)


@dataclass(frozen=True)
class Listed:
    """A page of a list."""

    rows: Sequence[ServiceRequest]
    page: int
    pages: int
    total: int


def own(actor: Actor, request_id: UUID) -> ServiceRequest:
    """The applicant's own request; drafts that were thrown away are gone."""
    request = db.session.get(ServiceRequest, request_id)
    if request is None or not policies.owns(actor, request):
        raise NotFound
    if request.status == "withdrawn" and request.submitted_at is None:
        raise NotFound
    return request


THROWN_AWAY = (ServiceRequest.status == "withdrawn") & ServiceRequest.submitted_at.is_(None)
# Written down once: the page that everybody opens first.
KEPT = select(ServiceRequest).where(ServiceRequest.account_id == bindparam("person"), ~THROWN_AWAY)
PAGE_OF_KEPT = (
    KEPT.options(load_only(*LISTED, raiseload=True))
    .order_by(ServiceRequest.created_at.desc(), ServiceRequest.id)
    .offset(bindparam("before"))
    .limit(A_PAGE + 1)
)
# And what every look at a request asks.
REQUEST: BindParameter[UUID] = bindparam("request")
TIMELINE = (
    select(RequestEvent).where(RequestEvent.request_id == REQUEST).order_by(RequestEvent.at.desc())
)
PUBLIC_TIMELINE = TIMELINE.where(RequestEvent.public)
NOTES = select(RequestNote).where(RequestNote.request_id == REQUEST).order_by(RequestNote.at.desc())
VERDICTS = select(ReviewItem).where(ReviewItem.request_id == REQUEST).order_by(ReviewItem.round)
EARLIER = (
    select(ServiceRequest)
    .options(load_only(*LISTED, ServiceRequest.service_group, raiseload=True))
    .where(
        ServiceRequest.account_id == bindparam("person"),
        ServiceRequest.id != REQUEST,
        ServiceRequest.submitted_at.is_not(None),
    )
    .order_by(ServiceRequest.submitted_at.desc())
    .limit(A_PAGE)
)


def mine(actor: Actor, *, page: int = 1) -> Listed:
    """The applicant's requests, newest first; most people have one page, which is one query."""
    page = max(page, 1)
    before = (page - 1) * A_PAGE
    rows = db.session.scalars(PAGE_OF_KEPT, {"person": actor.id, "before": before}).all()
    if len(rows) > A_PAGE or (page > 1 and not rows):
        counted = KEPT.with_only_columns(func.count())
        total = db.session.scalar(counted, {"person": actor.id}) or 0
    else:
        total = before + len(rows)
    pages = max(1, -(-total // A_PAGE))
    return Listed(rows[:A_PAGE], page, pages, total) if page <= pages else mine(actor, page=pages)


def count_drafts(actor: Actor) -> int:
    """How many drafts the applicant has."""
    return (
        db.session.scalar(
            select(func.count()).where(
                ServiceRequest.account_id == actor.id, ServiceRequest.status == "draft"
            )
        )
        or 0
    )


def draft_of(actor: Actor, service_code: str) -> ServiceRequest | None:
    """The newest draft that the applicant has begun for a service."""
    return db.session.scalar(
        select(ServiceRequest)
        .where(
            ServiceRequest.account_id == actor.id,
            ServiceRequest.service_code == service_code,
            ServiceRequest.status == "draft",
        )
        .order_by(ServiceRequest.created_at.desc())
        .limit(1)
    )


def timeline(request: ServiceRequest, *, public: bool) -> Sequence[RequestEvent]:
    """What happened, newest first; `public` leaves out what only staff read."""
    statement = PUBLIC_TIMELINE if public else TIMELINE
    return db.session.scalars(statement, {"request": request.id}).all()


def notes(request: ServiceRequest) -> Sequence[RequestNote]:
    """The staff's notes, newest first."""
    return db.session.scalars(NOTES, {"request": request.id}).all()


def items(request: ServiceRequest) -> dict[tuple[str, str], ReviewItem]:
    """The last word on each answer and document, by (kind, key)."""
    return {(row.kind, row.key): row for row in verdicts(request)}


def verdicts(request: ServiceRequest) -> Sequence[ReviewItem]:
    """Everything that was said about answers and documents, round after round."""
    return db.session.scalars(VERDICTS, {"request": request.id}).all()


def returned(request: ServiceRequest) -> list[ReviewItem]:
    """What was returned in the present round."""
    return [
        item
        for item in items(request).values()
        if item.verdict == "returned" and item.round == request.round
    ]


def by_tracking_code(code: str) -> ServiceRequest | None:
    """The request of a code that was read with `tracking.read_code`."""
    return db.session.scalar(select(ServiceRequest).where(ServiceRequest.tracking_code == code))


def seen_by_staff(actor: Actor) -> Select:
    """All submitted requests of the groups that the actor's roles work on; Forbidden for others."""
    if actor.kind != "staff" or not actor.may("requests.see"):
        raise Forbidden
    groups = groups_for(actor.roles, "requests.see")
    return select(ServiceRequest).where(
        ServiceRequest.submitted_at.is_not(None), ServiceRequest.service_group.in_(groups)
    )


def for_staff(actor: Actor, request_id: UUID) -> ServiceRequest:
    """A request that the actor's role may see; NotFound for everything else."""
    request = db.session.get(ServiceRequest, request_id)
    if request is None or not policies.may_see(actor, request):
        raise NotFound
    return request


def earlier(request: ServiceRequest) -> Sequence[ServiceRequest]:
    """The same person's other submitted requests at this office, newest first, without answers."""
    who = {"person": request.account_id, "request": request.id}
    return db.session.scalars(EARLIER, who).all()


def matching(statement: Select, text: str, *, whole_numbers: bool = False) -> Select:
    """Narrow a list to what was typed: names in either script, numbers, a tracking code.

    `whole_numbers`: for who sees them masked; parts would tell the rest, figure by figure.
    """
    try:
        words = fold(text).split()[:6]
    except TextRefused:
        words = ["\ufffd"]  # found nowhere
    code = tracking.read_code(text)
    if code:
        return statement.where(ServiceRequest.tracking_code == code)
    for word in words:
        whole = whole_numbers and any(sign.isdigit() for sign in word)
        statement = statement.where(
            or_(
                _whole(word) if whole else _part(word),
                ServiceRequest.tracking_code.startswith(word.upper(), autoescape=True),
            )
        )
    return statement


def _part(word: str) -> ColumnElement[bool]:
    return ServiceRequest.search_key.contains(word, autoescape=True)


def _whole(word: str) -> ColumnElement[bool]:
    """A word of the key; looked for as a part too, because that has an index."""
    spaced = literal(" ") + ServiceRequest.search_key + " "
    return _part(word) & spaced.contains(f" {word} ", autoescape=True)


def counts(actor: Actor, **conditions: ColumnElement[bool]) -> dict[str, int]:
    """How many requests each named condition holds for: live counts of queues in one query."""
    named = [func.count().filter(wanted).label(name) for name, wanted in conditions.items()]
    statement = seen_by_staff(actor).with_only_columns(*named)
    return dict(db.session.execute(statement).mappings().one())
