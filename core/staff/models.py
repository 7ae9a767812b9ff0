"""Employed people, what they sign in with, and how they were invited.

Two tables of each kind with the same columns: in every office, and in the ministry's schema.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core.clock import now
from tenants.database import Model
from tenants.names import SHARED_SCHEMA

STATES = ("invited", "active", "suspended")
PURPOSES = ("join", "second_factor")


class PersonColumns:
    """Somebody employed. The secret of the one-time codes is sealed; `totp_step` is the last step
    (of 30 seconds) that was used, so that no code works twice."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(Text, unique=True)
    name_fa: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    lang: Mapped[str] = mapped_column(Text, default="fa")
    state: Mapped[str] = mapped_column(Text, default="invited")
    password_hash: Mapped[str | None] = mapped_column(Text)
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_sign_in_at: Mapped[datetime | None] = mapped_column()

    @declared_attr.directive
    def __table_args__(cls) -> tuple:
        return (
            CheckConstraint(f"state IN {STATES!r}", name="state"),
            CheckConstraint("lang IN ('fa', 'en')", name="lang"),
            CheckConstraint("email = lower(email)", name="email"),
            _schema(cls),  # type: ignore[arg-type]
        )

    @property
    def name(self) -> dict[str, str]:
        """The name in both languages."""
        return {"fa": self.name_fa, "en": self.name_en}


class BelongsToPerson:
    """Rows of one person; they go with the person."""

    owner_table = ""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)

    @declared_attr
    def person_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey(f"{cls.owner_table}.id", ondelete="CASCADE"), index=True)


class PasskeyColumns(BelongsToPerson):
    """A passkey: `sign_count` going backwards would mean a copied key."""

    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None] = mapped_column()


class RecoveryCodeColumns(BelongsToPerson):
    """One of ten codes for the day on which the phone is lost."""

    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None] = mapped_column()


class InvitationColumns(BelongsToPerson):
    """A link by mail: to join, or (with the password) to set up the second factor anew."""

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    purpose: Mapped[str] = mapped_column(Text, default="join")
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()


class AttemptColumns:
    """A try to sign in, counted before it is looked at. `key_hash` stands for an address, a
    client or the whole office; none of them can be read from it."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(default=now)

    @declared_attr.directive
    def __table_args__(cls) -> tuple:
        return (Index(f"ix_{cls.__tablename__}_key_hash_at", "key_hash", "at"), _schema(cls))  # type: ignore


def _schema(cls: type) -> dict[str, str]:
    return {"schema": SHARED_SCHEMA} if cls.__name__.startswith("Ministry") else {}


IN_MINISTRY = {"schema": SHARED_SCHEMA}


class StaffMember(PersonColumns, Model):
    """Somebody who works at this office."""

    __tablename__ = "staff_members"


class StaffPasskey(PasskeyColumns, Model):
    """A passkey of a staff member."""

    __tablename__ = "staff_passkeys"
    owner_table = "staff_members"


class StaffRecoveryCode(RecoveryCodeColumns, Model):
    """A recovery code of a staff member."""

    __tablename__ = "staff_recovery_codes"
    owner_table = "staff_members"


class StaffInvitation(InvitationColumns, Model):
    """An invitation of a staff member."""

    __tablename__ = "staff_invitations"
    owner_table = "staff_members"


class StaffAttempt(AttemptColumns, Model):
    """A try to sign in at an office."""

    __tablename__ = "staff_attempts"


class MinistryPerson(PersonColumns, Model):
    """Somebody who works at the ministry."""

    __tablename__ = "ministry_people"


class MinistryPasskey(PasskeyColumns, Model):
    """A passkey of a ministry person."""

    __tablename__ = "ministry_passkeys"
    __table_args__ = IN_MINISTRY
    owner_table = f"{SHARED_SCHEMA}.ministry_people"


class MinistryRecoveryCode(RecoveryCodeColumns, Model):
    """A recovery code of a ministry person."""

    __tablename__ = "ministry_recovery_codes"
    __table_args__ = IN_MINISTRY
    owner_table = f"{SHARED_SCHEMA}.ministry_people"


class MinistryInvitation(InvitationColumns, Model):
    """An invitation of a ministry person."""

    __tablename__ = "ministry_invitations"
    __table_args__ = IN_MINISTRY
    owner_table = f"{SHARED_SCHEMA}.ministry_people"


class MinistryAttempt(AttemptColumns, Model):
    """A try to sign in at the ministry."""

    __tablename__ = "ministry_attempts"
