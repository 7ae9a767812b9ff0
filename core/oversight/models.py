"""What the ministry keeps of the offices: figures folded from their outboxes, and their history."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from tenants.database import Model
from tenants.names import SHARED_SCHEMA

OFFICE = f"{SHARED_SCHEMA}.offices.slug"


class OfficeStatistic(Model):
    """How many requests of a service came into a status at an office on a day."""

    __tablename__ = "office_statistics"
    __table_args__ = ({"schema": SHARED_SCHEMA},)

    office: Mapped[str] = mapped_column(ForeignKey(OFFICE), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(Text, primary_key=True)
    status: Mapped[str] = mapped_column(Text, primary_key=True)
    n: Mapped[int] = mapped_column(Integer, default=0)


class OfficeBacklog(Model):
    """How many requests of a service, submitted on a day, are still open at an office.

    Events may be folded in any order, so that `n` can pass below zero for a moment.
    """

    __tablename__ = "office_backlog"
    __table_args__ = (
        Index(
            "ix_office_backlog_waiting", "office", "submitted_on", postgresql_where=text("n > 0")
        ),
        {"schema": SHARED_SCHEMA},
    )

    office: Mapped[str] = mapped_column(ForeignKey(OFFICE), primary_key=True)
    service: Mapped[str] = mapped_column(Text, primary_key=True)
    submitted_on: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Integer, default=0)


class OfficeTotal(Model):
    """How many requests are open at an office: the sum of its backlog, kept for the table."""

    __tablename__ = "office_totals"
    __table_args__ = ({"schema": SHARED_SCHEMA},)

    office: Mapped[str] = mapped_column(ForeignKey(OFFICE), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, default=0)


class OfficeMonth(Model):
    """How many decisions an office made in a month, named by its first day; kept for the table."""

    __tablename__ = "office_months"
    __table_args__ = ({"schema": SHARED_SCHEMA},)

    office: Mapped[str] = mapped_column(ForeignKey(OFFICE), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Integer, default=0)


class FoldedEvent(Model):
    """An event that is in the figures already: each counts once, however often it is handed."""

    __tablename__ = "folded_events"
    __table_args__ = ({"schema": SHARED_SCHEMA},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now, index=True)


class OfficeChange(Model):
    """An office was opened, suspended or resumed: by whom, and why."""

    __tablename__ = "office_changes"
    __table_args__ = (
        Index("ix_office_changes_office_at", "office", "at"),
        {"schema": SHARED_SCHEMA, "info": {"append_only": True}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    office: Mapped[str] = mapped_column(ForeignKey(OFFICE))
    at: Mapped[datetime] = mapped_column(default=now)
    act: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    stages: Mapped[list[Any]] = mapped_column(default=list)
