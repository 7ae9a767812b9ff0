"""What is done to employed people: invite, give roles, suspend, begin anew.

Each works on the office's staff or the ministry's people, whichever scope is in force. Whatever
changes rights ends the person's sessions, so it is true at the next request.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update

from core import identifiers, scripts
from core.actor import SYSTEM, Actor
from core.audit import actions as audit
from core.clock import now
from core.crypto import digest, token
from core.errors import Conflict, Forbidden, Invalid
from core.notifications.actions import notify
from core.sessions import actions as sessions
from core.staff import factors, policies, queries
from core.staff.queries import Person, tables
from core.text import TextRefused, clean
from core.web.links import public_url
from tenants.database import db

INVITED_FOR = timedelta(days=7)
# In the trail; production refuses to serve where it finds this act.
DEMO_PERSON = "staff.demo_person"
LONGEST_NAME = 120

EMAIL_NEEDED = _l("Write one e-mail address, such as name@example.org.")
EMAIL_TAKEN = _l("Somebody with this e-mail address is already on the list.")
NAME_NEEDED = _l("Write the name as colleagues know it, at most 120 characters.")
ROLE_NEEDED = _l("Choose at least one role.")
NOT_YOURSELF = _l("You cannot change your own roles or access. Ask another admin.")
NOT_IN_THIS_STATE = _l("This is not possible for this person now. Look at the page again.")


def invite(
    actor: Actor, *, email: str, name_fa: str, name_en: str, roles: Iterable[str], lang: str = "fa"
) -> Person:
    """Put somebody on the list and send the link to join.

    Raises Forbidden, and Invalid with the fields that need attention.
    """
    _require_manager(actor)
    person = _new_person(actor, email, name_fa, name_en, roles, lang)
    audit.record(actor, "staff.invited", person, roles=person.roles)
    _send_invitation(person, "join")
    return person


def invite_again(actor: Actor, person: Person) -> None:
    """Begin anew with a fresh link: password, factors and sessions end, earlier links too.

    For a link that ran out, and for somebody who forgot the password.
    """
    _require_for(actor, person)
    if person.state == "suspended":
        raise Conflict(NOT_IN_THIS_STATE)
    _forget_factors(person)
    person.password_hash = None
    person.state = "invited"
    audit.record(actor, "staff.invited_again", person)
    _send_invitation(person, "join")


def reset_second_factor(actor: Actor, person: Person) -> None:
    """The phone is lost: factors, recovery codes and sessions end; a link sets up new ones.

    The link works only together with the person's password.
    """
    _require_for(actor, person)
    if person.state != "active" or person.password_hash is None:
        raise Conflict(NOT_IN_THIS_STATE)
    _forget_factors(person)
    audit.record(actor, "staff.second_factor_reset", person)
    _send_invitation(person, "second_factor")


def change_roles(actor: Actor, person: Person, roles: Iterable[str]) -> None:
    """Give exactly these roles; the person signs in anew. Raises Forbidden, Invalid."""
    _require_for(actor, person)
    chosen = sorted(set(roles))
    if fault := _roles_fault(chosen):
        raise Invalid({"roles": fault})
    if chosen == sorted(person.roles):
        return
    audit.record(actor, "staff.roles_changed", person, before=sorted(person.roles), after=chosen)
    person.roles = chosen
    _end_sessions(person)


def suspend(actor: Actor, person: Person) -> None:
    """Take the access away for the time being; takes hold at the person's next request."""
    _require_for(actor, person)
    if person.state == "suspended":
        raise Conflict(NOT_IN_THIS_STATE)
    person.state = "suspended"
    _end_sessions(person)
    audit.record(actor, "staff.suspended", person)


def resume(actor: Actor, person: Person) -> None:
    """Give the access back; who had not joined yet needs the link that was sent, or a new one."""
    _require_for(actor, person)
    if person.state != "suspended":
        raise Conflict(NOT_IN_THIS_STATE)
    joined = person.password_hash is not None and _has_second_factor(person)
    person.state = "active" if joined else "invited"
    audit.record(actor, "staff.resumed", person)


def create_active_staff(
    *,
    env: str,
    email: str,
    name_fa: str,
    name_en: str,
    roles: Iterable[str],
    password_hash: str,
    totp_secret: str,
    lang: str = "fa",
) -> Person:
    """A demo person with a known password and second factor; never in production."""
    if env == "production":
        raise Forbidden
    person = queries.by_email(email) or _new_person(SYSTEM, email, name_fa, name_en, roles, lang)
    person.password_hash = password_hash
    factors.keep_secret(person, totp_secret, 0)
    person.state = "active"
    audit.record(SYSTEM, DEMO_PERSON, person)
    db.session.flush()
    return person


def _new_person(
    actor: Actor, email: str, name_fa: str, name_en: str, roles: Iterable[str], lang: str
) -> Person:
    chosen = sorted(set(roles))
    values: dict[str, str] = {}
    errors: dict[str, object] = {}
    for key, read in {
        "email": partial(_address, email),
        "name_fa": partial(_name, "name_fa", name_fa, "persian"),
        "name_en": partial(_name, "name_en", name_en, "latin"),
    }.items():
        try:
            values[key] = read()
        except Invalid as error:
            errors |= error.errors
    if fault := _roles_fault(chosen):
        errors["roles"] = fault
    if errors:
        raise Invalid(errors)
    chosen_lang = lang if lang in ("fa", "en") else "fa"
    person = tables().person(roles=chosen, lang=chosen_lang, **values)
    db.session.add(person)
    db.session.flush()
    return person


def _address(text: str) -> str:
    """A work address that nobody on the list has. Raises Invalid.

    One that is nearly a provider's is a slip: its link would let a stranger in.
    """
    try:
        address = identifiers.email(text)
    except (identifiers.IdentifierError, TextRefused) as error:
        raise Invalid({"email": error.message if text.strip() else EMAIL_NEEDED}) from error
    if meant := identifiers.email_hint(address):
        raise Invalid({"email": _l("This looks like a slip of %(meant)s.", meant=meant)})
    if queries.by_email(address) is not None:
        raise Invalid({"email": EMAIL_TAKEN})
    return address


def _name(key: str, text: str, script: str) -> str:
    """A name in that script. Raises Invalid under the key."""
    try:
        name = clean(text)
    except TextRefused as error:
        raise Invalid({key: error.message}) from error
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid({key: NAME_NEEDED})
    if fault := scripts.fault(script, name):
        raise Invalid({key: fault})
    return name


def _roles_fault(roles: list[str]) -> object | None:
    possible = {role.code for role in queries.roles_here()}
    return None if roles and possible.issuperset(roles) else ROLE_NEEDED


def _send_invitation(person: Person, purpose: str) -> None:
    """A fresh link by mail; earlier ones of this person end."""
    model, secret = tables().invitation, token()
    db.session.execute(
        update(model)
        .where(model.person_id == person.id, model.used_at.is_(None))
        .values(used_at=now())
    )
    expires = now() + INVITED_FOR
    db.session.add(
        model(
            person_id=person.id,
            token_hash=digest("staff.invitation", secret),
            purpose=purpose,
            expires_at=expires,
        )
    )
    db.session.flush()
    kind = tables().kind
    message = "second_factor_reset" if purpose == "second_factor" else f"{kind}_invitation"
    link = public_url(f"{kind}_entry.invitation", token=secret)
    values = {"name": person.name[person.lang], "link": link, "days": INVITED_FOR.days}
    notify(person.email, message, person.lang, values, expires=expires)


def _forget_factors(person: Person) -> None:
    person.totp_secret, person.totp_step = None, None
    for model in (tables().passkey, tables().recovery_code):
        db.session.execute(delete(model).where(model.person_id == person.id))
    _end_sessions(person)


def _has_second_factor(person: Person) -> bool:
    return person.totp_secret is not None or bool(queries.passkeys_of(person.id))


def _end_sessions(person: Person) -> None:
    sessions.end_all(tables().kind, person.id)
    db.session.flush()


def _require_manager(actor: Actor) -> None:
    if not policies.may_manage(actor):
        raise Forbidden


def _require_for(actor: Actor, person: Person) -> None:
    _require_manager(actor)
    if policies.is_self(actor, person):
        raise Forbidden(NOT_YOURSELF)
