"""Views: signing in with a password, and the reset link of somebody who forgot it."""

from typing import Any

from flask import redirect, render_template, request, url_for

from blueprints.registration import door, forms
from blueprints.registration.arrival import signed_in
from core.accounts import actions, entering, security_check
from core.errors import Gone, Invalid
from core.web.client import client
from core.web.language import chosen_language
from core.web.links import public_url


@door.route("/enter/password", methods=["GET", "POST"])
def password() -> Any:
    """E-mail, national ID and the person's own password."""
    if request.method == "GET":
        return _page("password", forms.empty())
    read = forms.read_person(request.form, with_password=True)
    if read.errors:
        return _page("password", read), 422
    try:
        account = entering.enter_with_password(
            read.email,
            read.person_code,
            request.form.get("password", ""),
            client=client(),
        )
    except Invalid as error:
        read.errors.update(error.errors)
        return _page("password", read), 422
    response = redirect(forms.target() or url_for("account.overview"), 303)
    return signed_in(response, account, "password")


@door.route("/enter/forgotten", methods=["GET", "POST"])
def forgotten() -> Any:
    """Ask for a reset link; the same answer whether there is such an account or not."""
    if request.method == "GET":
        return _page("forgotten", forms.empty())
    read = forms.read_person(request.form)
    if read.errors:
        return _page("forgotten", read), 422
    actions.ask_for_reset(
        read.email,
        read.person_code,
        lang=chosen_language(),
        client=client(),
        link_of=lambda link: public_url("registration.reset", link=link),
    )
    return redirect(url_for("registration.reset_sent"), 303)


@door.get("/enter/forgotten/sent")
def reset_sent() -> Any:
    """Look into your mail."""
    return render_template("registration/reset_sent.html")


@door.route("/enter/reset/<link>", methods=["GET", "POST"])
def reset(link: str) -> Any:
    """The page behind a reset link: type a new password twice."""
    if not actions.reset_is_open(link):
        raise Gone
    if request.method == "GET":
        return render_template("registration/reset.html", errors={})
    new, again = request.form.get("password", ""), request.form.get("again", "")
    try:
        actions.reset_password(link, new, again)
    except Invalid as error:
        return render_template("registration/reset.html", errors=error.errors), 422
    return redirect(url_for("registration.password", changed="yes"), 303)


def _page(name: str, read: forms.PersonForm) -> str:
    return render_template(
        f"registration/{name}.html",
        form=read,
        picture=security_check.new_picture(),
        target=forms.target(),
        changed=request.args.get("changed") == "yes",
    )
