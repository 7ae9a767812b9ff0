"""Find employed people; which tables are meant follows the scope in force."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core.clock import now
from core.crypto import digest
from core.errors import Gone, NotFound
from core.staff import models
from core.staff.roles import ROLES, Role
from core.text import alphabetical
from tenants.database import db
from tenants.scope import current_scope

Person = models.StaffMember | models.MinistryPerson
Passkey = models.StaffPasskey | models.MinistryPasskey
Invitation = models.StaffInvitation | models.MinistryInvitation


@dataclass(frozen=True)
class Tables:
    """The five tables of one kind of employed people; both kinds have the same columns."""

    kind: str
    person: Any
    passkey: Any
    recovery_code: Any
    invitation: Any
    attempt: Any


OFFICE = Tables(
    "staff",
    models.StaffMember,
    models.StaffPasskey,
    models.StaffRecoveryCode,
    models.StaffInvitation,
    models.StaffAttempt,
)
MINISTRY = Tables(
    "ministry",
    models.MinistryPerson,
    models.MinistryPasskey,
    models.MinistryRecoveryCode,
    models.MinistryInvitation,
    models.MinistryAttempt,
)


def tables() -> Tables:
    """The tables of the scope in force: an office's, or the ministry's."""
    return OFFICE if current_scope().office else MINISTRY


def names() -> dict[UUID, dict[str, str]]:
    """Everybody employed here, also formerly, with the name in both languages."""
    person = tables().person
    rows = db.session.execute(select(person.id, person.name_fa, person.name_en))
    return {row.id: {"fa": row.name_fa, "en": row.name_en} for row in rows}


def roles_here() -> list[Role]:
    """The roles that are had here, in the order of the table of roles."""
    return [role for role in ROLES.values() if role.ministry == (tables().kind == "ministry")]


def everybody(lang: str) -> list[Person]:
    """All people of this place, in the order of their names in a language."""
    found = db.session.scalars(select(tables().person))
    return sorted(found, key=lambda one: (alphabetical(one.name[lang]), one.email))


def count_active(role: str) -> int:
    """How many people with this role can work here now."""
    person = tables().person
    having = (person.state == "active", person.roles.contains([role]))
    return db.session.scalar(select(func.count()).select_from(person).where(*having)) or 0


def get(person_id: UUID) -> Person:
    """One person of this place; raises NotFound."""
    found = db.session.get(tables().person, person_id)
    if found is None:
        raise NotFound
    return found


def by_email(email: str) -> Person | None:
    """The person with this address (any state), however its letters were typed."""
    model = tables().person
    return db.session.scalar(select(model).where(model.email == email.strip().lower()))


def passkeys_of(person_id: UUID) -> list[Passkey]:
    """The person's passkeys, oldest first."""
    model = tables().passkey
    return list(
        db.session.scalars(
            select(model).where(model.person_id == person_id).order_by(model.created_at)
        )
    )


def passkey(credential_id: bytes) -> Passkey | None:
    """A passkey by the id that the browser names."""
    model = tables().passkey
    return db.session.scalar(select(model).where(model.credential_id == credential_id))


def recovery_codes_left(person_id: UUID) -> int:
    """How many recovery codes are unused."""
    model = tables().recovery_code
    return (
        db.session.scalar(
            select(func.count()).where(model.person_id == person_id, model.used_at.is_(None))
        )
        or 0
    )


def open_invitation(token: str) -> Invitation:
    """The invitation behind a link; raises Gone when it is used, expired or another office's."""
    model = tables().invitation
    found = db.session.scalar(
        select(model).where(model.token_hash == digest("staff.invitation", token))
    )
    if found is None or found.used_at is not None or found.expires_at <= now():
        raise Gone
    if get(found.person_id).state == "suspended":
        raise Gone
    return found
