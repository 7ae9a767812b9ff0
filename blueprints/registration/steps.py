"""Views of the wizard: one step a page, the preview, the confirmation."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.registration import forms, wizard
from blueprints.registration.arrival import signed_in
from core.accounts import actions, profile, queries
from core.accounts.models import Account
from core.catalogue.definition import Section
from core.documents import reasons, streams
from core.errors import Invalid, NotFound
from core.sessions.actions import end
from core.web import questions
from core.web.audience import actor
from core.web.client import client
from core.web.cookies import clear_session
from core.web.language import chosen_language
from core.web.once import once
from tenants.scope import current_office


@wizard.get("/next")
def next_step() -> Response:
    """The first step that is not complete, or the preview."""
    return redirect(_after(queries.get(actor().id)), 303)


@wizard.route("/<step>", methods=["GET", "POST"])
def step(step: str) -> Any:
    """One step: typed answers stay on every error; what is right is saved."""
    account = queries.get(actor().id)
    if step not in profile.STEPS:
        raise NotFound
    if step not in _open_steps(account):
        return redirect(_after(account), 303)
    if step == profile.PHOTO:
        return _photo(account)
    section = profile.section(step)
    assert section is not None
    if request.method == "GET":
        stored = questions.stored_boxes(section.fields, _start_values(account, section))
        return _step_page(account, section, stored)
    return _save(account, section)


@wizard.get("/photo.jpg")
def photo() -> Response:
    """The photo as it was received, for its owner."""
    return Response(streams.open_preview(queries.photo(actor().id)), mimetype="image/jpeg")


@wizard.route("/preview", methods=["GET", "POST"])
def preview() -> Any:
    """Everything once more, with a way back to each part; confirming makes the account."""
    account = queries.get(actor().id)
    if profile.missing(account):
        return redirect(_after(account), 303)
    return _preview_page(account, {}) if request.method == "GET" else _confirm()


@wizard.post("/leave")
def leave() -> Response:
    """Come back later: what was saved waits; the session ends."""
    session_id = actor().session_id
    if session_id is not None:
        end(session_id)
    return clear_session(redirect(url_for("registration.enter", saved="yes"), 303))


@once
def _confirm() -> Any:
    accepted = request.form.get("consent_terms", "")
    try:
        account = actions.activate(actor(), accepted=accepted, client=client())
    except Invalid as error:
        return _preview_page(queries.get(actor().id), error.errors), 422
    response = redirect(url_for("account.welcome"), 303)
    return signed_in(response, account, *sorted(actor().factors))


def _save(account: Account, section: Section) -> Any:
    boxes = questions.boxes_of(request.form)
    if request.headers.get("X-Refresh"):
        return _step_page(account, section, boxes)
    if request.headers.get("X-Autosave") or "_later" in request.form:
        actions.save_draft(actor(), section, boxes)
        return ("", 204) if request.headers.get("X-Autosave") else leave()
    try:
        actions.save_step(actor(), section, boxes)
    except Invalid as error:
        return _step_page(account, section, boxes, error.errors), 422
    return _go_on(account, section.key)


def _photo(account: Account) -> Any:
    errors: dict[str, Any] = {}
    if request.method == "POST":
        upload = request.files.get("photo")
        if "_later" in request.form:
            return leave()
        if (upload is None or not upload.filename) and account.photo_id is not None:
            return _go_on(account, profile.PHOTO)
        errors = _keep_photo(upload)
        if not errors:
            return _look_again() if _doubts(account) else _go_on(account, profile.PHOTO)
    page = render_template(
        "registration/photo.html", errors=errors, has_photo=account.photo_id is not None,
        doubts=_doubts(account), now=_number(profile.PHOTO), total=len(profile.STEPS),
    )  # fmt: skip
    return (page, 422) if errors else page


def _look_again() -> Response:
    """Back to the photo with what is doubtful about it."""
    back = request.args.get("back")
    return redirect(url_for("wizard.step", step=profile.PHOTO, back=back), 303)


def _doubts(account: Account) -> list[Any]:
    """What does not look right about the photo that is here; a person decides at the office."""
    if account.photo_id is None:
        return []
    return [reasons.words(code) for code in queries.photo(account.id).warnings]


def _keep_photo(upload: Any) -> dict[str, Any]:
    if upload is None or not upload.filename:
        return {"photo": forms.NO_PHOTO}
    try:
        actions.keep_photo(actor(), upload.stream, upload.filename)
    except Invalid as error:
        return error.errors
    return {}


def _step_page(
    account: Account, section: Section, boxes: Any, errors: dict[str, Any] | None = None
) -> str:
    known = {**profile.facts(account), **_typed(section, boxes)}
    return render_template(
        "registration/step.html",
        section=section,
        questions=questions.questions(section.fields, questions.printable(boxes), known),
        errors=errors or {},
        account=account,
        now=_number(section.key),
        total=len(profile.STEPS),
    )


def _typed(section: Section, boxes: Any) -> dict[str, Any]:
    """What stands in the boxes, as the conditions of this page see it."""
    return {item.key: boxes.get(item.key) or None for item in section.fields}


def _start_values(account: Account, section: Section) -> dict[str, Any]:
    """What was saved; where nothing was, what we may guess from the office and the language."""
    guesses = {
        "res_country": current_office().country_code,
        "preferred_language": chosen_language(),
        "birth_country": "IR",
    }
    return {**guesses, **account.profile} if section else {}


def _preview_page(account: Account, errors: dict[str, Any]) -> str:
    lang = chosen_language()
    return render_template(
        "registration/preview.html",
        account=account,
        parts=[(item, profile.shown(account, item, lang)) for item in profile.sections()],
        errors=errors,
        permit_expired=profile.permit_expired(account),
        terms_version=profile.terms_version(),
    )


def _open_steps(account: Account) -> list[str]:
    """The steps that may be looked at: the finished ones and the one after them."""
    missing = profile.missing(account)
    return [key for key in profile.STEPS if key not in missing[1:]]


def _after(account: Account) -> str:
    missing = profile.missing(account)
    return url_for("wizard.step", step=missing[0]) if missing else url_for("wizard.preview")


def _go_on(account: Account, key: str) -> Any:
    """Back to the preview for who came from there and has left nothing open, else onwards."""
    if request.args.get("back") == "preview" and not profile.missing(account):
        return redirect(url_for("wizard.preview"), 303)
    return redirect(_following(account, key), 303)


def _following(account: Account, key: str) -> str:
    """The step after this one, finished or not, so that somebody who went back sees it again."""
    later = profile.STEPS[_number(key) :]
    if later and later[0] in _open_steps(account):
        return url_for("wizard.step", step=later[0])
    return _after(account)


def _number(key: str) -> int:
    return profile.STEPS.index(key) + 1
