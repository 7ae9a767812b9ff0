"""Views: moving the account to another e-mail address, proven on the old and on the new one."""

from typing import Any

from flask import current_app, redirect, render_template, request, url_for

from blueprints.account import door
from core import identifiers
from core.accounts import actions, codes, queries
from core.errors import Gone, Invalid
from core.identifiers import IdentifierError
from core.text import TextRefused
from core.web.audience import actor
from core.web.client import client
from core.web.questions import printable


@door.route("/email", methods=["GET", "POST"])
def email() -> Any:
    """The new address; codes go to both."""
    account = queries.get(actor().id)
    typed = request.form.get("email", "")[:300]
    if request.method == "GET":
        return _page(account.email, "", {})
    try:
        address = identifiers.email(typed)
    except (IdentifierError, TextRefused) as error:
        shown = printable(request.form).get("email", "")
        return _page(account.email, shown, {"email": error.message}), 422
    issued = actions.ask_for_email_change(actor(), address, client=client())
    response = redirect(url_for("account.confirm_email"), 303)
    response.set_cookie(
        _cookie_name(),
        issued.cookie,
        expires=issued.expires,
        httponly=True,
        samesite="Lax",
        secure=_cookie_name().startswith("__Host-"),
        path="/",
    )
    return response


@door.route("/email/confirm", methods=["GET", "POST"])
def confirm_email() -> Any:
    """The two codes."""
    cookie = request.cookies.get(_cookie_name())
    asked = codes.asked(actions.EMAIL_NEW, cookie)
    if asked is None or asked["account"] != str(actor().id):
        return redirect(url_for("account.email"), 303)
    account = queries.get(actor().id)
    errors: dict[str, Any] = {}
    if request.method == "POST":
        try:
            form = request.form
            actions.change_email(
                actor(), cookie, form.get("code_old", "")[:40], form.get("code_new", "")[:40]
            )
            return redirect(url_for("account.overview", saved="yes"), 303)
        except Invalid as error:
            errors = error.errors
        except Gone as error:
            errors = {"code_new": error.sentence}
    page = render_template(
        "account/confirm_email.html",
        old=account.email,
        new=asked["email"],
        typed=printable(request.form),
        errors=errors,
    )
    return (page, 422) if errors else page


def _page(present: str, typed: str, errors: dict[str, Any]) -> str:
    return render_template("account/email.html", present=present, typed=typed, errors=errors)


def _cookie_name() -> str:
    production = current_app.extensions["settings"].env == "production"
    return "__Host-moving" if production else "moving"
