"""Reads about applicants."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from core.accounts import profile
from core.accounts.models import Account, SpecialCode
from core.documents import queries as documents
from core.documents.models import Document
from core.errors import NotFound
from core.identifiers import is_special
from tenants.database import db


@dataclass(frozen=True)
class Contact:
    """Where and in which language somebody is written to."""

    email: str
    lang: str


def get(account_id: UUID | None) -> Account:
    """An account by its id; raises NotFound."""
    account = db.session.get(Account, account_id) if account_id else None
    if account is None:
        raise NotFound
    return account


def locked(account_id: UUID | None) -> Account:
    """The account as it is now, and nobody else changes it until the commit; raises NotFound."""
    account = get(account_id)
    db.session.refresh(account, with_for_update=True)
    return account


def contact(account_id: UUID) -> Contact:
    """Address and language of an applicant."""
    account = get(account_id)
    return Contact(account.email, account.lang)


def facts(account_id: UUID) -> dict[str, Any]:
    """The profile by field key, with national_id, email, age: what a request copies and asks."""
    return profile.facts(get(account_id))


def name(account_id: UUID, lang: str) -> str:
    """The applicant's name in a language."""
    return get(account_id).name(lang)


def photo(account_id: UUID | None) -> Document:
    """The personal photo of an applicant; raises NotFound where there is none yet."""
    account = get(account_id)
    if account.photo_id is None:
        raise NotFound
    return documents.find_of_account(account.id, account.photo_id)


def matching(email: str, person_code: str) -> tuple[Account | None, Account | None]:
    """The account of the address, and the completed one of the person code; one query."""
    found = db.session.scalars(
        select(Account).where(or_(Account.email == email, Account.person_code == person_code))
    ).all()
    by_email = next((row for row in found if row.email == email), None)
    by_code = next(
        (row for row in found if row.person_code == person_code and row.state != "registering"),
        None,
    )
    return by_email, by_code


def present_code(person_code: str) -> str:
    """The national ID that a special code was merged into, else the code itself."""
    if not is_special(person_code):
        return person_code
    merged = select(SpecialCode.merged_into).where(
        SpecialCode.code == person_code, SpecialCode.state == "merged"
    )
    return db.session.scalar(merged) or person_code


def may_register(person_code: str) -> bool:
    """Whether a person code may begin: national IDs always, special codes with their photo."""
    if not is_special(person_code):
        return True
    code = select(SpecialCode.id).where(
        SpecialCode.code == person_code, SpecialCode.state == "issued"
    )
    code_id = db.session.scalar(code)
    return code_id is not None and bool(documents.of_account(code_id))


def special_codes() -> list[SpecialCode]:
    """The special codes that this office has issued, newest first."""
    return list(db.session.scalars(select(SpecialCode).order_by(SpecialCode.number.desc())))
