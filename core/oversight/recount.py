"""Counting an office's requests anew and comparing with what the ministry keeps of them.

The table of offices is fed by events; were one lost or counted twice, nobody would see it there.
So each office counts for itself once a night, and every figure that differs is named: in the log,
and in the ministry's trail. No figure is corrected by itself: a difference is a fault to be found.
Only the sums of the table are made anew from the figures, for an earlier release keeps none.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from core.actor import SYSTEM
from core.audit import actions as audit
from core.outbox.models import OutboxRow
from core.oversight import figures
from core.oversight.figures import DECIDED, is_open
from core.oversight.models import OfficeBacklog, OfficeMonth, OfficeStatistic, OfficeTotal
from core.requests.models import RequestEvent, ServiceRequest
from tenants.database import db
from tenants.scope import current_office, ministry

log = logging.getLogger("mikhak.oversight")

Figures = Counter[tuple[str, ...]]
ALL_OPEN = ("open",)


@dataclass(frozen=True)
class Difference:
    """A figure that is not what the office counts."""

    office: str
    figure: str
    counted: int
    kept: int

    def __str__(self) -> str:
        return f"{self.office}: {self.figure} is {self.kept}, counted {self.counted}"


def differences() -> list[Difference] | None:
    """What differs for the office in scope; None while events of it are still on their way."""
    told = select(exists().where(OutboxRow.kind == "statistic", OutboxRow.done_at.is_(None)))
    if db.session.scalar(told):
        return None
    office, counted = current_office().slug, _counted()
    with ministry(read_only=True):
        kept = _kept(office)
    return [
        Difference(office, " ".join(key), counted[key], kept[key])
        for key in sorted(counted.keys() | kept.keys())
        if counted[key] != kept[key]
    ]


def report() -> None:
    """Count the office in scope anew and name every difference."""
    found = differences() or []
    for one in found:
        log.error("a figure differs: %s", one)
    if found:
        with ministry():
            for one in found:
                details = {"figure": one.figure, "counted": one.counted, "kept": one.kept}
                audit.record(SYSTEM, "figures.differ", office=one.office, **details)
            figures.sum_up(found[0].office)


def _counted() -> Figures:
    """Open requests, also by service and day of submission; arrivals by day, service and state;
    decisions by month."""
    found: Figures = Counter()
    R, E = ServiceRequest, RequestEvent
    submitted = R.submitted_at.is_not(None)
    for service, status, at in db.session.execute(
        select(R.service_code, R.status, R.submitted_at).where(submitted)
    ):
        if at is not None and is_open(status):
            found["open", service, at.date().isoformat()] += 1
            found[ALL_OPEN] += 1
    zone = ZoneInfo(current_office().timezone)
    moves = select(R.service_code, E.status_to, E.at).join(R, R.id == E.request_id)
    moved = E.status_from.is_not(None) & (E.status_from != E.status_to)
    for service, status, at in db.session.execute(moves.where(submitted, moved)):
        day = at.astimezone(zone).date()
        found["arrived", service, status, day.isoformat()] += 1
        if status in DECIDED:
            found["decided", day.replace(day=1).isoformat()] += 1
    return found


def _kept(office: str) -> Figures:
    found: Figures = Counter()
    backlog = select(OfficeBacklog).where(OfficeBacklog.office == office, OfficeBacklog.n != 0)
    for row in db.session.scalars(backlog):
        found["open", row.service, row.submitted_on.isoformat()] = row.n
    for day in db.session.scalars(select(OfficeStatistic).where(OfficeStatistic.office == office)):
        found["arrived", day.service, day.status, day.day.isoformat()] = day.n
    for month in db.session.scalars(select(OfficeMonth).where(OfficeMonth.office == office)):
        found["decided", month.month.isoformat()] = month.n
    found[ALL_OPEN] = db.session.scalar(select(OfficeTotal.n).filter_by(office=office)) or 0
    return found
