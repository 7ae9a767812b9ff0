"""Employed people for tests: invited and joining by mail, through the pages, or inside at once."""

import itertools
import re
from dataclasses import dataclass

import pyotp
from flask import Flask

from core import passwords
from core.actor import SYSTEM
from core.clock import now
from core.staff import actions, factors, queries
from tenants.database import db
from tenants.scope import ministry, office
from tests.conftest import Mailbox
from tests.critic import Page, Visitor
from tests.world import staff_cookie

PASSWORD = "quiet green window over water 4"
NAMES = {"name_fa": "لیلا احمدی", "name_en": "Leila Ahmadi"}
_serial = itertools.count(1)


def address() -> str:
    """A work address that no test has used before."""
    return f"staff{next(_serial)}@work.example"


def scope(site: str):
    """The unit of work of an office or of the ministry."""
    return ministry() if site == "ministry" else office(site)


def invite(app: Flask, site: str, email: str, *roles: str, lang: str = "en") -> None:
    """Put somebody on the list, as the command does."""
    with app.app_context(), scope(site):
        actions.invite(
            SYSTEM,
            email=email,
            **NAMES,
            roles=roles,
            lang=lang,
        )


def link_for(mailbox: Mailbox, email: str) -> str:
    """The path of the link in the newest mail."""
    text = mailbox.text(mailbox.newest(email))
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found, text
    return found[1]


@dataclass
class Joined:
    """Somebody who is inside: the browser, the app's secret, the recovery codes."""

    visitor: Visitor
    email: str
    secret: str
    codes: list[str]

    def code(self, steps: int = 0) -> str:
        """What the app shows now (or some steps of 30 seconds later)."""
        return pyotp.TOTP(self.secret).at(now(), counter_offset=steps)


def join(visitor: Visitor, mailbox: Mailbox, email: str) -> Joined:
    """Walk from the mail to the first page inside."""
    visitor.get(link_for(mailbox, email))
    page = visitor.submit({"password": PASSWORD}, form="password")
    assert page.status == 200, page.text
    secret = key_on(page)
    page = visitor.submit({"code": pyotp.TOTP(secret).at(now())}, form="code")
    assert page.status == 200, page.text
    return Joined(visitor, email, secret, codes_on(page))


def key_on(page: Page) -> str:
    """The key for the app as the page shows it."""
    found = re.search(r'data-copy="([A-Z2-7]{32})"', page.html)
    assert found, page.text
    return found[1]


def codes_on(page: Page) -> list[str]:
    """The recovery codes as the page shows them."""
    return re.findall(r"[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}", page.text)


def newly_joined(app: Flask, visitor, mailbox: Mailbox, site: str, *roles: str) -> Joined:
    """A new colleague, invited, who has come in by the mail."""
    email = address()
    invite(app, site, email, *roles)
    return join(visitor(site, lang="en"), mailbox, email)


def inside(app: Flask, visitor, site: str, *roles: str) -> Joined:
    """A new colleague with both factors who has just signed in; the way there: `newly_joined`."""
    email, secret, browser = address(), factors.new_secret(), visitor(site, lang="en")
    with app.app_context(), scope(site):
        person = queries.tables().person(email=email, roles=sorted(roles), lang="en", **NAMES)
        person.state, person.password_hash = "active", passwords.hash_password(PASSWORD)
        factors.keep_secret(person, secret, 0)
        db.session.add(person)
        db.session.flush()
        codes = factors.new_recovery_codes(person.id)
        cookie = staff_cookie(person)
    browser.client.set_cookie("mikhak", cookie, domain=browser.host)
    return Joined(browser, email, secret, codes)


def first_step(visitor: Visitor, email: str, password: str = PASSWORD) -> Page:
    """Type e-mail and password."""
    path = "/sign-in" if visitor.host.startswith("ministry.") else "/desk/sign-in"
    visitor.get(path)
    return visitor.submit({"email": email, "password": password}, form="password")


def person_id(app: Flask, site: str, email: str):
    """The opaque id of a colleague."""
    with app.app_context(), scope(site):
        found = queries.by_email(email)
        assert found is not None
        return found.id
