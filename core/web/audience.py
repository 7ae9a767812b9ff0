"""Who may come in through a door. What one may do inside is asked by the actions."""

from typing import Any, cast

from flask import g, redirect, request, url_for

from core.actor import Actor
from core.errors import NotFound, SignedOut
from core.sessions import unsent
from core.web.cookies import read_session
from core.web.paths import page_above
from core.web.typed import typed

UNSENT = "/unsent"
BY_SCRIPT = ("X-Autosave", "X-Refresh", "X-Case")


def actor() -> Actor:
    """The person behind this request."""
    return cast(Actor, g.actor)


def anybody(_: Actor) -> None:
    """Everybody, signed in or not."""


def applicant(person: Actor) -> Any:
    """A registered applicant of this office; one who is still registering goes on with that."""
    if person.kind != "applicant":
        return _sign_in("registration.enter")
    if "registering" in person.roles:
        return redirect(url_for("registration.resume"), 303)
    return None


def registering(person: Actor) -> Any:
    """Somebody who has proven an e-mail address and fills the profile."""
    if person.kind != "applicant":
        return _sign_in("registration.enter")
    if "registering" not in person.roles:
        return redirect(url_for("account.overview"), 303)
    return None


def signed_in(person: Actor) -> Any:
    """Everybody of this office with a session: applicants, also new ones, and staff."""
    return None if person.is_authenticated else _sign_in("registration.enter")


def staff(person: Actor) -> Any:
    """Staff of this office, with second factor, who work at the desk."""
    return _staff_with(person, "desk.enter")


def office_admin(person: Actor) -> Any:
    """The office's admin: settings and people, never files."""
    return _staff_with(person, "office.enter")


def any_staff(person: Actor) -> Any:
    """Anybody employed here, whatever the role."""
    return None if person.kind == "staff" else _sign_in("staff_entry.sign_in")


def ministry_person(person: Actor) -> Any:
    """Somebody of the ministry, with second factor."""
    if person.kind == "ministry" and person.may("ministry.enter"):
        return None
    return _sign_in("ministry_entry.sign_in")


def _staff_with(person: Actor, permission: str) -> Any:
    if person.kind != "staff":
        return _sign_in("staff_entry.sign_in")
    if not person.may(permission):
        raise NotFound
    return None


def _sign_in(endpoint: str) -> Any:
    """To the sign-in page, and from there back: to this page, or to the form that was sent here.

    A form that cannot be kept leads to the page that it stood on. Raises SignedOut for our scripts.
    """
    if any(header in request.headers for header in BY_SCRIPT):
        raise SignedOut
    asked = request.method == "GET"
    target = request.full_path.rstrip("?") if asked else page_above(request.path)
    cookie = read_session()
    ended = "yes" if cookie else None
    if cookie and (form := typed()) and unsent.keep(cookie, form):
        target, ended = UNSENT, "kept"
    return redirect(url_for(endpoint, next=target, ended=ended), 303)
