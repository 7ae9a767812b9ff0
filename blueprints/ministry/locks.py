"""What offices may not lay over: settings and aspects that the ministry keeps to itself."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.ministry import door
from core.actor import require
from core.catalogue.fields import type_of
from core.errors import Invalid, NotFound
from core.overlay import actions, policies, queries, subjects
from core.overlay.aspects import TITLES
from core.overlay.models import EVERY_SERVICE, OFFICE
from core.overlay.subjects import Subject
from core.requests import definitions
from core.web.audience import actor
from core.web.once import once
from core.web.templating import lang


@door.get("/locks")
def locks() -> str:
    """Every setting of the offices and every aspect of services: free, or locked by whom."""
    require(actor(), "offices.see")
    placed = queries.locks()
    themes = [
        (title, [_row(one.service, one.key, one.title, placed, _default(one)) for one in found])
        for title, found in subjects.lockable_themes()
    ]
    aspects = [_row(EVERY_SERVICE, key, title, placed) for key, title in TITLES.items()]
    services = definitions.offered()
    single = {service for service, _key in placed} - {OFFICE, EVERY_SERVICE}
    return render_template(
        "ministry/locks.html",
        groups=[(None, aspects), *themes],
        single=[services[code] for code in sorted(single) if code in services],
        may_lock=policies.may_lock(actor()),
    )


@door.get("/locks/<code>")
def locks_of_service(code: str) -> str:
    """The aspects of one service."""
    require(actor(), "offices.see")
    definition, placed = definitions.newest(code), queries.locks()
    return render_template(
        "ministry/service_locks.html",
        service=definition,
        rows=[_row(code, key, title, placed) for key, title in TITLES.items()],
        may_lock=policies.may_lock(actor()),
    )


@door.post("/locks")
@once
def change_lock() -> Response:
    """Lock or unlock a setting, or an aspect of every service; the button says which."""
    service, separator, key = _pressed().partition("/")
    if not separator or service not in (OFFICE, EVERY_SERVICE):
        raise NotFound
    return _change(service, key, url_for(".locks"))


@door.post("/locks/<code>")
@once
def change_lock_of_service(code: str) -> Response:
    """Lock or unlock an aspect of this service."""
    return _change(code, _pressed().rpartition("/")[2], url_for(".locks_of_service", code=code))


def _pressed() -> str:
    """What the button names; Forbidden for who only looks, Invalid for a form without a button."""
    require(actor(), "overlays.lock")
    pressed = request.form.get("lock") or request.form.get("unlock")
    if not pressed:
        raise Invalid
    return pressed


def _change(service: str, key: str, back: str) -> Any:
    locks_it = "lock" in request.form
    act = actions.lock if locks_it else actions.unlock
    act(actor(), service, key, definitions.offered())
    flash(_("Locked for all offices.") if locks_it else _("Offices can decide this again."))
    return redirect(back, 303)


def _row(service: str, key: str, title: Any, placed: Any, default: str = "") -> dict[str, Any]:
    wider = placed.get((EVERY_SERVICE, key)) if service not in (OFFICE, EVERY_SERVICE) else None
    return {
        "name": f"{service}/{key}",
        "title": title,
        "default": default,
        "lock": placed.get((service, key)),
        "wider": wider,
    }


def _default(subject: Subject) -> str:
    """The stated default; the currency is each office's own."""
    field = subject.fields[0]
    return type_of(field).show(field, subject.default.get("value"), lang())
