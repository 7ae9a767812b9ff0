"""Coming in: asking for a code or link, redeeming it, signing in with a password.

Whoever asks gets the same answer; what differs stands only in the mail, which none but the owner
of the address reads.
"""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from core import passwords
from core.accounts import codes, limits, queries
from core.accounts.models import Account
from core.actor import NOBODY, Actor
from core.audit.actions import record
from core.errors import Gone, Invalid, TooMany
from core.notifications.actions import notify
from tenants.database import db

ENTER = "enter"
WRONG_PASSWORD = _l(
    "E-mail address, national ID and password do not belong together. Type them again, or get a "
    "one-time code."
)
TOO_EARLY = _l("A minute has not passed since the last message. Wait a moment and try again.")
LinkOf = Callable[[str], str]


def ask_for_code(
    email: str, person_code: str, *, lang: str, client: str, link_of: LinkOf
) -> codes.Issued:
    """Mail a one-time code and a link; the same work and answer for known and unknown people.

    Raises TooMany when this address (3 an hour, 10 a day) or this client (20 an hour) asks too
    often. `link_of` turns the link's secret into its address.
    """
    limits.count("ask.client", client, limits.ASKS_PER_CLIENT)
    limits.count("ask.address", email, limits.CODES_PER_ADDRESS)
    return _mail_code(email, person_code, lang, link_of)


def ask_again(cookie: str | None, *, client: str, link_of: LinkOf) -> codes.Issued:
    """The same once more for the browser that asked, a minute after the last time at the earliest.

    Who asked has passed the security check already; the limits are those of asking. Raises Gone
    when this browser asked for nothing, TooMany before the minute is over (section 1.2).
    """
    asked = codes.asked(ENTER, cookie)
    if asked is None:
        raise Gone
    if wait := codes.wait(ENTER, cookie):
        raise TooMany(wait, TOO_EARLY)
    limits.count("ask.again", asked["email"], limits.CODES_A_MINUTE)
    limits.count("ask.client", client, limits.ASKS_PER_CLIENT)
    limits.count("ask.address", asked["email"], limits.CODES_PER_ADDRESS)
    return _mail_code(asked["email"], asked["code"], asked["lang"], link_of)


def _mail_code(email: str, person_code: str, lang: str, link_of: LinkOf) -> codes.Issued:
    person_code = queries.present_code(person_code)
    account, _ = queries.matching(email, person_code)
    allowed = queries.may_register(person_code)
    reason = _refusal(account, person_code, allowed)
    claim = {"email": email, "code": person_code, "lang": lang, "refused": reason}
    issued = codes.issue(ENTER, email, claim)
    lang = account.lang if account else lang
    if reason:
        values: dict[str, Any] = {"reason": reason, "address": email}
        notify(email, "sign_in_help", lang, values, expires=issued.expires)
    else:
        values = {"code": issued.grouped, "link": link_of(issued.link), "address": email}
        notify(email, "one_time_code", lang, values, expires=issued.expires)
    return issued


def enter_with_code(cookie: str | None, typed: str) -> Account:
    """The account of the code that this browser asked for; a new one for a new person.

    Raises Invalid when the code is wrong, Gone when it is over.
    """
    return _let_in(codes.redeem(ENTER, cookie, typed), "code")


def enter_with_link(link: str) -> Account:
    """The same with the link of the mail. Raises Gone."""
    return _let_in(codes.redeem_link(ENTER, link), "link")


def enter_with_password(email: str, person_code: str, password: str, *, client: str) -> Account:
    """The account that e-mail address, person code and password belong to.

    Counted before the password is compared; as much work for unknown people. Raises Invalid
    (always the same words) and TooMany.
    """
    limits.refuse_when_attacked()
    limits.count("password.client", client, limits.ASKS_PER_CLIENT)
    limits.count("password.person", f"{email} {person_code}", limits.PASSWORDS_PER_PERSON)
    person_code = queries.present_code(person_code)
    account, _ = queries.matching(email, person_code)
    known = account and account.person_code == person_code and account.state == "active"
    right = passwords.verify_password(
        account.password_hash if account and known else None, password
    )
    if not (known and right) or account is None or not _is_still(account):
        limits.note_failure()
        raise Invalid({"password": WRONG_PASSWORD})
    record(_as(account), "account.entered", account, by="password")
    return account


def _is_still(account: Account) -> bool:
    """Whether the password and the state that were read hold: from here on nobody changes them, and
    whoever does afterwards ends the session that is about to begin."""
    before = account.password_hash, account.state
    db.session.refresh(account, with_for_update=True)
    return before == (account.password_hash, account.state)


def _refusal(account: Account | None, person_code: str, allowed: bool) -> str | None:
    """Why this person can't come in with a code; told to the owner of the address alone."""
    if account and account.state == "suspended":
        return "suspended"
    if account and account.state == "active" and account.person_code != person_code:
        return "other_person"
    return None if allowed else "unknown_special_code"


def _let_in(claim: dict[str, Any], by: str) -> Account:
    if claim["refused"]:
        raise Gone
    account, holder = queries.matching(claim["email"], claim["code"])
    if account is not None:
        db.session.refresh(account, with_for_update=True)
    if _refusal(account, claim["code"], True):
        raise Gone
    if account is None:
        account = Account(email=claim["email"], person_code=claim["code"], lang=claim["lang"])
        db.session.add(account)
    elif account.state == "registering" and account.person_code != claim["code"]:
        account.person_code, account.steps_done = claim["code"], []
    db.session.flush()
    if account.state == "registering" and holder is not None:
        # Somebody registers with the national ID of a completed account: its owner is told where
        # to sign in, the other one learns nothing.
        values = {"reason": "elsewhere", "address": holder.email}
        notify(holder.email, "sign_in_help", holder.lang, values)
    record(_as(account), "account.entered", account, by=by)
    return account


def _as(account: Account) -> Actor:
    """The person as the one who acts, before there is a session."""
    return Actor(kind="applicant", id=account.id) if account.id else NOBODY
