"""Mails to the applicant when an act tells something: short, and without personal data."""

from typing import Any

from core.accounts import queries as accounts
from core.catalogue import flows
from core.catalogue.flows import Act
from core.dates import both
from core.errors import NotFound
from core.notifications.actions import notify
from core.requests import tracking
from core.requests.models import ServiceRequest
from core.web.links import public_url

OF_ACT = {
    "submit": "request_submitted",
    "send_back": "request_needs_correction",
    "ask_more": "request_needs_correction",
    "approve": "request_approved",
    "certify": "request_approved",
    "reject": "request_rejected",
}


def tell(request: ServiceRequest, act: Act, **more: Any) -> None:
    """Mail what the act means, if its flow says that the applicant is mailed."""
    if act.mail and act.told:
        state = flows.state(request.status)
        more |= {"visit": state.visit, "comes": state.comes(request.answers)}
        _mail(request, OF_ACT.get(act.key, "request_changed"), told=dict(act.told), **more)


def remind(request: ServiceRequest) -> None:
    """Mail that something waits for the applicant."""
    _mail(request, "request_reminder", is_draft=request.submitted_at is None)


def _mail(request: ServiceRequest, message: str, **more: Any) -> None:
    try:
        contact = accounts.contact(request.account_id)
    except NotFound:
        return  # the account was erased; the request outlives it
    notify(
        contact.email,
        message,
        contact.lang,
        {
            "link": public_url("requests.show", request_id=request.id),
            "service": request.service_title,
            "code_start": tracking.grouped(request.tracking_code or "")[:4],
            "act_by": both(request.act_by, contact.lang) if request.act_by else None,
            **more,
        },
    )
