"""Keys of forms that were answered already."""

from datetime import datetime

from sqlalchemy import DateTime, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from tenants.database import Model


class AnsweredKey(Model):
    """A form's key, what was sent with it and where its answer led."""

    __tablename__ = "answered_keys"

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    location: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now, index=True)


class MinistryAnsweredKey(Model):
    """The same for the ministry's forms."""

    __tablename__ = "answered_keys_of_ministry"
    __table_args__ = {"schema": "ministry"}

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    location: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now, index=True)
