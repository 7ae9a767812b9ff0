"""What the ministry has published: every version of every service, whole, for good."""

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


event.listen(PublishedDefinition, "after_insert", registry.bump)
