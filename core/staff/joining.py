"""From the link in the mail to the first session: password, second factor, recovery codes.

The link stays good until the second factor is set up, so that a closed browser loses nothing;
then it is used for good.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from core.audit import actions as audit
from core.clock import now
from core.crypto import open_link, sign_link
from core.errors import Conflict, Gone, Invalid
from core.passwords import check_strength, hash_password, verify_password
from core.sessions import actions as sessions
from core.staff import attempts, factors, passkeys, queries, signing_in
from core.staff.queries import Invitation, Person, tables
from core.staff.signing_in import SignedIn, Visit
from tenants.database import db
from tenants.scope import current_scope

LEAST = 15
HALF_AN_HOUR = 1800
PASSWORD_NOT_RIGHT = _l("This is not your present password.")
CODE_NOT_RIGHT = _l("This code does not fit. Check the clock of your phone and type the new code.")


@dataclass(frozen=True)
class Joined:
    """Inside: the session, and the recovery codes that are shown once."""

    signed_in: SignedIn
    recovery_codes: list[str]


def prove(token: str, password: str, visit: Visit) -> str:
    """The first page behind a link: choose a password (to join) or show it (new second factor).

    Returns a sealed ticket for the second page, which also holds the secret for the app.
    Raises Invalid, TooMany, Gone.
    """
    invitation = queries.open_invitation(token)
    person = queries.get(invitation.person_id)
    if invitation.purpose == "join":
        _choose_password(person, password)
    else:
        attempts.count(second=str(person.id), client=visit.client)
        if not verify_password(person.password_hash, password):
            raise Invalid({"password": PASSWORD_NOT_RIGHT})
    return sign_link("staff.joining", [str(invitation.id), factors.new_secret()], HALF_AN_HOUR)


def secret_of(token: str, ticket: str) -> str:
    """The secret to show on the second page; raises Gone when ticket and link don't belong."""
    invitation_id, secret = open_link("staff.joining", ticket)
    if str(queries.open_invitation(token).id) != invitation_id:
        raise Gone
    return str(secret)


def person_of(token: str) -> Person:
    """Who is invited by this link; raises Gone."""
    return queries.get(queries.open_invitation(token).person_id)


def finish_with_app(token: str, ticket: str, code: str, visit: Visit) -> Joined:
    """The app's first code fits: in. Raises Invalid, Gone."""
    secret = secret_of(token, ticket)
    step = factors.step_of(secret, code)
    if step is None:
        raise Invalid({"code": CODE_NOT_RIGHT})
    person = person_of(token)
    factors.keep_secret(person, secret, step)
    return _finish(queries.open_invitation(token), person, "totp", visit)


def finish_with_passkey(
    token: str, ticket: str, place: passkeys.Place, memory: str, credential: Any, visit: Visit
) -> Joined:
    """A passkey instead of an app. Raises Invalid, Gone."""
    secret_of(token, ticket)
    person = person_of(token)
    passkeys.finish_adding(place, person, memory, credential)
    return _finish(queries.open_invitation(token), person, "passkey", visit)


def _choose_password(person: Person, password: str) -> None:
    fault = check_strength(password, LEAST, words_about(person))
    if fault is not None:
        raise Invalid({"password": fault})
    person.password_hash = hash_password(password)


def words_about(person: Person) -> list[str]:
    """What everybody knows of the person and the place, so that no password is made of it."""
    office = current_scope().office
    place = [*office.city.values(), *office.name.values()] if office else []
    return [person.email, person.name_fa, person.name_en, *place]


def _finish(invitation: Invitation, person: Person, factor: str, visit: Visit) -> Joined:
    model = tables().invitation
    used = db.session.execute(
        update(model)
        .where(model.id == invitation.id, model.used_at.is_(None))
        .values(used_at=now())
        .returning(model.id)
    ).first()
    if used is None:
        raise Conflict
    person.state = "active"
    sessions.end_all(tables().kind, person.id)
    codes = factors.new_recovery_codes(person.id)
    act = "staff.joined" if invitation.purpose == "join" else "staff.second_factor_set"
    audit.record(signing_in.as_actor(person), act, person, factor=factor)
    return Joined(signing_in.start_session(person, ("password", factor), visit), codes)
