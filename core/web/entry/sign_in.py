"""Sign in (password, then second factor; or a passkey) and out."""

from flask import redirect, render_template, request, session
from werkzeug.wrappers import Response

from core.errors import Gone, Invalid
from core.sessions import actions as sessions
from core.staff import passkeys, signing_in
from core.staff.queries import Person
from core.staff.roles import permissions_of
from core.staff.signing_in import SignedIn
from core.web.audience import actor
from core.web.cookies import clear_session
from core.web.door import Door
from core.web.entry import browser


def hang_on(door: Door) -> None:
    """Give the door its sign-in pages."""
    door.add_url_rule("/sign-in", "sign_in", sign_in)
    door.add_url_rule("/sign-in", "check_password", check_password, methods=["POST"])
    door.add_url_rule("/sign-in/code", "second_step", second_step)
    door.add_url_rule("/sign-in/code", "check_code", check_code, methods=["POST"])
    door.add_url_rule(
        "/sign-in/passkey/options", "passkey_options", passkey_options, methods=["POST"]
    )
    door.add_url_rule("/sign-in/passkey", "check_passkey", check_passkey, methods=["POST"])
    door.add_url_rule("/leave", "leave", leave, methods=["POST"])


def sign_in() -> str | Response:
    """The first page; who is inside goes on to work."""
    if browser.own_session() is not None:
        return redirect(browser.wanted(_home_of(actor().roles)), 303)  # type: ignore[return-value]
    return _page()


def check_password() -> str | Response | tuple[str, int]:
    """Take e-mail and password."""
    try:
        session["ticket"] = signing_in.check_password(
            request.form.get("email", ""), request.form.get("password", ""), browser.visit()
        )
    except Invalid as error:
        return _page(error.errors), error.status
    session["next"] = browser.wanted("")
    return browser.back_to(".second_step")


def _page(errors: dict | None = None) -> str:
    return render_template(
        "staff_entry/sign_in.html",
        errors=errors or {},
        email=request.form.get("email", ""),
        next=browser.wanted(""),
    )


def second_step() -> str | Response:
    """The second page; without a fresh first step back to the beginning."""
    try:
        signing_in.at_second_step(browser.ticket())
    except Gone:
        return browser.back_to(".sign_in")
    return render_template("staff_entry/second_step.html", errors={})


def check_code() -> str | Response | tuple[str, int]:
    """Take a code of the app, or a recovery code."""
    try:
        inside = signing_in.finish_with_code(
            browser.ticket(), request.form.get("code", ""), browser.visit()
        )
    except Invalid as error:
        return render_template("staff_entry/second_step.html", errors=error.errors), error.status
    except Gone:
        return browser.back_to(".sign_in")
    return browser.let_in(redirect(_way_on(inside), 303), inside)  # type: ignore[arg-type]


def passkey_options() -> Response:
    """Begin signing in with a passkey."""
    return browser.begin(passkeys.begin_using(browser.place()))


def check_passkey() -> Response:
    """Finish signing in with a passkey."""
    inside = signing_in.finish_with_passkey(
        browser.place(), browser.memory(), browser.credential(), browser.visit()
    )
    return browser.let_in(browser.next_page(_way_on(inside)), inside)


def leave() -> Response:
    """Sign out."""
    if (own := browser.own_session()) is not None:
        sessions.end(own)
    session.clear()
    return clear_session(browser.back_to(".sign_in"))


def _way_on(inside: SignedIn) -> str:
    wish = browser.local_path(session.get("next"), "") or browser.wanted("")
    return wish or _home_of(frozenset(inside.person.roles))


def _home_of(roles: frozenset[str]) -> str:
    return browser.home("desk.enter" in permissions_of(roles))


def home_of(person: Person) -> str:
    """Where this person's work begins."""
    return _home_of(frozenset(person.roles))
