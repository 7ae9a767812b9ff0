"""Folding: what the offices tell of their requests becomes figures, each event exactly once."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core.catalogue import flows
from core.clock import now
from core.oversight.models import FoldedEvent, OfficeBacklog, OfficeStatistic
from tenants.database import db

DECIDED = frozenset({"approved", "approved_online", "certified", "rejected"})
"""The states that a decision leads into; each flow has one of them and the rejection."""


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
    _add(
        OfficeStatistic,
        1,
        office=office,
        day=date.fromisoformat(payload["day"]),
        service=payload["service"],
        status=payload["status_to"],
    )
    change = is_open(payload["status_to"]) - is_open(payload["status_from"])
    if change and payload["submitted_on"]:
        submitted_on = date.fromisoformat(payload["submitted_on"])
        key = {"office": office, "service": payload["service"], "submitted_on": submitted_on}
        _add(OfficeBacklog, change, **key)
    return True


def is_open(status: str | None) -> bool:
    """Submitted, and somebody's turn: the office's, the applicant's or an authority's."""
    return status is not None and status != "draft" and flows.state(status).awaits != "nobody"


def _add(model: type[OfficeStatistic] | type[OfficeBacklog], n: int, **key: Any) -> None:
    """Add to a figure, whoever else adds to it at the same moment."""
    row = insert(model).values(n=n, **key)
    db.session.execute(
        row.on_conflict_do_update(index_elements=list(key), set_={"n": model.n + row.excluded.n})
    )
