"""The desk's queues: saved queries over the requests of one office, with live counts.

Source: section 7.3 of the domain file. A queue belongs to whoever has its permission; one sees in
it only the groups of services that one's roles work on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, Text, Uuid, and_, bindparam, cast, func, select, true

from core.actor import Actor
from core.errors import NotFound
from core.requests import policies, queries
from core.requests.models import ServiceRequest
from core.staff.roles import groups_for
from tenants.database import db

R = ServiceRequest
URGENT_SERVICES = ("P12", "R18", "R19", "H01", "H02", "D03")
AT_TEHRAN = (
    "sent_to_centre",
    "at_authority",
    "committee_review",
    "security_enquiry",
    "cabinet",
    "court",
    "produced",
    "in_transit",
)
ANSWERED = ("reply_positive", "reply_negative", "more_info", "received_at_mission")
TO_DECIDE = (
    "identity_verified",
    "biometrics_taken",
    "signed_before_officer",
    "paid",
    "under_review",
    "reply_positive",
    "reply_negative",
    "appealed",
)
TAKEN_FROM = ("submitted", "opened", "under_review", "text_review", "assigned", "in_progress")
CHECKING = ("under_review", "text_review")
AT_APPLICANT = ("needs_correction", "more_info")
AT_COUNTER = ("identity_verified", "biometrics_taken", "signed_before_officer")
TO_ISSUE = ("approved", "issuing", "certified", "received_at_mission", "deed_issued")
ANSWERED_TO_APPLICANT = ("rejected",)


@dataclass(frozen=True)
class Queue:
    """A saved query: its words, whom it is for, which requests are in it."""

    key: str
    label: Any
    clause: Any
    permission: str = "requests.see"
    heading: Any = None
    urgent: bool = False


ME = bindparam("me", type_=Uuid())
"""Who asks; some queues depend on it."""

MINE = R.holder_id == ME


def _to_sign() -> ColumnElement[bool]:
    """Checked by somebody else and waiting for a decision."""
    others = ~R.reviewer_ids.contains(func.to_jsonb(cast(ME, Text)))
    return and_(R.status.in_(TO_DECIDE), func.jsonb_array_length(R.reviewer_ids) > 0, others)


def _duplicates() -> ColumnElement[bool]:
    """Another open request of the same account for the same service."""
    other = R.__table__.alias("other")
    return (
        select(other.c.id)
        .where(
            other.c.account_id == R.account_id,
            other.c.service_code == R.service_code,
            other.c.id != R.id,
            other.c.submitted_at.is_not(None),
            other.c.closed_at.is_(None),
        )
        .exists()
    )


UNHELD = R.holder_id.is_(None)
REVIEW = "requests.review"
QUEUES = (
    Queue("new", _l("New"), and_(R.status.in_(("submitted", "opened")), UNHELD), REVIEW),
    Queue("mine", _l("Taken by me"), MINE, "requests.take"),
    Queue(
        "resent",
        _l("Corrected and sent again"),
        and_(R.status.in_(CHECKING), R.round > 1),
        REVIEW,
    ),
    Queue("checking", _l("Being checked"), R.status.in_(("under_review", "assigned")), REVIEW),
    Queue("text", _l("Text review"), R.status == "text_review", REVIEW),
    Queue("waiting", _l("Waiting for the applicant"), R.status.in_(AT_APPLICANT), REVIEW),
    Queue("visit", _l("Waiting for the visit"), R.status.in_(("awaiting_visit", "no_show"))),
    Queue("present", _l("At the counter"), R.status.in_(AT_COUNTER), "requests.verify_identity"),
    Queue("pay", _l("Waiting for payment"), R.status == "awaiting_payment"),
    Queue("sign", _l("Waiting for my decision"), _to_sign(), "requests.approve"),
    Queue("tehran", _l("In Tehran"), R.status.in_(AT_TEHRAN), "requests.send_to_centre"),
    Queue("answers", _l("Answers from Tehran"), R.status.in_(ANSWERED), "requests.send_to_centre"),
    Queue("print", _l("To print and issue"), R.status.in_(TO_ISSUE), "requests.issue"),
    Queue("ready", _l("Ready to collect"), R.status.in_(("ready", "posted"))),
    Queue("all", _l("All open requests"), true()),
    Queue(
        "urgent",
        _l("Urgent services"),
        R.service_ref.in_(URGENT_SERVICES),
        REVIEW,
        heading=_l("Look here first"),
        urgent=True,
    ),
    Queue("held", _l("On hold"), R.status == "on_hold", REVIEW),
    Queue("duplicates", _l("Possible duplicates"), _duplicates(), REVIEW),
)
BY_KEY = {queue.key: queue for queue in QUEUES}
# Where the day begins: the first of these permissions that somebody has says it.
HOMES = (
    ("requests.approve", "sign"),
    ("requests.review", "new"),
    ("requests.take_fee", "pay"),
    ("requests.verify_identity", "visit"),
    ("requests.see", "all"),
)


def queues_of(actor: Actor) -> list[Queue]:
    """The queues that this person may see."""
    return [queue for queue in QUEUES if actor.may(queue.permission)]


def home_of(actor: Actor) -> Queue:
    """The queue that this person's day begins with; NotFound for who sees no requests."""
    for permission, key in HOMES:
        if actor.may(permission):
            return BY_KEY[key]
    raise NotFound


OPEN = and_(
    R.submitted_at.is_not(None), R.closed_at.is_(None), R.status.not_in(ANSWERED_TO_APPLICANT)
)
"""Submitted and not finished."""


def _of(queue: Queue, roles: frozenset[str]) -> ColumnElement[bool]:
    """In the queue, and of the groups that these roles work on in it."""
    return and_(R.service_group.in_(sorted(groups_for(roles, queue.permission))), queue.clause)


def counts(actor: Actor) -> dict[str, int]:
    """How many are in each queue, in one query over the open requests."""
    queues = tuple(queue.key for queue in queues_of(actor))
    if not queues:
        return {}
    statement = _counting(queues, actor.roles)
    return dict(db.session.execute(statement, {"me": actor.id}).mappings().one())


@lru_cache(maxsize=256)
def _counting(queues: tuple[str, ...], roles: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """Long to write down and on every page of the desk: written once for each set of roles."""
    of_each = {key: _of(BY_KEY[key], roles) for key in queues}
    named = [func.count().filter(condition).label(key) for key, condition in of_each.items()]
    return select(*named).where(OPEN)


@dataclass(frozen=True)
class Wish:
    """What a clerk wants to see of a queue."""

    search: str = ""
    service: str = ""
    status: str = ""
    holder: str = ""
    sort: str = "oldest"
    page: int = 1


SORTS = {
    "oldest": (R.submitted_at.asc(),),
    "newest": (R.submitted_at.desc(),),
    "due": (R.due_on.asc().nulls_last(), R.submitted_at.asc()),
    "name": (R.subject_name.asc(), R.submitted_at.asc()),
}


@dataclass(frozen=True)
class Listing:
    """A page of a queue, how many there are in all, since when the oldest waits."""

    rows: Sequence[ServiceRequest]
    page: int
    pages: int
    total: int
    oldest: datetime | None


def listing(actor: Actor, queue: Queue, wish: Wish) -> Listing:
    """The requests of a queue that fit the wish; two queries."""
    found = _wished(_scope(actor, queue, wish), wish, actor)
    summed = found.with_only_columns(func.count(), func.min(R.submitted_at))
    total, oldest = db.session.execute(summed).one()
    pages = max(1, -(-total // queries.A_PAGE))
    page = min(max(wish.page, 1), pages)
    order = SORTS.get(wish.sort, SORTS["oldest"])
    statement = found.order_by(*order, R.id).offset((page - 1) * queries.A_PAGE)
    rows = db.session.scalars(statement.limit(queries.A_PAGE)).all()
    return Listing(rows, page, pages, total, oldest)


def _scope(actor: Actor, queue: Queue, wish: Wish) -> Select[Any]:
    """A search in “all” looks into closed requests too."""
    if queue.key == "all" and wish.search:
        return queries.seen_by_staff(actor)
    return select(R).where(OPEN, _of(queue, actor.roles))


def _wished(query: Select[Any], wish: Wish, actor: Actor) -> Select[Any]:
    if wish.service:
        query = query.where(R.service_code == wish.service)
    if wish.status:
        query = query.where(R.status == wish.status)
    if wish.holder == "me":
        query = query.where(MINE)
    elif wish.holder == "nobody":
        query = query.where(R.holder_id.is_(None))
    if wish.search:
        query = queries.matching(query, wish.search, whole_numbers=policies.sees_masked(actor))
    return query.params(me=actor.id)


@dataclass(frozen=True)
class Choices:
    """What a queue can be narrowed to: services by code with their titles, and states."""

    services: list[tuple[str, dict[str, str]]]
    states: list[str]


def choices(actor: Actor, queue: Queue) -> Choices:
    """The services and states that occur in a queue, for its filters; one query."""
    rows = db.session.execute(
        select(R.service_code, R.service_title, R.status)
        .where(OPEN, _of(queue, actor.roles))
        .distinct()
        .order_by(R.service_code),
        {"me": actor.id},
    ).all()
    return Choices(
        services=list({code: title for code, title, _ in rows}.items()),
        states=sorted({status for _, _, status in rows}),
    )
