"""Behind the link of an invitation: password, second factor, and in.

A GET only shows; the link is used when the second factor stands.
"""

from io import BytesIO

import segno
from flask import redirect, render_template, request, session
from werkzeug.wrappers import Response

from core.errors import Gone, Invalid
from core.staff import factors, joining, passkeys, queries
from core.staff.joining import Joined
from core.web.door import Door
from core.web.entry import browser, security

LINK = "/invitation/<token>"


def hang_on(door: Door) -> None:
    """Give the door the pages of an invitation."""
    door.add_url_rule(LINK, "invitation", invitation)
    door.add_url_rule(LINK, "choose_password", choose_password, methods=["POST"])
    door.add_url_rule(f"{LINK}/second-factor", "second_factor", second_factor)
    door.add_url_rule(f"{LINK}/second-factor", "set_up_app", set_up_app, methods=["POST"])
    door.add_url_rule(f"{LINK}/picture.svg", "picture", picture)
    door.add_url_rule(
        f"{LINK}/passkey/options", "new_passkey_options", new_passkey_options, methods=["POST"]
    )
    door.add_url_rule(f"{LINK}/passkey", "set_up_passkey", set_up_passkey, methods=["POST"])


def invitation(token: str) -> str:
    """Who is invited, and the password to choose or to show."""
    return _password_page(token)


def choose_password(token: str) -> str | Response | tuple[str, int]:
    """Take the password."""
    try:
        session["ticket"] = joining.prove(token, request.form.get("password", ""), browser.visit())
    except Invalid as error:
        return _password_page(token, error.errors), error.status
    return browser.back_to(".second_factor", token=token)


def _password_page(token: str, errors: dict | None = None) -> str:
    found = queries.open_invitation(token)
    return render_template(
        "staff_entry/invitation.html",
        person=queries.get(found.person_id),
        joining=found.purpose == "join",
        least=joining.LEAST,
        errors=errors or {},
    )


def second_factor(token: str) -> str | Response:
    """The picture for the app, and the button for a passkey."""
    try:
        return _factor_page(token)
    except Gone:
        queries.open_invitation(token)
        return browser.back_to(".invitation", token=token)


def _factor_page(token: str, errors: dict | None = None) -> str:
    return render_template(
        "staff_entry/second_factor.html",
        secret=joining.secret_of(token, browser.ticket()),
        token=token,
        errors=errors or {},
    )


def picture(token: str) -> Response:
    """The QR picture of the secret, only for the browser that holds the ticket."""
    secret = joining.secret_of(token, browser.ticket())
    address = factors.app_address(
        secret,
        issuer=f"{browser.place().name} · Mikhak",
        account=joining.person_of(token).email,
    )
    drawn = BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff")
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def set_up_app(token: str) -> Response | tuple[str, int]:
    """Take the first code of the app."""
    try:
        joined = joining.finish_with_app(
            token, browser.ticket(), request.form.get("code", ""), browser.visit()
        )
    except Invalid as error:
        return _factor_page(token, error.errors), error.status
    return _inside(redirect(_codes_page(), 303), joined)  # type: ignore[arg-type]


def new_passkey_options(token: str) -> Response:
    """Begin making a passkey."""
    joining.secret_of(token, browser.ticket())
    return browser.begin(passkeys.begin_adding(browser.place(), joining.person_of(token)))


def set_up_passkey(token: str) -> Response:
    """Finish making a passkey."""
    joined = joining.finish_with_passkey(
        token,
        browser.ticket(),
        browser.place(),
        browser.memory(),
        browser.credential(),
        browser.visit(),
    )
    return _inside(browser.next_page(_codes_page()), joined)


def _inside(response: Response, joined: Joined) -> Response:
    response = browser.let_in(response, joined.signed_in)
    security.keep_codes(joined.recovery_codes)
    return response


def _codes_page() -> str:
    return security.path_of("recovery_codes")
