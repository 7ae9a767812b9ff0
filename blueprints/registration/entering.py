"""Views: asking for a code, typing it, the link of the mail, the security check, going out."""

from datetime import datetime
from typing import Any

from flask import current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.registration import door, forms
from blueprints.registration.arrival import signed_in
from core.accounts import codes, entering, security_check
from core.accounts.models import Account
from core.errors import Gone, Invalid, TooMany
from core.sessions import actions as sessions
from core.web.audience import UNSENT, actor
from core.web.client import client
from core.web.cookies import clear_session
from core.web.language import chosen_language
from core.web.links import public_url


@door.route("/enter", methods=["GET", "POST"])
def enter() -> Any:
    """E-mail, national ID, security check → a code by mail. One page to sign in and register."""
    if request.method == "GET":
        return _already_in() or _enter_page(forms.empty())
    read = forms.read_person(request.form)
    if read.errors:
        return _enter_page(read), 422
    issued = entering.ask_for_code(
        read.email,
        read.person_code,
        lang=chosen_language(),
        client=client(),
        link_of=_link_of,
    )
    response = redirect(url_for("registration.code", next=forms.target()), 303)
    return remember_asking(response, issued.cookie, issued.expires)


@door.route("/enter/code", methods=["GET", "POST"])
def code() -> Any:
    """The page where the code is typed; the same for everybody who asked."""
    asked = codes.asked(entering.ENTER, asked_cookie())
    if asked is None:
        return redirect(url_for("registration.enter"), 303)
    if request.method == "GET":
        return _code_page(asked)
    typed = request.form.get("code", "")[:40]
    try:
        account = entering.enter_with_code(asked_cookie(), typed)
    except Invalid as error:
        return _code_page(asked, typed, error.errors), 422
    except Gone as error:
        return _code_page(asked, "", {"code": error.sentence}, over=True), 410
    return _inside(account, "code")


@door.post("/enter/code/again")
def code_again() -> Any:
    """Another message to the same address; refused words stand on the page of the code."""
    asked = codes.asked(entering.ENTER, asked_cookie())
    if asked is None:
        return redirect(url_for("registration.enter"), 303)
    try:
        issued = entering.ask_again(asked_cookie(), client=client(), link_of=_link_of)
    except TooMany as error:
        page = make_response(_code_page(asked, errors={"again": error.sentence}), 429)
        page.headers["Retry-After"] = str(error.retry_after)
        return page
    response = redirect(url_for("registration.code", again="yes", next=forms.target()), 303)
    return remember_asking(response, issued.cookie, issued.expires)


@door.route("/enter/link/<link>", methods=["GET", "POST"])
def link(link: str) -> Any:
    """The link of the mail: a page with a button. Only the button signs in."""
    asked = codes.claim_of_link(entering.ENTER, link)
    if request.method == "GET":
        return render_template("registration/link.html", asked=asked)
    return _inside(entering.enter_with_link(link), "link")


@door.get("/enter/challenge.json")
def challenge() -> Any:
    """Work for a browser with JavaScript."""
    return security_check.new_work()


@door.get("/enter/picture/<picture>.png")
def picture(picture: str) -> Response:
    """The picture for browsers without."""
    return Response(security_check.png(picture), mimetype="image/png")


@door.get("/enter/picture/<picture>.wav")
def sound(picture: str) -> Response:
    """Its figures, read aloud."""
    return Response(security_check.wav(picture), mimetype="audio/wav")


@door.post("/enter/leave")
def leave() -> Response:
    """Sign out."""
    person = actor()
    if person.session_id is not None:
        sessions.end(person.session_id)
    return clear_session(redirect("/", 303))


@door.get("/register")
def resume() -> Response:
    """Where registration goes on: the first open step, the account, or the first page."""
    if actor().kind != "applicant":
        return redirect(url_for("registration.enter"), 303)
    if "registering" not in actor().roles:
        return redirect(url_for("account.overview"), 303)
    return redirect(url_for("wizard.next_step"), 303)


def remember_asking(response: Response, cookie: str, expires: datetime) -> Response:
    """Bind the code to this browser."""
    response.set_cookie(
        _cookie_name(),
        cookie,
        expires=expires,
        httponly=True,
        samesite="Lax",
        secure=_cookie_name().startswith("__Host-"),
        path="/",
    )
    return response


def asked_cookie() -> str | None:
    """What binds this browser to the code that it asked for."""
    return request.cookies.get(_cookie_name())


def _link_of(link: str) -> str:
    return public_url("registration.link", link=link)


def _cookie_name() -> str:
    production = current_app.extensions["settings"].env == "production"
    return "__Host-asked" if production else "asked"


def _already_in() -> Response | None:
    return resume() if actor().kind == "applicant" else None


def _enter_page(read: forms.PersonForm) -> str:
    return render_template(
        "registration/enter.html",
        form=read,
        picture=security_check.new_picture(),
        target=forms.target(),
    )


def _code_page(
    asked: dict[str, Any],
    typed: str = "",
    errors: dict[str, Any] | None = None,
    *,
    over: bool = False,
) -> str:
    return render_template(
        "registration/code.html",
        address=asked["email"],
        typed=typed,
        errors=errors or {},
        over=over,
        wait=codes.wait(entering.ENTER, asked_cookie()),
        target=forms.target(),
    )


def _inside(account: Account, factor: str) -> Response:
    """A new session, and on to where the person wanted to go."""
    target = forms.target()
    if target is None or (account.state == "registering" and target != UNSENT):
        target = url_for("registration.resume")
    response = make_response(redirect(target, 303))
    response.delete_cookie(_cookie_name(), path="/", httponly=True, samesite="Lax",
                           secure=_cookie_name().startswith("__Host-"))  # fmt: skip
    return signed_in(response, account, factor)
