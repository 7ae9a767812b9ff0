"""Special codes for people without a national ID: issue one, keep the photo, merge it later."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from blueprints.desk.document_views import sealed
from blueprints.desk.door import door
from blueprints.desk.queue_views import side
from core.accounts import queries, special_codes
from core.accounts.models import SpecialCode
from core.actor import require
from core.audit.recorder import record_look
from core.catalogue import reference
from core.documents import streams
from core.errors import Conflict, Invalid, NotFound
from core.web.audience import actor
from core.web.once import once
from core.web.templating import day, ltr

LARGEST_PHOTO = 6 * 1024 * 1024


@door.url_value_preprocessor
def _room_for_a_photo(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """The form with the photo takes more than a page of answers."""
    if endpoint == "desk.keep_code_photo":
        request.max_content_length = LARGEST_PHOTO


@door.get("/special-codes")
def special_codes_list() -> ResponseReturnValue:
    """The codes of this office, and the form for a new one."""
    return _list_page()


@door.post("/special-codes")
@once
def issue_special_code() -> ResponseReturnValue:
    """Issue a code; the page of the code asks for the photo next."""
    try:
        row = special_codes.issue(
            actor(),
            name=request.form.get("name", ""),
            passport_no=request.form.get("passport_no", ""),
            passport_country=request.form.get("passport_country", ""),
        )
    except Invalid as error:
        return _list_page(error.errors)
    except Conflict as error:
        return _list_page({"passport_no": error.sentence})
    return redirect(url_for("desk.special_code", code_id=row.id), 303)


@door.get("/special-codes/<uuid:code_id>")
def special_code(code_id: UUID) -> ResponseReturnValue:
    """One code: the person, the photo, and what can be done with it."""
    return _page(_found(code_id))


@door.post("/special-codes/<uuid:code_id>/photo")
def keep_code_photo(code_id: UUID) -> ResponseReturnValue:
    """Take the face photo; without one the code lets nobody in."""
    row, file = _found(code_id), request.files.get("photo")
    if file is None or not file.filename:
        return _page(row, {"photo": _("Choose a file first.")})
    try:
        special_codes.keep_photo(actor(), row, cast(BinaryIO, file.stream), file.filename)
    except Invalid as error:
        return _page(row, error.errors)
    return redirect(url_for("desk.special_code", code_id=row.id), 303)


@door.get("/special-codes/<uuid:code_id>/photo.jpg")
def code_photo(code_id: UUID) -> Response:
    """The face photo; the look is noted."""
    row = _found(code_id)
    photo = special_codes.photo_of(row)
    if photo is None or not photo.is_released:
        raise NotFound
    record_look(actor(), row, "special_codes.looked")
    return sealed(Response(streams.open_preview(photo, 1), mimetype="image/jpeg"))


@door.post("/special-codes/<uuid:code_id>/merge")
@once
def merge_special_code(code_id: UUID) -> ResponseReturnValue:
    """Put the national ID of the registry in the place of the code."""
    row = _found(code_id)
    numbers = {name: request.form.get(name, "")[:40] for name in ("national_id", "booklet")}
    try:
        special_codes.merge(actor(), row, **numbers)
    except Invalid as error:
        return _page(row, error.errors)
    return redirect(url_for("desk.special_code", code_id=row.id), 303)


def _found(code_id: UUID) -> SpecialCode:
    require(actor(), "special_codes.issue")
    return special_codes.find(code_id)


def _page(row: SpecialCode, errors: dict[str, Any] | None = None) -> ResponseReturnValue:
    photo = special_codes.photo_of(row)
    page = render_template(
        "desk/special_code.html",
        queues=side(actor()),
        queue=None,
        row=row,
        state=_state(row, photo is not None),
        photo=url_for("desk.code_photo", code_id=row.id) if photo and photo.is_released else None,
        waiting=photo is not None and not photo.is_released,
        may_merge=row.state == "issued" and actor().may("special_codes.merge"),
        form=request.form,
        errors=errors or {},
    )
    return page, 422 if errors else 200


def _list_page(errors: dict[str, Any] | None = None) -> ResponseReturnValue:
    require(actor(), "special_codes.issue")
    page = render_template(
        "desk/special_codes.html",
        queues=side(actor()),
        queue=None,
        rows=[_row(code) for code in queries.special_codes()],
        countries=reference.option_list("countries"),
        form=request.form,
        errors=errors or {},
    )
    return page, 422 if errors else 200


def _row(code: SpecialCode) -> dict[str, Any]:
    link = Markup('<a href="{}">{}</a>')
    return {
        "code": link.format(url_for("desk.special_code", code_id=code.id), ltr(code.code)),
        "name": code.name,
        "passport": ltr(f"{code.passport_country} {code.passport_no}"),
        "state": _state(code, True),
        "at": day(code.issued_at),
    }


def _state(code: SpecialCode, has_photo: bool) -> str:
    words = {
        "issued": _("In force") if has_photo else _("Waits for the photo"),
        "withdrawn": _("Withdrawn"),
        "merged": _("Merged into a national ID"),
    }
    return words[code.state]
