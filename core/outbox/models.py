"""The outbox: one table in each office, one in the ministry's schema."""

from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from tenants.database import Model


class OutboxColumns:
    """A thing to do after the commit. `payload` is sealed and emptied once done."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    handed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, default=0)


class RelayPulse(Model):
    """The one row that the relay writes with every sweep: that it lives, and what waits longest."""

    __tablename__ = "relay_pulse"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"), {"schema": "ministry"})

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    oldest_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    oldest_scope: Mapped[str | None] = mapped_column(Text)


def _open_rows(table: str) -> Index:
    """The few rows that wait, in the order in which they are due."""
    return Index(f"ix_{table}_open", "due_at", postgresql_where=text("done_at IS NULL"))


class OutboxRow(OutboxColumns, Model):
    """Waiting at an office."""

    __tablename__ = "outbox"
    __table_args__ = (_open_rows("outbox"),)


class MinistryOutboxRow(OutboxColumns, Model):
    """Waiting at the ministry."""

    __tablename__ = "outbox_of_ministry"
    __table_args__ = (_open_rows("outbox_of_ministry"), {"schema": "ministry"})


OUTBOX, OUTBOX_OF_MINISTRY = (
    cast(Table, model.__table__) for model in (OutboxRow, MinistryOutboxRow)
)
