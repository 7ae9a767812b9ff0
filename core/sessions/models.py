"""Signed-in sessions: one table in each office, one in the ministry's schema."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import DateTime, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from tenants.database import Model


class SessionColumns:
    """What both tables hold. The cookie's value itself is never stored, only its hash.

    `names` and `roles` are as they were at sign-in; whoever changes a person's roles, password
    or state ends the person's sessions, so that they can't go stale.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_kind: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID] = mapped_column(index=True)
    names: Mapped[dict[str, str]] = mapped_column(JSONB)
    lang: Mapped[str] = mapped_column(Text, default="fa")
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    factors: Mapped[list[str]] = mapped_column(ARRAY(Text))
    browser: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # A form that came after the session was over (`core.sessions.unsent`), sealed.
    unsent: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    unsent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SignedSession(SessionColumns, Model):
    """A session of an applicant or a staff member of this office."""

    __tablename__ = "signed_sessions"


class MinistrySession(SessionColumns, Model):
    """A session of a ministry person."""

    __tablename__ = "signed_sessions_of_ministry"
    __table_args__ = {"schema": "ministry"}
