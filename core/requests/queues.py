"""The desk's queues: saved queries over the requests of one office, with live counts.

Source: section 7.3 of the domain file. A queue belongs to whoever has its permission; one sees in
it only the groups of services that one's roles work on.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, select, true

from core.actor import Actor
from core.requests import queries
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
TO_DECIDE = ("identity_verified", "biometrics_taken", "paid", "under_review", "reply_positive")


@dataclass(frozen=True)
class Queue:
    """A saved query: its words, whom it is for, which requests are in it."""

    key: str
    label: Any
    clause: Any
    permission: str = "requests.see"
    heading: Any = None
    urgent: bool = False

    def where(self, actor: Actor) -> ColumnElement[bool]:
        """The condition; some queues depend on who asks."""
        return self.clause(actor) if callable(self.clause) else self.clause


def _mine(actor: Actor) -> ColumnElement[bool]:
    return R.holder_id == actor.id


def _to_sign(actor: Actor) -> ColumnElement[bool]:
    """Checked by somebody else and waiting for a decision."""
    others = ~R.reviewer_ids.contains([str(actor.id)])
    return and_(R.status.in_(TO_DECIDE), func.jsonb_array_length(R.reviewer_ids) > 0, others)


def _duplicates(_: Actor) -> ColumnElement[bool]:
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
QUEUES = (
    Queue("new", _l("New"), and_(R.status == "submitted", UNHELD), heading=_l("Queues")),
    Queue("mine", _l("Taken by me"), _mine),
    Queue("resent", _l("Corrected and sent again"), and_(R.status == "under_review", R.round > 1)),
    Queue("checking", _l("Being checked"), R.status == "under_review"),
    Queue("text", _l("Text review"), R.status == "text_review"),
    Queue("waiting", _l("Waiting for the applicant"), R.status == "needs_correction"),
    Queue("visit", _l("Waiting for the visit"), R.status.in_(("awaiting_visit", "no_show"))),
    Queue("pay", _l("Waiting for payment"), R.status == "awaiting_payment"),
    Queue("sign", _l("Waiting for my decision"), _to_sign, permission="requests.approve"),
    Queue("tehran", _l("In Tehran"), R.status.in_(AT_TEHRAN)),
    Queue("answers", _l("Answers from Tehran"), R.status.in_(ANSWERED)),
    Queue("print", _l("To print and issue"), R.status.in_(("approved", "issuing", "certified"))),
    Queue("ready", _l("Ready to collect"), R.status.in_(("ready", "posted"))),
    Queue(
        "urgent",
        _l("Urgent services"),
        R.service_ref.in_(URGENT_SERVICES),
        heading=_l("Look here first"),
        urgent=True,
    ),
    Queue("held", _l("On hold"), R.status == "on_hold"),
    Queue("duplicates", _l("Possible duplicates"), _duplicates),
    Queue("all", _l("All open requests"), true()),
)
BY_KEY = {queue.key: queue for queue in QUEUES}


def queues_of(actor: Actor) -> list[Queue]:
    """The queues that this person may see."""
    return [queue for queue in QUEUES if actor.may(queue.permission)]


def _open(actor: Actor, queue: Queue) -> ColumnElement[bool]:
    groups = sorted(groups_for(actor.roles, queue.permission))
    return and_(R.submitted_at.is_not(None), R.closed_at.is_(None), R.service_group.in_(groups))


def counts(actor: Actor) -> dict[str, int]:
    """How many are in each queue, in one query."""
    conditions = {
        queue.key: and_(_open(actor, queue), queue.where(actor)) for queue in queues_of(actor)
    }
    return queries.counts(actor, **conditions)


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
    "name": (R.subject_name.asc(),),
}


def listing(actor: Actor, queue: Queue, wish: Wish) -> queries.Listed:
    """The requests of a queue that fit the wish; two queries."""
    found = _wished(_scope(actor, queue, wish), wish, actor)
    order = SORTS.get(wish.sort, SORTS["oldest"])
    return queries.paged(found.order_by(*order, R.id), wish.page)


def _scope(actor: Actor, queue: Queue, wish: Wish) -> Select[tuple[ServiceRequest]]:
    """A search in “all” looks into closed requests too."""
    if queue.key == "all" and wish.search:
        return queries.seen_by_staff(actor)
    return select(R).where(_open(actor, queue), queue.where(actor))


def _wished(
    query: Select[tuple[ServiceRequest]], wish: Wish, actor: Actor
) -> Select[tuple[ServiceRequest]]:
    if wish.service:
        query = query.where(R.service_code == wish.service)
    if wish.status:
        query = query.where(R.status == wish.status)
    if wish.holder == "me":
        query = query.where(R.holder_id == actor.id)
    elif wish.holder == "nobody":
        query = query.where(R.holder_id.is_(None))
    if wish.search:
        query = queries.matching(query, wish.search)
    return query


def services_in(actor: Actor) -> list[tuple[str, dict[str, str]]]:
    """The services that occur among the open requests, for the filter."""
    groups = sorted(groups_for(actor.roles, "requests.see"))
    rows = db.session.execute(
        select(R.service_code, R.service_title)
        .where(R.submitted_at.is_not(None), R.service_group.in_(groups))
        .distinct(R.service_code)
        .order_by(R.service_code)
    )
    return [(code, title) for code, title in rows]
