"""Views: beginning a draft and filling it, one section a page."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from blueprints.requests import prospect, requests, showing
from core.catalogue import answers, eligibility
from core.catalogue.definition import Section
from core.catalogue.facts import refresh
from core.clock import now
from core.errors import Conflict
from core.overlay import queries as overlay
from core.overlay.laying import lay_over
from core.requests import actions, carrying, definitions, drafts, people, queries
from core.requests.models import ServiceRequest
from core.requests.situation import Situation, situation_of
from core.web.audience import actor
from core.web.once import once
from core.web.questions import Question, boxes_of, questions, stored_boxes
from core.web.templating import words


@requests.get("/new/<code>")
def new(code: str) -> str:
    """Before a draft is begun: what is taken from the profile, and a draft that lies about."""
    person, terms = actor(), overlay.terms(code)
    service = lay_over(definitions.newest(code), terms)
    drafts.need_offered(terms)
    return render_template(
        "requests/new.html",
        service=service,
        notice_here=terms.notice,
        draft=queries.draft_of(person, code),
        for_whom=prospect.for_whom(service),
        offers=carrying.offers(person, service, people.snapshot(person.id)) if person.id else [],
    )


@requests.post("/new/<code>")
@once
def begin(code: str) -> Any:
    """Begin the draft, with answers of those earlier requests that were ticked."""
    ticked = request.form.getlist("carry", type=UUID)
    draft = actions.start_draft(actor(), definition=definitions.newest(code), carry_from=ticked)
    return redirect(url_for("requests.show", request_id=draft.id), 303)


@requests.get("/<uuid:request_id>/sections/<key>")
def section(request_id: UUID, key: str) -> Any:
    """One section with its questions."""
    draft = queries.own(actor(), request_id)
    try:
        situation, found = drafts.open_section(actor(), draft, key)
    except Conflict:
        return redirect(url_for("requests.show", request_id=draft.id), 303)
    return _page(situation, found, answers.form_of(found, situation.facts), {})


@requests.post("/<uuid:request_id>/sections/<key>")
def save(request_id: UUID, key: str) -> Any:
    """Save the section and go on; with an error the page comes back as it was typed."""
    draft = queries.own(actor(), request_id)
    situation, found = drafts.open_section(actor(), draft, key)
    boxes = typed(found)
    if "_add" in request.form or "_remove" in request.form:
        return _page(situation, found, boxes, {})
    if "_later" in request.form:
        actions.autosave(actor(), draft, section=key, form=boxes, by_hand=True)
        return redirect(url_for("requests.show", request_id=draft.id), 303)
    errors = actions.save_section(actor(), draft, section=key, form=boxes)
    if errors:
        return _page(situation, found, boxes, errors), 422
    return redirect(_after(draft, key), 303)


@requests.post("/<uuid:request_id>/sections/<key>/autosave")
def autosave(request_id: UUID, key: str) -> Any:
    """Keep what is right so far; answers when."""
    draft = queries.own(actor(), request_id)
    _situation, found = drafts.open_section(actor(), draft, key)
    actions.autosave(actor(), draft, section=key, form=typed(found))
    return jsonify(saved_at=_clock(now()))


@requests.post("/<uuid:request_id>/sections/<key>/fields")
def fields(request_id: UUID, key: str) -> str:
    """The questions as they are with what is typed now, for the page in hand."""
    draft = queries.own(actor(), request_id)
    situation, found = drafts.open_section(actor(), draft, key)
    boxes = _with_copied(draft, found, typed(found))
    known = _known(situation, found, boxes)
    return render_template(
        "requests/_fresh.html",
        questions=_drawn(situation, found, boxes, known),
        errors={},
        carried=draft.carried,
        **_stopped(situation, found, known),
    )


def typed(found: Section) -> MultiDict:
    """The posted form under the names that the catalogue reads."""
    return boxes_of(request.form)


def _known(situation: Situation, found: Section, boxes: MultiDict) -> dict[str, Any]:
    """The facts with what is typed in this section, not with what was stored."""
    values, _errors = drafts.read(situation, found, boxes)
    keys = {item.key for item in found.fields}
    before = {key: value for key, value in situation.facts.items() if key not in keys}
    return refresh(situation.definition, {**before, **values})


def _page(situation: Situation, found: Section, boxes: MultiDict, errors: dict) -> str:
    number = [item.key for item in situation.sections].index(found.key) + 1
    boxes = _with_copied(situation.request, found, boxes)
    known = _known(situation, found, boxes)
    place: dict[str, Any] = {"request_id": situation.request.id}
    checking = request.args.get("back") == "check"
    above = (url_for("requests.show", **place), words(situation.definition.title))
    return render_template(
        "requests/section.html",
        situation=situation,
        section=found,
        now=number,
        total=len(situation.sections) + 2,
        questions=_drawn(situation, found, boxes, known),
        carried=situation.request.carried,
        **_stopped(situation, found, known),
        errors=errors,
        here=url_for("requests.section", key=found.key, **place),
        back="check" if checking else None,
        back_to=(url_for("requests.check", **place), _("Check your answers"))
        if checking
        else above,
        keeps=True,
    )


def _drawn(
    situation: Situation, found: Section, boxes: MultiDict, known: dict[str, Any]
) -> list[Question]:
    """The questions; an answer that may stop the request changes the page as well."""
    deciding = eligibility.asked_about(situation.definition)
    return questions(found.fields, boxes, known, deciding=deciding)


def _stopped(situation: Situation, found: Section, known: dict[str, Any]) -> dict[str, Any]:
    stops = eligibility.stops(situation.definition, known)
    return {
        "stops": showing.stops(situation, stops, found),
        "services_by_ref": definitions.by_ref(),
    }


def _with_copied(draft: ServiceRequest, found: Section, boxes: MultiDict) -> MultiDict:
    """The boxes, and in empty ones what was copied for questions that were not asked before.

    Only to be looked at: what is saved is what comes back from the page.
    """
    waiting = [item for item in found.fields if item.key in draft.carried]
    copied = stored_boxes((item for item in waiting if not _is_typed(item.key, boxes)), draft.aside)
    return MultiDict([*boxes.items(multi=True), *copied.items(multi=True)])


def _is_typed(key: str, boxes: MultiDict) -> bool:
    return any(name == key or name.startswith(f"{key}.") for name in boxes)


def _after(draft: ServiceRequest, key: str) -> str:
    """The next section; the documents after the last; back to the check page from there."""
    situation = situation_of(draft)
    keys = [item.key for item in situation.sections]
    if request.args.get("back") == "check" and situation.is_complete:
        return url_for("requests.check", request_id=draft.id)
    later = keys[keys.index(key) + 1 :] if key in keys else keys
    undone = [item.key for item in situation.sections if item.key in later]
    if undone:
        return url_for("requests.section", request_id=draft.id, key=undone[0])
    return url_for("requests.documents", request_id=draft.id)


def _clock(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(g.office.timezone)).strftime("%H:%M")
