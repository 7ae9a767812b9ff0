"""Who may do what to a request: one named predicate each."""

from collections.abc import Mapping
from typing import Any

from core.accounts.models import SPECIAL_SERVICES
from core.actor import Actor
from core.catalogue.definition import Definition
from core.catalogue.flows import Act
from core.requests.models import ServiceRequest
from core.staff.roles import ROLES


def owns(actor: Actor, request: ServiceRequest) -> bool:
    """The applicant whose request it is."""
    return actor.kind == "applicant" and request.account_id == actor.id


def is_draft(request: ServiceRequest) -> bool:
    """Not submitted yet: everything can be changed."""
    return request.status == "draft"


def open_to(profile: Mapping[str, Any], ref: str) -> bool:
    """Everything to people with a national ID; to those with a special code what it is for."""
    return not profile.get("special_code") or ref in SPECIAL_SERVICES


def desk_of(definition: Definition) -> str:
    """Whose desk a service lies on: its group's, or one of its own (supervision)."""
    return str(definition.flow.params.get("desk") or definition.group)


def may_see(actor: Actor, request: ServiceRequest) -> bool:
    """Staff whose role sees this group of services, once the request has been submitted."""
    submitted = request.submitted_at is not None
    return actor.kind == "staff" and submitted and actor.may("requests.see", request.service_group)


def sees_masked(actor: Actor, group: str | None = None) -> bool:
    """Identity numbers and documents are hidden from whoever sees this group of services by such
    roles only; without a group: of any services."""
    seeing = [ROLES[code] for code in actor.roles if code in ROLES]
    seeing = [role for role in seeing if "requests.see" in role.permissions]
    groups = {group} if group else {each for role in seeing for each in role.groups}
    return any(
        all("requests.masked" in role.permissions for role in seeing if each in role.groups)
        for each in groups
    )


def may(actor: Actor, permission: str, request: ServiceRequest) -> bool:
    """Staff with that permission on this group of services."""
    return may_see(actor, request) and actor.may(permission, request.service_group)


def holds(actor: Actor, request: ServiceRequest) -> bool:
    """The one who has taken it."""
    return actor.id is not None and request.holder_id == actor.id


def may_let_go(actor: Actor, request: ServiceRequest) -> bool:
    """The holder, or whoever may reassign when a colleague is away."""
    return holds(actor, request) or may(actor, "requests.reassign", request)


def reviewed(actor: Actor, request: ServiceRequest) -> bool:
    """Somebody who checked it."""
    return str(actor.id) in request.reviewer_ids


def is_second_person(actor: Actor, request: ServiceRequest) -> bool:
    """Somebody checked it, and it was somebody else."""
    return bool(request.reviewer_ids) and not reviewed(actor, request)


def stands_in_the_way(actor: Actor, request: ServiceRequest) -> bool:
    """A colleague has taken it."""
    return request.holder_id is not None and not holds(actor, request)


def may_do(actor: Actor, act: Act, request: ServiceRequest, *, second_person: bool) -> bool:
    """Staff may do this act: the permission, nobody else's case, not one's own work.

    `second_person` says whether the service wants one for decisions. Whoever decides need not hold
    the case, because somebody else has checked it.
    """
    if act.by != "staff" or not may(actor, act.permission or "requests.see", request):
        return False
    if act.second_person:
        return not second_person or is_second_person(actor, request)
    return not stands_in_the_way(actor, request)
