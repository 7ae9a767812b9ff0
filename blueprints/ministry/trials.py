"""Trying a draft as an applicant would: the applicant's own pages, around nobody's request."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from blueprints.ministry import door
from core.actor import require
from core.catalogue import answers, deeds, eligibility, flows
from core.catalogue.definition import Section
from core.catalogue.facts import refresh
from core.errors import NotFound
from core.rehearsal import actions, queries
from core.rehearsal.rehearsal import Rehearsal, rehearse
from core.web.answers import answered
from core.web.audience import actor
from core.web.once import once
from core.web.questions import Question, boxes_of, questions
from core.web.templating import money, words
from tenants.facts import OfficeFacts

FRAME = "ministry/trying.html"
PLACE = {"name": {"fa": "نمایندگی", "en": "The office"}, "city": {"fa": "شهر", "en": "City"}}


@door.post("/catalogue/drafts/<code>/try")
@once
def begin_trial(code: str) -> Any:
    """Begin as the person of a sample, with that one's answers or with none."""
    require(actor(), "catalogue.publish")
    sample, filled = request.form.get("sample", ""), "filled" in request.form
    site = request.form.get("site", "")
    row = actions.begin_trial(actor(), code, sample=sample, filled=filled, site=site)
    return redirect(url_for(".trial", trial_id=row.id), 303)


@door.get("/catalogue/trials/<uuid:trial_id>")
def trial(trial_id: UUID) -> str:
    """All that the draft makes of the answers: sections, check page, papers, fee, deed, flow."""
    require(actor(), "catalogue.publish")
    _row, definition, played = queries.trial(actor(), trial_id)
    tried = rehearse(definition, played)
    site = _site(tried)
    place = {"name": site.name, "city": site.city} if site else PLACE
    return render_template(
        "ministry/trial.html",
        trial_id=trial_id,
        situation=tried,
        site=site,
        tasks=[_task(trial_id, tried, section) for section in tried.sections],
        parts=answered(tried, lambda key: url_for(".trial_section", trial_id=trial_id, key=key)),
        fees=[(line, _amount(line)) for line in tried.quote.lines],
        deed=deeds.compose(tried.definition, tried.facts, place),
        steps_of_flow=_steps(tried),
    )


@door.get("/catalogue/trials/<uuid:trial_id>/sections/<key>")
def trial_section(trial_id: UUID, key: str) -> str:
    """One section as the applicant sees it."""
    require(actor(), "catalogue.publish")
    _row, definition, played = queries.trial(actor(), trial_id)
    tried = rehearse(definition, played)
    found = _section(tried, key)
    return _page(trial_id, tried, found, answers.form_of(found, tried.facts), {})


@door.post("/catalogue/trials/<uuid:trial_id>/sections/<key>")
def save_trial_section(trial_id: UUID, key: str) -> Any:
    """Save the section of a trial and go on, by the same reader as at an office."""
    require(actor(), "catalogue.publish")
    row, definition, played = queries.trial(actor(), trial_id)
    tried = rehearse(definition, played)
    found = _section(tried, key)
    boxes = _typed(tried, found)
    if "_add" in request.form or "_remove" in request.form:
        return _page(trial_id, tried, found, boxes, {})
    if "_later" not in request.form:
        errors = actions.save_section(row, definition, played, section=key, form=boxes)
        if errors:
            return _page(trial_id, tried, found, boxes, errors), 422
    keys = [item.key for item in rehearse(definition, played).sections]
    later = keys[keys.index(key) + 1 :] if key in keys and "_later" not in request.form else []
    if later:
        return redirect(url_for(".trial_section", trial_id=trial_id, key=later[0]), 303)
    return redirect(url_for(".trial", trial_id=trial_id), 303)


@door.post("/catalogue/trials/<uuid:trial_id>/sections/<key>/fields")
def trial_fields(trial_id: UUID, key: str) -> str:
    """The questions as they are with what is typed now."""
    require(actor(), "catalogue.publish")
    _row, definition, played = queries.trial(actor(), trial_id)
    tried = rehearse(definition, played)
    found = _section(tried, key)
    boxes = _typed(tried, found)
    known = _known(tried, found, boxes)
    return render_template(
        "requests/_fresh.html",
        questions=_drawn(tried, found, boxes, known),
        stops=eligibility.stops(tried.definition, known),
        services_by_ref={},
        errors={},
        office=_office(tried),
    )


def _drawn(
    tried: Rehearsal, found: Section, boxes: MultiDict, known: dict[str, Any]
) -> list[Question]:
    deciding = eligibility.asked_about(tried.definition)
    return questions(found.fields, boxes, known, deciding=deciding)


def _office(tried: Rehearsal) -> dict[str, Any]:
    """What the pages say of the office as which it is tried; without one, that it is a trial."""
    site = _site(tried)
    name = site.name if site else {"fa": _("Trial"), "en": _("Trial")}
    return {**tried.office, "name": name}


def _site(tried: Rehearsal) -> OfficeFacts | None:
    """The office as which it is tried."""
    slug = tried.office["slug"] if tried.played.terms is not None else None
    return next((one for one in queries.sites() if one.slug == slug), None)


def _section(tried: Rehearsal, key: str) -> Section:
    found = next((item for item in tried.sections if item.key == key), None)
    if found is None:
        raise NotFound
    return found


def _typed(tried: Rehearsal, found: Section) -> MultiDict:
    return boxes_of(request.form)


def _known(tried: Rehearsal, found: Section, boxes: MultiDict) -> dict[str, Any]:
    values, _errors = answers.read_section(tried.definition, found.key, boxes, tried.facts)
    keys = {item.key for item in found.fields}
    before = {key: value for key, value in tried.facts.items() if key not in keys}
    return refresh(tried.definition, {**before, **values})


def _page(
    trial_id: UUID, tried: Rehearsal, found: Section, boxes: MultiDict, errors: dict[str, Any]
) -> str:
    known = _known(tried, found, boxes)
    return render_template(
        "requests/section.html",
        frame=FRAME,
        situation=tried,
        section=found,
        now=[item.key for item in tried.sections].index(found.key) + 1,
        total=len(tried.sections) + 2,
        questions=_drawn(tried, found, boxes, known),
        carried={},
        stops=eligibility.stops(tried.definition, known),
        services_by_ref={},
        errors=errors,
        office=_office(tried),
        here=url_for(".trial_section", trial_id=trial_id, key=found.key),
        back=None,
        back_to=(url_for(".trial", trial_id=trial_id), words(tried.definition.title)),
        keeps=False,
    )


def _task(trial_id: UUID, tried: Rehearsal, section: Section) -> dict[str, Any]:
    state, tone = (_("Done"), "ok") if tried.is_done(section) else (_("To do"), "muted")
    address = url_for(".trial_section", trial_id=trial_id, key=section.key)
    return {"label": words(section.title), "url": address, "state": state, "tone": tone}


def _amount(line: Any) -> str:
    return money(line.amount, line.currency) if line.amount else _("free")


def _steps(tried: Rehearsal) -> list[dict[str, Any]]:
    """The usual way through the flow, and what else can be done at each state."""
    return [
        {"state": flows.state(key), "acts": flows.acts_from(tried.flow, key, tried.params)}
        for key in flows.path(tried.flow, tried.params)
    ]
