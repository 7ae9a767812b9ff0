"""Special codes for people without a national ID: a clerk issues one after seeing a passport."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.desk.door import door
from blueprints.desk.queue_views import side
from core.accounts import actions, queries
from core.accounts.models import SpecialCode
from core.actor import require
from core.catalogue import reference
from core.errors import Conflict, Invalid
from core.web.audience import actor
from core.web.once import once
from core.web.templating import day, ltr


@door.get("/special-codes")
def special_codes() -> ResponseReturnValue:
    """The codes of this office, and the form for a new one."""
    return _page()


@door.post("/special-codes")
@once
def issue_special_code() -> ResponseReturnValue:
    """Issue a code; it stands at the top of the list afterwards."""
    try:
        actions.issue_special_code(
            actor(),
            name=request.form.get("name", ""),
            passport_no=request.form.get("passport_no", ""),
            passport_country=request.form.get("passport_country", ""),
        )
    except Invalid as error:
        return _page(error.errors)
    except Conflict as error:
        return _page({"passport_no": error.sentence})
    return redirect(url_for("desk.special_codes"), 303)


def _page(errors: dict[str, Any] | None = None) -> ResponseReturnValue:
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
    return {
        "code": ltr(code.code),
        "name": code.name,
        "passport": ltr(f"{code.passport_country} {code.passport_no}"),
        "at": day(code.issued_at),
    }
