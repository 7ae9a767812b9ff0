"""«پیگیری» without signing in: tracking code and birth date in, the public state out.

A wrong code, a wrong birth date and a code of another office get the same answer. Nothing of both
stands in a URL: the answer is the page of the POST itself.
"""

from datetime import date
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from core.accounts import limits
from core.catalogue import flows
from core.dates import DateError, parse_date
from core.requests import history, queries, tracking
from core.text import TextRefused, clean, digits
from core.web.audience import anybody
from core.web.client import client
from core.web.door import Door

door = Door("tracking", __name__, host="office", audience=anybody, url_prefix="/track")

PER_CLIENT = (limits.Limit(20, limits.HOUR), limits.Limit(60, limits.DAY))
PER_CODE = (limits.Limit(10, limits.HOUR),)


@door.get("")
def track() -> str:
    """The form."""
    return _form({})


@door.post("")
def found() -> Any:
    """The state of the request, or one answer for everything that does not fit."""
    errors: dict[str, Any] = {}
    code = tracking.read_code(request.form.get("code", "")[:100])
    if not request.form.get("code", "").strip():
        errors["code"] = _("Type the tracking code.")
    born, wrong = _birth_date()
    errors |= wrong
    if errors:
        return _form(errors), 422
    limits.count("track", client(), PER_CLIENT)
    if code is not None:
        limits.count("track.code", code, PER_CODE)
    held = queries.by_tracking_code(code) if code else None
    if held is None or born is None or held.subject_birth_date != born:
        told = _("No request fits this code and this birth date. Look at the receipt again.")
        return _form({"code": told}), 422
    return render_template(
        "tracking/found.html",
        held=held,
        badge=history.badge(held),
        public=history.state_words(held),
        comes=flows.state(held.status).comes(held.answers),
        events=history.public(held, with_words=False),
    )


def _birth_date() -> tuple[date | None, dict[str, Any]]:
    names = ("born", "born.month", "born.year")
    day, month, year = (request.form.get(name, "")[:30] for name in names)
    calendar = request.form.get("born.calendar", "jalali")
    if not f"{day}{month}{year}".strip():
        return None, {"born": _("Type the birth date.")}
    try:
        return parse_date(day, month, year, calendar), {}
    except (DateError, TextRefused) as error:
        return None, {"born": error.message}


def _form(errors: dict[str, Any]) -> str:
    typed = {
        "day": request.form.get("born", ""),
        "month": request.form.get("born.month", ""),
        "year": request.form.get("born.year", ""),
        "calendar": request.form.get("born.calendar", ""),
    }
    return render_template(
        "tracking/track.html",
        code=_shown(request.form.get("code", "")),
        born=typed if any(typed.values()) else None,
        errors=errors,
    )


def _shown(text: str) -> str:
    """What was typed, without what no box should hold."""
    try:
        return digits(clean(text))[:100]
    except TextRefused:
        return ""
