"""The own sign-in, for who is inside: passkeys, recovery codes, sessions, being asked again."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from core.crypto import open_link, sign_link
from core.errors import Gone, Invalid
from core.sessions import queries as sessions
from core.staff import own, passkeys, queries, signing_in
from core.staff.queries import Person, tables
from core.web.audience import actor
from core.web.door import Door
from core.web.entry import browser
from core.web.entry.confirmed import confirmed

CODES = "codes"
SHOWN_WITHIN = 900
INSIDE = {"staff": "staff_security", "ministry": "ministry_security"}


def hang_on(door: Door) -> None:
    """Give the door the pages of one's own security."""
    door.add_url_rule("", "overview", overview)
    door.add_url_rule("/confirm", "confirm", confirm)
    door.add_url_rule("/confirm", "check_again", check_again, methods=["POST"])
    door.add_url_rule(
        "/confirm/passkey/options", "confirm_options", confirm_options, methods=["POST"]
    )
    door.add_url_rule("/confirm/passkey", "confirm_passkey", confirm_passkey, methods=["POST"])
    door.add_url_rule("/recovery-codes", "recovery_codes", recovery_codes)
    door.add_url_rule("/recovery-codes", "new_codes", new_codes, methods=["POST"])
    door.add_url_rule("/passkeys/options", "add_options", add_options, methods=["POST"])
    door.add_url_rule("/passkeys", "add_passkey", add_passkey, methods=["POST"])
    door.add_url_rule("/passkeys/<uuid:key_id>", "drop_passkey", drop_passkey, methods=["POST"])
    door.add_url_rule("/sessions/<uuid:session_id>", "end_session", end_session, methods=["POST"])


def path_of(page: str, **values: Any) -> str:
    """The address of a page here, from the door outside as well."""
    return url_for(f"{INSIDE[tables().kind]}.{page}", **values)


def me() -> Person:
    """The person who is signed in."""
    return queries.get(UUID(str(actor().id)))


def overview() -> str:
    """What one signs in with, and where one is signed in."""
    person = me()
    return render_template(
        "staff_entry/security.html",
        person=person,
        passkeys=queries.passkeys_of(person.id),
        codes_left=queries.recovery_codes_left(person.id),
        sessions=sessions.live_sessions(tables().kind, person.id),
    )


def confirm() -> str:
    """Ask for the second factor again before something that matters."""
    return _confirm_page({})


def _confirm_page(errors: dict) -> str:
    return render_template(
        "staff_entry/confirm.html",
        errors=errors,
        next=browser.wanted(""),
        has_passkeys=bool(queries.passkeys_of(me().id)),
    )


def check_again() -> str | Response | tuple[str, int]:
    """Take a code; a new session begins, the old one ends."""
    try:
        factor = signing_in.checked_code(me(), request.form.get("code", ""))
    except Invalid as error:
        return _confirm_page(error.errors), error.status
    inside = signing_in.start_session(me(), ("password", factor), browser.visit())
    target = browser.wanted(path_of("overview"))
    return browser.let_in(redirect(target, 303), inside)  # type: ignore[arg-type]


def confirm_options() -> Response:
    """Begin confirming with a passkey."""
    return browser.begin(passkeys.begin_using(browser.place()))


def confirm_passkey() -> Response:
    """Finish confirming with a passkey of the same person."""
    inside = signing_in.finish_with_passkey(
        browser.place(), browser.memory(), browser.credential(), browser.visit()
    )
    if inside.person.id != actor().id:
        raise Invalid(sentence=passkeys.REFUSED)
    target = browser.wanted(path_of("overview"))
    return browser.let_in(browser.next_page(target), inside)


def keep_codes(codes: list[str]) -> None:
    """Keep fresh recovery codes, sealed, until the next page has shown them."""
    session[CODES] = sign_link("staff.codes", codes, SHOWN_WITHIN)


def recovery_codes() -> str:
    """Show fresh recovery codes, this once."""
    codes: list[str] = []
    if kept := session.pop(CODES, None):
        try:
            codes = open_link("staff.codes", kept)
        except Gone:
            codes = []
    return render_template(
        "staff_entry/recovery_codes.html",
        codes=codes,
        left=queries.recovery_codes_left(me().id),
        next=browser.home(actor().may("desk.enter")),
    )


@confirmed
def new_codes() -> Response:
    """Make ten new codes; the old ones end."""
    keep_codes(own.renew_codes(actor(), me()))
    return browser.back_to(".recovery_codes")


@confirmed
def add_options() -> Response:
    """Begin adding a passkey."""
    return browser.begin(passkeys.begin_adding(browser.place(), me()))


@confirmed
def add_passkey() -> Response:
    """Finish adding a passkey."""
    own.add_passkey(actor(), me(), browser.place(), browser.memory(), browser.credential())
    return browser.next_page(path_of("overview"))


@confirmed
def drop_passkey(key_id: UUID) -> Response:
    """Take a passkey away."""
    own.drop_passkey(actor(), me(), key_id)
    return browser.back_to(".overview")


def end_session(session_id: UUID) -> Response:
    """End one of one's own sessions."""
    own.end_session(actor(), session_id)
    return browser.back_to(".overview")
