"""The one way in which a request changes: state, history, audit, mail and figures together.

`UPDATE … WHERE id AND version`: of two who saw the same version the second gets Conflict and
nothing of what it did stays, because it is all in the same transaction.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import update

from core.actor import Actor
from core.audit import actions as audit
from core.clock import now, today
from core.errors import Conflict
from core.outbox import actions as outbox
from core.requests.models import RequestEvent, ServiceRequest
from tenants.database import db
from tenants.scope import current_office


def put(request: ServiceRequest, *, seen: int | None = None, **values: Any) -> None:
    """Change columns of the request that was seen at version `seen`; raises Conflict."""
    expected = request.version if seen is None else seen
    changed = db.session.scalars(
        update(ServiceRequest)
        .where(ServiceRequest.id == request.id, ServiceRequest.version == expected)
        .values(version=expected + 1, changed_at=now(), **values)
        .returning(ServiceRequest),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).first()
    if changed is None:
        raise Conflict


def hold_still(request: ServiceRequest) -> None:
    """Lock the row until the end of this transaction and read it afresh."""
    db.session.refresh(request, with_for_update=True)


def step(
    actor: Actor,
    request: ServiceRequest,
    act: str,
    *,
    to: str | None = None,
    seen: int | None = None,
    public: bool = True,
    words: str = "",
    reasons: Iterable[str] = (),
    inputs: dict[str, Any] | None = None,
    **values: Any,
) -> RequestEvent:
    """Do one act: the change, its line in the timeline, its audit entry, its figure."""
    before = request.status
    after = to or before
    if after != before:
        values["status_before"] = before
    put(request, seen=seen, status=after, **values)
    event = write_event(
        actor,
        request,
        act,
        status_from=before,
        public=public,
        words=words,
        reasons=list(reasons),
        inputs=inputs or {},
    )
    if after != before and request.submitted_at:
        count(request, before)
    return event


def write_event(actor: Actor, request: ServiceRequest, act: str, **columns: Any) -> RequestEvent:
    """A line in the timeline and its entry in the audit trail."""
    event = RequestEvent(
        request_id=request.id,
        act=act,
        status_to=request.status,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name if actor.kind == "staff" else "",
        **columns,
    )
    db.session.add(event)
    db.session.flush()
    moved = {"status_from": event.status_from, "status_to": event.status_to}
    audit.record(actor, f"request.{act}", request, **moved)
    return event


def count(request: ServiceRequest, before: str | None) -> None:
    """A figure for the ministry's table: no person, no code, only what moved where."""
    office = current_office()
    submitted = request.submitted_at
    outbox.put(
        "statistic",
        {
            "office": office.slug,
            "day": today(office.timezone).isoformat(),
            "service": request.service_code,
            "status_from": before,
            "status_to": request.status,
            "submitted_on": submitted.date().isoformat() if submitted else None,
        },
        waits=True,
    )
