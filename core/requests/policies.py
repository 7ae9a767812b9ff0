"""Who may do what to a request: one named line each."""

from core.actor import Actor
from core.requests.models import ServiceRequest


def owns(actor: Actor, request: ServiceRequest) -> bool:
    """The applicant whose request it is."""
    return actor.kind == "applicant" and request.account_id == actor.id


def may_see(actor: Actor, request: ServiceRequest) -> bool:
    """Staff whose role sees this group of services, once the request has been submitted."""
    return (
        actor.kind == "staff"
        and request.submitted_at is not None
        and actor.may("requests.see", request.service_group)
    )


def may(actor: Actor, permission: str, request: ServiceRequest) -> bool:
    """Staff with that permission on this group of services."""
    return may_see(actor, request) and actor.may(permission, request.service_group)


def holds(actor: Actor, request: ServiceRequest) -> bool:
    """The clerk who has taken it."""
    return actor.id is not None and request.holder_id == actor.id


def reviewed(actor: Actor, request: ServiceRequest) -> bool:
    """Somebody who checked it; may not approve it."""
    return str(actor.id) in request.reviewer_ids


def is_draft(request: ServiceRequest) -> bool:
    """Not submitted yet: everything can be changed."""
    return request.status == "draft"


def awaits_correction(request: ServiceRequest) -> bool:
    """Sent back: the returned items can be changed."""
    return request.status == "needs_correction"
