"""The erasing of an office: who asked, who confirmed, and the signed record that stays."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from tenants.database import Model
from tenants.names import SHARED_SCHEMA


class OfficeErasure(Model):
    """One wish to erase a closed office, and what became of it."""

    __tablename__ = "office_erasures"
    __table_args__ = (
        CheckConstraint("confirmed_by <> asked_by", name="two_people"),
        CheckConstraint("begun_at IS NULL OR confirmed_at IS NOT NULL", name="confirmed_first"),
        Index(
            "uq_office_erasures_open",
            "office",
            unique=True,
            postgresql_where=text("called_back_at IS NULL AND done_at IS NULL"),
        ),
        {"schema": SHARED_SCHEMA},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    office: Mapped[str] = mapped_column(ForeignKey(f"{SHARED_SCHEMA}.offices.slug"))
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[UUID]
    asked_by_name: Mapped[str] = mapped_column(Text)
    not_before: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_by_name: Mapped[str | None] = mapped_column(Text)
    called_back_at: Mapped[datetime | None]
    called_back_by_name: Mapped[str | None] = mapped_column(Text)
    begun_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    record: Mapped[dict[str, Any]] = mapped_column(default=dict)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
