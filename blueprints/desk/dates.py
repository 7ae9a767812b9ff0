"""When something is due, in words that say how near it is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from core.catalogue import flows
from core.clock import today
from core.requests.models import ServiceRequest
from core.web.templating import num
from tenants.scope import current_office

SOON = 2


@dataclass(frozen=True)
class Due:
    """The day, the words for it, and how they are set off (nothing, `due-soon`, `due-over`)."""

    on: date | None
    words: str
    emphasis: str = ""


def due(request: ServiceRequest) -> Due:
    """How the office stands with a request; the clock rests while it waits for somebody else."""
    if request.due_on is None or request.closed_at is not None:
        return Due(None, "–")
    if not flows.state(request.status).clock:
        return Due(request.due_on, _("resting"))
    left = (request.due_on - today(current_office().timezone)).days
    if left < 0:
        return Due(request.due_on, _say(ngettext("one day late", "%(num)s days late", -left)),
                   "due-over")  # fmt: skip
    return Due(request.due_on, _ahead(left), "due-soon" if left <= SOON else "")


def _ahead(left: int) -> str:
    if left == 0:
        return _("today")
    if left == 1:
        return _("tomorrow")
    return _say(ngettext("in one day", "in %(num)s days", left))


def _say(sentence: Any) -> str:
    return num(sentence)
