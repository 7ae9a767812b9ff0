"""Views: my requests, and one request as it stands."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.requests import requests, showing
from core.requests import definitions, history, queries
from core.requests.situation import Situation, situation_of
from core.web.audience import actor
from core.web.templating import num, words


@requests.get("")
def index() -> str:
    """The applicant's requests, newest first."""
    page = request.args.get("page", 1, type=int)
    listed = queries.mine(actor(), page=page)
    return render_template("requests/index.html", listed=listed, badge_of=history.badge)


@requests.get("/<uuid:request_id>")
def show(request_id: UUID) -> Any:
    """A draft's task list, or what became of a request."""
    held = queries.own(actor(), request_id)
    situation = situation_of(held)
    if held.status == "draft":
        return _task_list(situation)
    return render_template(
        "requests/show.html",
        held=held,
        situation=situation,
        badge=history.badge(held),
        history=history.public(held),
        returned=showing.returned_items(situation) if situation.act("correct") else [],
        parts=showing.answered(situation),
        papers=showing.handed_in(situation),
        bring=showing.to_bring(situation) if situation.state.visit else [],
        may_withdraw=situation.act("withdraw") is not None,
        may_appeal=situation.act("appeal") is not None,
    )


def _task_list(situation: Situation) -> str:
    tasks = [_section_task(situation, section) for section in situation.sections]
    tasks.append(_documents_task(situation))
    left = sum(1 for task in tasks if not task["done"])
    if situation.definition.deed:
        tasks.append(_deed_task(situation, ready=left == 0))
    tasks.append(_check_task(situation))
    return render_template(
        "requests/tasks.html",
        situation=situation,
        held=situation.request,
        tasks=tasks,
        left=left,
        newer=definitions.newer(situation.request),
        stops=showing.stops(situation, situation.stops),
        services_by_ref=definitions.by_ref(),
    )


def _section_task(situation: Situation, section: Any) -> dict[str, Any]:
    done = situation.is_done(section)
    begun = section.key in situation.request.done or any(
        situation.request.answers.get(field.key) is not None for field in section.fields
    )
    state = (
        (_("Done"), "ok")
        if done
        else (_("Continue"), "warning")
        if begun
        else (_("To do"), "muted")
    )
    address = url_for("requests.section", request_id=situation.request.id, key=section.key)
    return _task(words(section.title), address, *state, done=done)


def _documents_task(situation: Situation) -> dict[str, Any]:
    missing = len(situation.missing_documents)
    address = url_for("requests.documents", request_id=situation.request.id)
    if not missing:
        return _task(_("Documents"), address, _("Done"), "ok", done=True)
    word = num(ngettext("%(num)s missing", "%(num)s missing", missing))
    return _task(_("Documents"), address, word, "muted", done=False)


def _deed_task(situation: Situation, *, ready: bool) -> dict[str, Any]:
    address = url_for("requests.text", request_id=situation.request.id) if ready else None
    word = (_("Ready to read"), "info") if ready else (_("Cannot start yet"), "muted")
    return _task(_("Text of the deed"), address, *word, done=ready)


def _check_task(situation: Situation) -> dict[str, Any]:
    if not situation.is_complete:
        return _task(_("Check your answers"), None, _("Cannot start yet"), "muted", done=False)
    address = url_for("requests.check", request_id=situation.request.id)
    return _task(_("Check your answers"), address, _("Ready"), "info", done=False)


def _task(label: str, url: str | None, state: str, tone: str, *, done: bool) -> dict[str, Any]:
    return {"label": label, "url": url, "state": state, "tone": tone, "done": done}
