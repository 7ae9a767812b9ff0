"""What is this office's own: its settings, and what it lays over each service."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from blueprints.office import door, showing
from core.actor import require
from core.catalogue.definition import Definition
from core.clock import today
from core.errors import Invalid
from core.overlay import actions, queries, subjects
from core.overlay.aspects import TITLES
from core.overlay.models import EVERY_SERVICE, OFFICE
from core.overlay.subjects import Subject
from core.publishing import national
from core.requests import definitions
from core.staff import queries as staff
from core.text import TextRefused, fold
from core.web.audience import actor
from core.web.questions import boxes_of, questions, stored_boxes

PERMISSION = "office.settings"
SHOWN = ("", "own", "off")


@door.get("/settings")
def settings() -> str:
    """Every setting under its heading: what holds here, and whether that is the default."""
    require(actor(), PERMISSION)
    chosen, locks = queries.choices(OFFICE), queries.locks()
    themes = [
        (title, [_row(subject, chosen, locks) for subject in found])
        for title, found in subjects.themes().values()
    ]
    return render_template("office_admin/settings.html", themes=themes, names=staff.names())


@door.get("/settings/<key>")
def setting(key: str) -> str:
    """One setting: its stated default, and the form."""
    require(actor(), PERMISSION)
    return _stored_page(subjects.setting(key), url_for(".settings"))


@door.post("/settings/<key>")
def set_setting(key: str) -> Any:
    """Choose another value, or go back to the default."""
    return _take(subjects.setting(key), url_for(".settings"))


@door.get("/services")
def services() -> str:
    """All services, with what is this office's own about each."""
    require(actor(), PERMISSION)
    wanted = " ".join(request.args.get("q", "")[:100].split())
    shown = request.args.get("show", "")
    chosen, locks = queries.choices(), queries.locks()
    rows = [
        _service_row(service, chosen, locks)
        for service in sorted(definitions.offered().values(), key=lambda one: one.ref)
        if _fits(service, wanted)
    ]
    if shown in SHOWN[1:]:
        rows = [row for row in rows if row[shown]]
    return render_template("office_admin/services.html", rows=rows, q=wanted, shown=shown)


@door.get("/services/<code>")
def service(code: str) -> str:
    """One service: its five aspects as they are here."""
    require(actor(), PERMISSION)
    definition = definitions.newest(code)
    chosen, locks = queries.choices(code), queries.locks()
    rows = [_row(subject, chosen, locks) for subject in subjects.of_service(definition)]
    return render_template(
        "office_admin/service.html", service=definition, rows=rows, names=staff.names()
    )


@door.get("/services/<code>/<key>")
def aspect(code: str, key: str) -> str:
    """One aspect of a service: the form."""
    require(actor(), PERMISSION)
    definition = definitions.newest(code)
    subject = subjects.aspect(definition, key)
    return _stored_page(subject, url_for(".service", code=code), definition)


@door.post("/services/<code>/<key>")
def set_aspect(code: str, key: str) -> Any:
    """Lay it over, or go back to what the ministry says."""
    definition = definitions.newest(code)
    subject = subjects.aspect(definition, key)
    return _take(subject, url_for(".service", code=code), definition)


def _row(subject: Subject, chosen: Any, locks: Any) -> showing.Row:
    name = (subject.service, subject.key)
    return showing.row(subject, chosen.get(name), locked=_is_locked(name, locks))


def _is_locked(name: tuple[str, str], locks: Any) -> bool:
    every = name[0] != OFFICE and (EVERY_SERVICE, name[1]) in locks
    return every or name in locks


def _service_row(service: Definition, chosen: Any, locks: Any) -> dict[str, Any]:
    found = {key: chosen.get((service.code, key)) for key in TITLES}
    own = {
        key: choice
        for key, choice in found.items()
        if choice and not _is_locked((service.code, key), locks)
    }
    off = "offered" in own and own["offered"].value.get("offered") is False
    gone = service.code in national.retired()
    return {"service": service, "own": [TITLES[key] for key in own], "off": off, "gone": gone}


def _fits(service: Definition, wanted: str) -> bool:
    known = [service.ref, service.code, *service.title.values(), *service.synonyms]
    try:
        return fold(wanted) in fold(" ".join(known))
    except TextRefused:
        return False


def _take(subject: Subject, back: str, definition: Definition | None = None) -> Any:
    """What the form says: a row more or less, back to the default, or the choice itself."""
    require(actor(), PERMISSION)
    boxes = boxes_of(request.form)
    seen = request.form.get("seen", 0, type=int)
    if "_add" in request.form or "_remove" in request.form:
        return _page(subject, back, boxes, seen, {}, definition)
    try:
        if "_default" in request.form:
            actions.back_to_default(actor(), subject, seen=seen)
            flash(_("Back to the default; in force from now on."))
        else:
            actions.lay(actor(), subject, form=boxes, seen=seen)
            flash(_("Saved; in force from now on."))
    except Invalid as error:
        return _page(subject, back, boxes, seen, error.errors, definition), error.status
    return redirect(back, 303)


def _stored_page(subject: Subject, back: str, definition: Definition | None = None) -> str:
    newest = queries.choice(subject.service, subject.key)
    stored = newest.value if newest and newest.value is not None else subject.default
    boxes = stored_boxes(subject.fields, stored)
    return _page(subject, back, boxes, newest.version if newest else 0, {}, definition)


def _page(
    subject: Subject,
    back: str,
    boxes: MultiDict,
    seen: int,
    errors: dict[str, Any],
    definition: Definition | None,
) -> str:
    known = {
        "today": today(g.office.timezone).isoformat(),
        "office.country_code": g.office.country_code,
    }
    history = queries.history(subject.service, subject.key)
    return render_template(
        "office_admin/choice.html",
        subject=subject,
        service=definition,
        back=back,
        default=showing.in_words(subject, subject.default),
        questions=questions(subject.fields, boxes, known),
        seen=seen,
        names=staff.names(),
        errors=errors,
        locked=queries.lock_on(subject.service, subject.key),
        history=[(row, showing.in_words(subject, row.value or {})) for row in history],
    )
