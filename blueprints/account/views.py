"""Views: overview, profile, changing what is not locked, language, the page after confirming."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.account import door
from core.accounts import actions, profile, queries
from core.accounts.models import Account
from core.catalogue.definition import Section
from core.documents import streams
from core.errors import Invalid, NotFound
from core.web import questions
from core.web.audience import actor
from core.web.language import LANGUAGES, chosen_language

CHANGEABLE = (profile.RESIDENCE, profile.PERMIT, profile.CONTACT)


@door.get("")
def overview() -> Any:
    """What to do next, and where everything of the account is."""
    account = queries.get(actor().id)
    return render_template(
        "account/overview.html",
        account=account,
        permit_expired=profile.permit_expired(account),
    )


@door.route("/welcome", methods=["GET", "POST"])
def welcome() -> Any:
    """The account is active; whoever ticks goes on to set a password."""
    if request.method == "GET":
        return render_template("account/welcome.html", account=queries.get(actor().id))
    wants = request.form.get("wants_password") == "yes"
    return redirect(url_for("account.password" if wants else "account.overview"), 303)


@door.get("/profile")
def show_profile() -> Any:
    """Everything held in the profile, with what can be changed and what is locked."""
    account = queries.get(actor().id)
    lang = chosen_language()
    return render_template(
        "account/profile.html",
        account=account,
        parts=[(item, profile.shown(account, item, lang)) for item in profile.sections()],
        changeable=CHANGEABLE,
    )


@door.get("/photo.jpg")
def photo() -> Response:
    """The personal photo, for its owner."""
    return Response(streams.open_preview(queries.photo(actor().id)), mimetype="image/jpeg")


@door.route("/profile/<step>", methods=["GET", "POST"])
def change(step: str) -> Any:
    """Change residence, permit or contact; the identity is locked."""
    section = profile.section(step)
    if section is None or step not in CHANGEABLE:
        raise NotFound
    account = queries.get(actor().id)
    if request.method == "GET":
        stored = questions.stored_boxes(section.fields, account.profile)
        return _change_page(account, section, stored)
    boxes = questions.boxes_of(request.form)
    if request.headers.get("X-Refresh"):
        return _change_page(account, section, boxes)
    try:
        actions.save_step(actor(), section, boxes)
    except Invalid as error:
        return _change_page(account, section, boxes, error.errors), 422
    return redirect(url_for("account.show_profile", saved="yes"), 303)


@door.post("/language")
def language() -> Response:
    """The language of our mails."""
    wish = request.form.get("lang", "")
    if wish not in LANGUAGES:
        raise NotFound
    actions.change_language(actor(), wish)
    return redirect(url_for("account.overview", saved="yes"), 303)


def _change_page(
    account: Account, section: Section, boxes: Any, errors: dict[str, Any] | None = None
) -> str:
    typed = {item.key: boxes.get(item.key) or None for item in section.fields}
    known = {**profile.facts(account), **typed}
    return render_template(
        "account/change.html",
        section=section,
        questions=questions.questions(section.fields, questions.printable(boxes), known),
        errors=errors or {},
    )
