"""Signing in: password, then second factor; or a passkey, which is both.

No step says whether the address is known: unknown, invited and suspended people get the same
answer after the same work.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l

from core.actor import NOBODY, Actor
from core.audit import actions as audit
from core.clock import now
from core.crypto import digest, open_link, sign_link
from core.errors import Gone, Invalid
from core.passwords import verify_password
from core.sessions import actions as sessions
from core.staff import attempts, factors, passkeys, policies, queries
from core.staff.queries import Person, tables
from tenants.database import db
from tenants.scope import again, current_scope

SECOND_STEP_SECONDS = 600
CONFIRMED_SECONDS = 900
CONFIRMED = "confirmed:"
NOT_RIGHT = _l("The e-mail address or the password is not right.")
CODE_NOT_RIGHT = _l("This code is not right or was used already. Wait for the next one.")


@dataclass(frozen=True)
class Visit:
    """What we know of the browser: its address for counting, its name for the list of sessions."""

    client: str
    browser: str = ""
    replaces: UUID | None = None


@dataclass(frozen=True)
class SignedIn:
    """A new session: the cookie's value and its end."""

    person: Person
    cookie: str
    expires: datetime


def check_password(email: str, password: str, visit: Visit) -> str:
    """The first step. Returns a sealed ticket for the second; raises Invalid or TooMany."""
    address = email.strip().lower()
    attempts.count(address=address, client=visit.client, place="all")
    person = queries.by_email(address) if address.isprintable() else None
    known = person if policies.may_sign_in(person) else None
    if not verify_password(known.password_hash if known else None, password) or known is None:
        _note_failure(person, "password")
        raise Invalid({"email": NOT_RIGHT})
    return sign_link("staff.second_step", _ticket(known), SECOND_STEP_SECONDS)


def at_second_step(ticket: str) -> Person:
    """The person behind a ticket; raises Gone when it is old or the password changed since."""
    person_id, password_mark = open_link("staff.second_step", ticket)
    person = db.session.get(tables().person, UUID(person_id))
    if person is None or not policies.may_sign_in(person):
        raise Gone
    if _ticket(person)[1] != password_mark:
        raise Gone
    return person


def finish_with_code(ticket: str, code: str, visit: Visit) -> SignedIn:
    """The second step: a code of the app or a recovery code. Raises Invalid, TooMany, Gone."""
    person = at_second_step(ticket)
    factor = checked_code(person, code)
    _lock(person)
    at_second_step(ticket)
    attempts.forgive(address=person.email, second=str(person.id))
    return start_session(person, ("password", factor), visit)


def checked_code(person: Person, code: str) -> str:
    """The factor that the code is; counted first. Raises Invalid or TooMany."""
    attempts.count(second=str(person.id))
    factor = factors.use_code(person, code)
    if factor is None:
        _note_failure(person, "code")
        raise Invalid({"code": CODE_NOT_RIGHT})
    return factor


def finish_with_passkey(
    place: passkeys.Place, memory: str, credential: object, visit: Visit
) -> SignedIn:
    """A passkey with user verification is both steps at once."""
    attempts.count(client=visit.client, place="all")
    person = passkeys.finish_using(place, memory, credential)
    if not policies.may_sign_in(person):
        _note_failure(person, "passkey")
        raise Invalid(sentence=passkeys.REFUSED)
    _lock(person)
    return start_session(person, ("passkey",), visit)


def _lock(person: Person) -> None:
    """Read the person again and keep them until the commit. Raises Gone.

    Whoever suspends them or changes their roles comes before, and is heard here, or after, and ends
    the session that is about to begin.
    """
    db.session.refresh(person, with_for_update=True)
    if not policies.may_sign_in(person):
        raise Gone


def start_session(person: Person, used: Iterable[str], visit: Visit) -> SignedIn:
    """A new session with a new id, ending the one it steps up from."""
    person.last_sign_in_at = now()
    factor_names = [*used, f"{CONFIRMED}{int(now().timestamp())}"]
    cookie, expires = sessions.start(
        tables().kind,
        person.id,
        names=person.name,
        roles=person.roles,
        factors=factor_names,
        lang=person.lang,
        browser=visit.browser,
        replaces=visit.replaces,
    )
    audit.record(as_actor(person), "staff.signed_in", person, factors=sorted(used))
    return SignedIn(person, cookie, expires)


def confirmed_lately(actor: Actor) -> bool:
    """Whether a second factor was shown in the last minutes; else the person is asked again."""
    moments = [f.removeprefix(CONFIRMED) for f in actor.factors if f.startswith(CONFIRMED)]
    return any(now().timestamp() - int(moment) < CONFIRMED_SECONDS for moment in moments)


def as_actor(person: Person) -> Actor:
    """The person as an actor, for what is done before the session exists."""
    office = current_scope().office
    return Actor(
        kind=tables().kind,
        id=person.id,
        name=person.name[person.lang],
        roles=frozenset(person.roles),
        office=office.slug if office else None,
        lang=person.lang,
    )


def _note_failure(person: Person | None, step: str) -> None:
    """In the trail although the request rolls back: the same work for unknown addresses."""
    with again(current_scope()):
        audit.record(NOBODY, "staff.sign_in_failed", person, step=step)


def _ticket(person: Person) -> list[str]:
    mark = digest("staff.password_mark", person.password_hash or "").hex()
    return [str(person.id), mark]
