"""Erasing a closed office: one asks, a second person confirms, either calls it back."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.ministry import door
from core.actor import require
from core.archive import actions, policies, queries
from core.errors import Invalid
from core.oversight import queries as offices
from core.web.audience import actor
from core.web.entry.confirmed import confirmed
from core.web.once import once


@door.get("/offices/<slug>/erasure")
@confirmed
def erasure(slug: str) -> str:
    """How it stands, and the next step for this person."""
    require(actor(), "offices.erase")
    return _page(slug, {})


def _page(slug: str, errors: dict) -> str:
    row, _hosts, _changes = offices.facts(slug)
    found = queries.of_office(slug)
    stands = queries.stands(row, found)
    return render_template(
        "ministry/erasure.html",
        line=offices.one(slug),
        command=f"mikhak offices erase {slug}",
        erasure=found,
        stands=stands,
        not_before=found.not_before if found else row.status_changed_at + queries.GRACE,
        is_second=found is not None and policies.is_second_person(actor(), found),
        signed=stands == "done" and found is not None and queries.is_signed(found),
        reason=request.form.get("reason", ""),
        errors=errors,
    )


@door.post("/offices/<slug>/erasure")
@confirmed
@once
def ask_erasure(slug: str) -> Response | tuple[str, int]:
    """Ask for it."""
    try:
        actions.ask(actor(), slug, request.form.get("reason", ""))
    except Invalid as error:
        return _page(slug, error.errors), error.status
    flash(_("You have asked for the erasure. A second person must confirm it."))
    return redirect(url_for(".erasure", slug=slug), 303)


@door.post("/offices/<slug>/erasure/confirm")
@confirmed
@once
def confirm_erasure(slug: str) -> Response:
    """Confirm what somebody else has asked for."""
    actions.confirm(actor(), slug)
    flash(_("The erasure is confirmed."))
    return redirect(url_for(".erasure", slug=slug), 303)


@door.post("/offices/<slug>/erasure/call-back")
@confirmed
@once
def call_back_erasure(slug: str) -> Response:
    """Take the wish back."""
    actions.call_back(actor(), slug)
    flash(_("The erasure is called back; the office stays as it is."))
    return redirect(url_for(".erasure", slug=slug), 303)
