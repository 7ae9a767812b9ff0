"""Audit entries: one table in each office, one in the ministry's schema, append-only in both.

Beside each trail one row with its newest entry under the house's seal.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Model

APPEND_ONLY = {"append_only": True}


class AuditColumns:
    """One act. `hash` covers the entry and the hash before it, so no entry can change or go."""

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID | None] = mapped_column()
    act: Mapped[str] = mapped_column(Text, index=True)
    subject_kind: Mapped[str | None] = mapped_column(Text)
    subject_id: Mapped[str | None] = mapped_column(Text, index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditEntry(AuditColumns, Model):
    """An act at an office."""

    __tablename__ = "audit_entries"
    __table_args__ = {"info": APPEND_ONLY}


class MinistryAuditEntry(AuditColumns, Model):
    """An act of the ministry."""

    __tablename__ = "audit_entries_of_ministry"
    __table_args__ = {"schema": "ministry", "info": APPEND_ONLY}


class HeadColumns:
    """The newest entry, sealed with a key that the database does not have."""

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    seal: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(HeadColumns, Model):
    """Where the trail of an office ends."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)


class MinistryAuditHead(HeadColumns, Model):
    """Where the trail of the ministry ends."""

    __tablename__ = "audit_head_of_ministry"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"), {"schema": "ministry"})
