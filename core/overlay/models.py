"""What offices chose, each choice kept for good; and what the ministry has locked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from tenants.database import Model
from tenants.names import SHARED_SCHEMA

OFFICE = ""
"""In place of a service: the office itself, whose settings hold for all services."""

EVERY_SERVICE = "*"


class OfficeChoice(Model):
    """One choice of the office, about itself or one service; the newest version is in force.

    A row is never changed: of two who saw the same version the second finds the next one taken.
    `value` is what the form was answered with; none means back to the default.
    """

    __tablename__ = "office_choices"
    __table_args__ = {"info": {"append_only": True}}

    service: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[UUID | None] = mapped_column()
    by_name: Mapped[str] = mapped_column(Text)


class OverlayLock(Model):
    """Something that offices may not lay over: a setting, or an aspect of one or every service."""

    __tablename__ = "overlay_locks"
    __table_args__ = {"schema": SHARED_SCHEMA, "info": {"offices": "SELECT"}}

    service: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    by_name: Mapped[str] = mapped_column(Text)
