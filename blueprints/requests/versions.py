"""Views: a draft whose service has a newer version; what changed, and moving to it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.requests import requests
from core.catalogue import differences
from core.overlay.laying import lay_over
from core.requests import actions, definitions, drafts, queries
from core.requests.situation import situation_of
from core.web.audience import actor
from core.web.once import once
from core.web.templating import words


@requests.get("/<uuid:request_id>/newer")
def newer(request_id: UUID) -> Any:
    """The difference in words, and which answers would be put aside."""
    draft = queries.own(actor(), request_id)
    newest = definitions.newer(draft) if draft.status == "draft" else None
    if newest is None:
        return redirect(url_for("requests.show", request_id=draft.id), 303)
    situation = situation_of(draft)
    applies, _aside = drafts.as_in(newest, draft)
    return render_template(
        "requests/newer.html",
        held=draft,
        changes=differences.between(situation.definition, lay_over(newest, situation.terms)),
        aside=[
            words(situation.definition.fields[key].label)
            for key in draft.answers
            if key not in applies and key in situation.definition.fields
        ],
    )


@requests.post("/<uuid:request_id>/newer")
@once
def move_to_newer(request_id: UUID) -> Any:
    """Move the draft to the newest version."""
    draft = queries.own(actor(), request_id)
    actions.move_to_newest(actor(), draft, seen=request.form.get("seen", type=int))
    flash(_("Your draft has the newest version now. Your answers are kept."))
    return redirect(url_for("requests.show", request_id=draft.id), 303)
