"""What applicants do with accounts."""

from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from core import passwords
from core.accounts import codes, limits, profile, queries
from core.accounts.entering import LinkOf
from core.accounts.models import Account, PasswordReset
from core.actor import Actor
from core.audit.actions import record
from core.catalogue.definition import Section
from core.catalogue.fields.base import Form
from core.clock import now
from core.crypto import digest, token
from core.documents import actions as documents
from core.errors import Conflict, Forbidden, Gone, Invalid
from core.notifications.actions import notify
from core.sessions import actions as sessions
from tenants.database import db
from tenants.scope import current_office

RESET_LIFE = timedelta(minutes=30)
LEAST_PASSWORD = 12
EMAIL_OLD, EMAIL_NEW = "email.old", "email.new"
TAKEN = _l(
    "An account with this national ID cannot be opened here. If you have registered before, sign "
    "in with the address that you used then: a message has gone to it. If that is not possible, "
    "bring your identity card to the office."
)


def save_step(actor: Actor, step: Section, form: Form) -> None:
    """Store a step of the profile. Raises Invalid with the errors by field.

    The identity is open while registering and locked afterwards.
    """
    account = queries.locked(actor.id)
    if step.key == profile.IDENTITY and account.state != "registering":
        raise Forbidden
    values, errors = profile.read(account, step, form)
    if errors:
        raise Invalid(errors)
    profile.apply(account, step, values, whole=True)
    db.session.flush()
    record(actor, "account.step_saved", account, step=step.key)


def save_draft(actor: Actor, step: Section, form: Form) -> None:
    """Keep what can be kept of a step that somebody leaves half filled while registering."""
    account = queries.locked(actor.id)
    if account.state != "registering":
        raise Forbidden
    values, _ = profile.read(account, step, form)
    profile.apply(account, step, values, whole=False)
    db.session.flush()


def keep_photo(actor: Actor, stream: BinaryIO, name: str) -> None:
    """Take the personal photo; raises Invalid with words under `photo`."""
    account = queries.get(actor.id)
    if account.state != "registering" and account.photo_id is not None:
        raise Forbidden
    document = documents.receive_for_account(
        actor, account.id, "PHOTO", stream, name, field=profile.PHOTO
    )
    account.photo_id = document.id
    if profile.PHOTO not in account.steps_done:
        account.steps_done = [*account.steps_done, profile.PHOTO]
    db.session.flush()


def activate(actor: Actor, *, accepted: str, client: str) -> Account:
    """Confirm the profile: from now on the identity is locked and services can be asked for.

    `accepted` is the version of the terms that was ticked. Raises Invalid when a step is missing
    or the terms changed meanwhile, Conflict when a completed account has this person code.
    """
    account = queries.locked(actor.id)
    if profile.missing(account):
        raise Invalid({"steps": _l("Some steps are not finished yet.")})
    if accepted != profile.terms_version():
        raise Invalid({"consent_terms": _l("Tick that you accept the terms.")})
    account.terms_version, account.terms_accepted_at = accepted, now()
    account.terms_client, account.activated_at = client, now()
    account.state = "active"
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(TAKEN) from error
    record(actor, "account.activated", account, terms=accepted)
    notify(account.email, "account_activated", account.lang, {"name": account.name(account.lang)})
    return account


def set_password(actor: Actor, new: str, again: str, *, keep: UUID | None = None) -> None:
    """Set or change the password; all other sessions end. Raises Invalid."""
    account = queries.get(actor.id)
    _change_password(account, new, again)
    sessions.end_all("applicant", account.id, but=keep)
    record(actor, "account.password_set", account)


def remove_password(actor: Actor) -> None:
    """From now on only one-time codes let in; all other sessions end."""
    account = queries.get(actor.id)
    account.password_hash, account.password_set_at = None, None
    sessions.end_all("applicant", account.id, but=actor.session_id)
    record(actor, "account.password_removed", account)
    _tell_password_changed(account, removed=True)


def confirm_password(actor: Actor, typed: str) -> None:
    """Ask again for the password of somebody who has one. Raises Invalid and TooMany."""
    account = queries.get(actor.id)
    if not account.has_password:
        return
    limits.count("password.again", str(account.id), limits.PASSWORDS_PER_PERSON)
    if not passwords.verify_password(account.password_hash, typed):
        raise Invalid({"current": _l("This is not your present password.")})


def ask_for_reset(email: str, person_code: str, *, lang: str, client: str, link_of: LinkOf) -> None:
    """Mail a reset link, or, to an address without such an account, that there is none."""
    limits.count("ask.client", client, limits.ASKS_PER_CLIENT)
    limits.count("reset.address", email, limits.CODES_PER_ADDRESS)
    person_code = queries.present_code(person_code)
    account, _ = queries.matching(email, person_code)
    known = account and account.person_code == person_code and account.state == "active"
    expires, link = now() + RESET_LIFE, token()
    # For an unknown person a row with nobody's id: the same work, and a link that leads nowhere.
    owner = account.id if known and account else UUID(int=0)
    db.session.add(
        PasswordReset(
            account_id=owner, link_hash=digest("password.reset", link), expires_at=expires
        )
    )
    db.session.flush()
    values: dict[str, Any] = {"known": bool(known), "link": link_of(link), "address": email}
    notify(email, "password_reset", account.lang if account else lang, values, expires=expires)


def reset_is_open(link: str) -> bool:
    """Whether a reset link still works."""
    return _reset(link) is not None


def reset_password(link: str, new: str, again: str) -> None:
    """Set a new password with a reset link, once; all sessions end. Raises Gone and Invalid."""
    row = _reset(link)
    account = db.session.get(Account, row.account_id) if row else None
    if row is None or account is None or account.state != "active":
        raise Gone
    _check_password(account, new, again)
    if row.id not in _use_up_resets(account.id):
        raise Gone
    _change_password(account, new, again)
    sessions.end_all("applicant", account.id)
    record(Actor(kind="applicant", id=account.id), "account.password_reset", account)


def change_language(actor: Actor, lang: str) -> None:
    """The language of our mails to the person."""
    account = queries.get(actor.id)
    account.lang = lang
    account.profile = {**account.profile, "preferred_language": lang}
    db.session.flush()


def ask_for_email_change(actor: Actor, email: str, *, client: str) -> codes.Issued:
    """Mail a code to the old and one to the new address; both are needed. Raises TooMany.

    Returns the one of the new address; its claim holds the cookie of the other.
    """
    account = queries.get(actor.id)
    limits.count("ask.client", client, limits.ASKS_PER_CLIENT)
    limits.count("ask.address", email, limits.CODES_PER_ADDRESS)
    claim = {"account": str(account.id), "email": email}
    old = codes.issue(EMAIL_OLD, account.email, claim)
    new = codes.issue(EMAIL_NEW, email, {**claim, "old": old.cookie})
    for address, issued in ((account.email, old), (email, new)):
        values = {"code": issued.grouped, "address": address, "new_address": email}
        notify(address, "email_change", account.lang, values, expires=issued.expires)
    return new


def change_email(actor: Actor, cookie: str | None, typed_old: str, typed_new: str) -> None:
    """Move the account to the new address. Raises Invalid, Gone, Conflict when it is taken."""
    asked = codes.asked(EMAIL_NEW, cookie)
    if asked is None or asked["account"] != str(actor.id):
        raise Gone
    errors: dict[str, Any] = {}
    for field, purpose, secret, typed in (
        ("code_old", EMAIL_OLD, asked["old"], typed_old),
        ("code_new", EMAIL_NEW, cookie, typed_new),
    ):
        try:
            codes.redeem(purpose, secret, typed)
        except Invalid as error:
            errors[field] = error.errors["code"]
    if errors:
        raise Invalid(errors)
    account = queries.get(actor.id)
    account.email = asked["email"]
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(_l("This address can't be used. Choose another one.")) from error
    _use_up_resets(account.id)  # links that lie in the old mailbox
    sessions.end_all("applicant", account.id, but=actor.session_id)
    record(actor, "account.email_changed", account)


def _use_up_resets(account_id: UUID) -> set[UUID]:
    """End every open link to a new password; which ones there were."""
    used = db.session.scalars(
        update(PasswordReset)
        .where(PasswordReset.account_id == account_id, PasswordReset.used_at.is_(None))
        .values(used_at=now())
        .returning(PasswordReset.id)
    )
    return set(used)


def _reset(link: str) -> PasswordReset | None:
    if len(link) > codes.LONGEST_TOKEN:
        return None
    row = db.session.scalar(
        select(PasswordReset).where(PasswordReset.link_hash == digest("password.reset", link))
    )
    if row is None or row.used_at is not None or row.expires_at <= now():
        return None
    return row if row.account_id.int else None


def _check_password(account: Account, new: str, again: str) -> None:
    about = [account.name_fa, account.name_en, account.email, account.person_code]
    about += [*current_office().city.values(), account.profile.get("mobile_abroad") or ""]
    fault = passwords.check_strength(new, LEAST_PASSWORD, about)
    if fault:
        raise Invalid({"password": fault})
    if new != again:
        raise Invalid({"again": _l("The two passwords differ. Type the same one twice.")})


def _change_password(account: Account, new: str, again: str) -> None:
    _check_password(account, new, again)
    changed = account.has_password
    account.password_hash = passwords.hash_password(new)
    account.password_set_at = now()
    db.session.flush()
    if changed:
        _tell_password_changed(account, removed=False)


def _tell_password_changed(account: Account, *, removed: bool) -> None:
    db.session.flush()
    values = {"removed": removed, "at": now().isoformat(), "name": account.name(account.lang)}
    notify(account.email, "password_changed", account.lang, values)
