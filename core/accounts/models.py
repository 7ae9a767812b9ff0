"""Tables of an office about its applicants and about how they come in."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, DateTime, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from tenants.database import Model

MOMENT = DateTime(timezone=True)
STATES = ("registering", "active", "suspended")
TRIES = 5
# What people without a national ID may ask for: nationality and first registration (section 1.4).
SPECIAL_SERVICES = ("R03", "R04", "R05", "T01", "T08", "T09")


class Account(Model):
    """An applicant. While `registering`, nothing but the e-mail address is proven.

    A person code is unique only among accounts that were completed: whoever merely began with
    somebody else's national ID must not lock that person out.
    `profile` holds the answers of the wizard by field key; the few columns beside it are what
    sign-in, search and rules ask for.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("state IN ('registering', 'active', 'suspended')", name="state"),
        Index(
            "uq_accounts_person_code",
            "person_code",
            unique=True,
            postgresql_where=text("state <> 'registering'"),
        ),
        Index("ix_accounts_search_key", "search_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    state: Mapped[str] = mapped_column(Text, default="registering")
    email: Mapped[str] = mapped_column(Text, unique=True)
    person_code: Mapped[str] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(Text, default="fa")
    name_fa: Mapped[str] = mapped_column(Text, default="")
    name_en: Mapped[str] = mapped_column(Text, default="")
    birth_date: Mapped[date | None] = mapped_column(Date)
    search_key: Mapped[str] = mapped_column(Text, default="")
    profile: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    steps_done: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    photo_id: Mapped[UUID | None] = mapped_column()
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_set_at: Mapped[datetime | None] = mapped_column(MOMENT)
    terms_version: Mapped[str | None] = mapped_column(Text)
    terms_accepted_at: Mapped[datetime | None] = mapped_column(MOMENT)
    terms_client: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT, default=now)
    activated_at: Mapped[datetime | None] = mapped_column(MOMENT)

    @property
    def has_password(self) -> bool:
        """Whether a password was set, so that sign-in needs no code."""
        return self.password_hash is not None

    def name(self, lang: str) -> str:
        """The person's name in a language, else in the other, else the address."""
        first, second = (
            (self.name_fa, self.name_en) if lang == "fa" else (self.name_en, self.name_fa)
        )
        return first or second or self.email


class OneTimeCode(Model):
    """A code (and the link beside it) that was asked for; the newest of an address is active.

    `claim` (sealed) says who asked for what; `tries` is raised before a guess is compared.
    """

    __tablename__ = "one_time_codes"
    __table_args__ = (
        CheckConstraint(f"tries BETWEEN 0 AND {TRIES}", name="tries"),
        Index("ix_one_time_codes_address", "address_hash", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    purpose: Mapped[str] = mapped_column(Text)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    link_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    code_hash: Mapped[str] = mapped_column(Text)
    claim: Mapped[bytes] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(MOMENT, default=now)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    used_at: Mapped[datetime | None] = mapped_column(MOMENT)


class PasswordReset(Model):
    """A reset link that was mailed; single use."""

    __tablename__ = "password_resets"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(index=True)
    link_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(MOMENT, default=now)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    used_at: Mapped[datetime | None] = mapped_column(MOMENT)


class Attempt(Model):
    """One attempt that a limit counts: what kind, of whom (a keyed hash), when."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_counted", "kind", "key_hash", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(Text)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(MOMENT, default=now)


class SpentCheck(Model):
    """A security check that was used; kept until it would have expired anyway."""

    __tablename__ = "spent_checks"

    check_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(MOMENT, index=True)


class SpecialCode(Model):
    """An identifier that a clerk gave to somebody without a national ID, for a passport."""

    __tablename__ = "special_codes"
    __table_args__ = (
        CheckConstraint("state IN ('issued', 'withdrawn', 'merged')", name="state"),
        Index(
            "uq_special_codes_passport",
            "passport_country",
            "passport_no",
            unique=True,
            postgresql_where=text("state = 'issued'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(Integer, unique=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    passport_no: Mapped[str] = mapped_column(Text)
    passport_country: Mapped[str] = mapped_column(Text)
    services: Mapped[list[Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(Text, default="issued")
    merged_into: Mapped[str | None] = mapped_column(Text)
    issued_by: Mapped[UUID] = mapped_column()
    issued_at: Mapped[datetime] = mapped_column(MOMENT, default=now)
