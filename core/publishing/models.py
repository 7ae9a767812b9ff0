"""What the ministry has published, whole and for good; and which services it has withdrawn."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text, UniqueConstraint, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from tenants import registry
from tenants.database import Model
from tenants.names import SHARED_SCHEMA


class PublishedDefinition(Model):
    """One version under the hash of its meaning; it can be added, never changed."""

    __tablename__ = "published_definitions"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        {"schema": SHARED_SCHEMA, "info": {"append_only": True, "app": "SELECT"}},
    )

    hash: Mapped[str] = mapped_column(Text, primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column()
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_at: Mapped[datetime] = mapped_column(default=now)
    published_by: Mapped[str] = mapped_column(Text)


class ServiceRetirement(Model):
    """A service withdrawn from all offices, or brought back; the newest row of a service counts.

    `told` (what people are to do instead, in both languages) and `successor` stand with a
    withdrawal alone; `reason` is the ministry's own.
    """

    __tablename__ = "service_retirements"
    __table_args__ = {"schema": SHARED_SCHEMA, "info": {"append_only": True, "app": "SELECT"}}

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    retired: Mapped[bool] = mapped_column()
    reason: Mapped[str] = mapped_column(Text)
    told: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    successor: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)
    by_name: Mapped[str] = mapped_column(Text)


event.listen(PublishedDefinition, "after_insert", registry.bump)
