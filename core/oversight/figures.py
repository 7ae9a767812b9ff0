"""Folding: what the offices tell of their requests becomes figures, each event exactly once."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from core.catalogue import flows
from core.clock import now
from core.oversight.models import (
    FoldedEvent,
    OfficeBacklog,
    OfficeMonth,
    OfficeStatistic,
    OfficeTotal,
)
from tenants.database import db

DECIDED = frozenset({"approved", "approved_online", "certified", "rejected"})
"""The states that a decision leads into; each flow has one of them and the rejection."""
Figure = OfficeStatistic | OfficeBacklog | OfficeTotal | OfficeMonth


def fold(event_id: UUID, office: str, payload: dict[str, Any]) -> bool:
    """Count one change of one request, in the ministry's scope. False when it was counted before.

    `payload`: day, service, status_from (None for a new one), status_to, submitted_on (None for a
    draft), all as text. No id, no code, no name comes here.
    """
    fresh = db.session.execute(
        insert(FoldedEvent)
        .values(id=event_id, office=office, at=now())
        .on_conflict_do_nothing()
        .returning(FoldedEvent.id)
    ).first()
    if fresh is None:
        return False
    service, status, day = payload["service"], payload["status_to"], _day(payload["day"])
    _add(OfficeStatistic, 1, office=office, day=day, service=service, status=status)
    if status in DECIDED:
        _add(OfficeMonth, 1, office=office, month=day.replace(day=1))
    change = is_open(status) - is_open(payload["status_from"])
    if change and payload["submitted_on"]:
        submitted_on = _day(payload["submitted_on"])
        _add(OfficeBacklog, change, office=office, service=service, submitted_on=submitted_on)
        _add(OfficeTotal, change, office=office)
    return True


def sum_up(office: str) -> None:
    """Make the sums of an office anew from its figures: they do not travel when it is restored.

    Taken away first: whoever folds at the same moment waits, and adds to what is counted here.
    """
    B, S = OfficeBacklog, OfficeStatistic
    open_now = select(B.office, func.sum(B.n)).where(B.office == office).group_by(B.office)
    month = cast(func.date_trunc("month", S.day), Date)
    decided = (
        select(S.office, month, func.sum(S.n))
        .where(S.office == office, S.status.in_(DECIDED))
        .group_by(S.office, month)
    )
    for model, columns, sums in (
        (OfficeTotal, ["office", "n"], open_now),
        (OfficeMonth, ["office", "month", "n"], decided),
    ):
        db.session.execute(delete(model).where(model.office == office))
        db.session.execute(insert(model).from_select(columns, sums))


def is_open(status: str | None) -> bool:
    """Submitted, and somebody's turn: the office's, the applicant's or an authority's."""
    return status is not None and status != "draft" and flows.state(status).awaits != "nobody"


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _add(model: type[Figure], n: int, **key: Any) -> None:
    """Add to a figure, whoever else adds to it at the same moment."""
    row = insert(model).values(n=n, **key)
    db.session.execute(
        row.on_conflict_do_update(index_elements=list(key), set_={"n": model.n + row.excluded.n})
    )
