"""Codes for people without a national ID (section 1.4): issued by a clerk, merged by the registry.

A code is tied to a foreign passport and a face photo that the clerk compared with the person; it
lets somebody register for the services that lead to a national ID. Once the civil registry has
given one, the code is merged into it: the account goes on under the national ID, its requests keep
what they said, and the old code still finds the account at the sign-in page.
"""

import re
from typing import BinaryIO
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from core import identifiers
from core.accounts import profile
from core.accounts.models import SPECIAL_SERVICES, Account, SpecialCode
from core.actor import Actor, require
from core.audit.actions import record
from core.documents import actions as documents
from core.documents import queries as shelf
from core.documents.models import Document
from core.errors import Conflict, Invalid, NotFound
from core.identifiers import IdentifierError, foreign_passport_no, make_special_code
from core.notifications.actions import notify
from core.text import clean, digits, fold
from tenants.database import db
from tenants.scope import current_office, current_scope

SEEN_TWICE = _l("This passport already has a special code.")
HAS_ACCOUNT = _l(
    "Somebody has an account with this national ID already. One person keeps one account: ask "
    "which of the two shall stay."
)


def find(code_id: UUID) -> SpecialCode:
    """A code of this office; raises NotFound."""
    row = db.session.get(SpecialCode, code_id)
    if row is None:
        raise NotFound
    return row


def photo_of(row: SpecialCode) -> Document | None:
    """The newest face photo; it lies under the code's id, as an account's under the account's."""
    return next(iter(shelf.of_account(row.id)), None)


def issue(actor: Actor, *, name: str, passport_no: str, passport_country: str) -> SpecialCode:
    """Give somebody without a national ID a code, after seeing the passport.

    It lets nobody in before the face photo is there. Raises Forbidden without the permission,
    Invalid, and Conflict when this passport has one.
    """
    require(actor, "special_codes.issue")
    name = clean(name)
    try:
        number = foreign_passport_no(passport_no)
    except IdentifierError as error:
        raise Invalid({"passport_no": error.message}) from error
    if len(name) < 2 or not re.fullmatch(r"[A-Z]{2}", passport_country):
        raise Invalid({"name": _l("Type the name and choose the country of the passport.")})
    row = _numbered(actor, name, number, passport_country)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(SEEN_TWICE) from error
    record(actor, "special_codes.issued", row)
    return row


def keep_photo(actor: Actor, row: SpecialCode, stream: BinaryIO, name: str | None) -> None:
    """Take the face photo, also in the place of an earlier one. Raises Forbidden and Invalid."""
    require(actor, "special_codes.issue")
    documents.receive_for_account(actor, row.id, "PHOTO", stream, name, field="photo")


def merge(actor: Actor, row: SpecialCode, *, national_id: str, booklet: str = "") -> None:
    """Put the national ID that the civil registry gave in the place of the code.

    `booklet` is the number of the identity booklet, where there is one already. Raises Forbidden,
    Invalid, and Conflict when the code is no longer in force or the ID has an account of its own.
    """
    require(actor, "special_codes.merge")
    number, booklet_no = _registry_numbers(national_id, booklet)
    db.session.refresh(row, with_for_update=True)
    if row.state != "issued":
        raise Conflict(_l("This code is no longer in force."))
    row.state, row.merged_into = "merged", number
    held = db.session.scalars(select(Account).where(Account.person_code == row.code)).all()
    try:
        for account in held:
            _rename(account, number, booklet_no)
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(HAS_ACCOUNT) from error
    record(actor, "special_codes.merged", row)


def _rename(account: Account, number: str, booklet_no: str) -> None:
    """The account under its national ID; who is still registering sees the identity step again."""
    account.person_code = number
    account.search_key = fold(f"{account.name_fa} {account.name_en} {number}")
    if booklet_no:
        account.profile = {**account.profile, "shenasnameh_no": booklet_no}
    if account.state == "registering":
        account.steps_done = [step for step in account.steps_done if step != profile.IDENTITY]
    notify(account.email, "special_code_merged", account.lang, {"name": account.name(account.lang)})


def _registry_numbers(national_id: str, booklet: str) -> tuple[str, str]:
    errors = {}
    number, booklet_no = "", digits(clean(booklet)).strip()
    try:
        number = identifiers.national_id(national_id)
    except IdentifierError as error:
        errors["national_id"] = error.message
    if booklet_no and not re.fullmatch(r"[0-9]{1,10}", booklet_no):
        errors["booklet"] = _l("The number of a booklet has 1 to 10 digits.")
    if errors:
        raise Invalid(errors)
    return number, booklet_no


def _numbered(actor: Actor, name: str, passport_no: str, country: str) -> SpecialCode:
    lock = f"special_codes:{current_scope().name}"
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:k, 0))"), {"k": lock})
    last = db.session.scalar(select(func.max(SpecialCode.number))) or 0
    return SpecialCode(
        number=last + 1,
        code=make_special_code(current_office().slug, last + 1),
        name=name,
        passport_no=passport_no,
        passport_country=country,
        services=list(SPECIAL_SERVICES),
        issued_by=actor.id,
    )
