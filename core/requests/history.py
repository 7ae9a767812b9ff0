"""The state and the history of a request in words that a citizen (or a colleague) reads."""

from typing import Any

from flask_babel import gettext as _

from core.catalogue import flows
from core.requests import queries
from core.requests.models import RequestEvent, ServiceRequest
from core.web.templating import words

TONES = {"neutral": "muted"}


def badge(request: ServiceRequest) -> dict[str, str]:
    """The state as a word and a tone."""
    state = flows.state(request.status)
    return {"word": words(state.label), "tone": TONES.get(state.badge, state.badge)}


def state_words(request: ServiceRequest) -> str:
    """What the state means for the applicant."""
    return words(flows.state(request.status).public)


def public(request: ServiceRequest, *, with_words: bool = True) -> list[dict[str, Any]]:
    """The public timeline, newest first; `with_words` adds what a clerk wrote to the applicant."""
    return [
        {"what": told(request, event), "at": event.at, "note": _note(event) if with_words else None}
        for event in queries.timeline(request, public=True)
    ]


def whole(request: ServiceRequest) -> list[dict[str, Any]]:
    """Everything, for staff: the act in their words, who, what was written."""
    return [
        {
            "what": _act_words(request, event),
            "at": event.at,
            "who": event.actor_name or None,
            "note": _note(event),
            "event": event,
        }
        for event in queries.timeline(request, public=False)
    ]


def told(request: ServiceRequest, event: RequestEvent) -> str:
    """What the applicant reads about an event."""
    act = _act(request, event)
    return words(act.told if act and act.told else flows.state(event.status_to).label)


def _act(request: ServiceRequest, event: RequestEvent) -> flows.Act | None:
    for act in flows.acts(request.flow):
        leads_there = act.target in (event.status_to, flows.PREVIOUS)
        if act.key == event.act and event.status_from in act.sources and leads_there:
            return act
    return None


def _act_words(request: ServiceRequest, event: RequestEvent) -> str:
    own = {
        "start": _("Draft begun"),
        "move_to_newest": _("Moved to the newer version"),
        "take": _("Taken"),
        "release": _("Given back"),
        "hand_over_to": _("Handed over to %(name)s", name=event.inputs.get("name", "")),
    }
    act = _act(request, event)
    return words(act.label) if act else own.get(event.act, event.act)


def _note(event: RequestEvent) -> str | None:
    """What was written: the legal ground of a refusal, the answer of a case, further words."""
    ground, outcome = event.inputs.get("ground"), event.inputs.get("outcome")
    parts = [_("Legal ground: %(ground)s", ground=ground)] if ground else []
    return " – ".join([*parts, *(said for said in (outcome, event.words) if said)]) or None
