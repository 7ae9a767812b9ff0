"""A document of an office: what was handed in, where it lies sealed, and how it stands.

A row never points to nothing: objects are stored before their row is written. Taking a row's
wrapped key away makes its objects unreadable at once, wherever copies of them may be.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from tenants.database import Model

CHECKING = "checking"  # stored, but the scanner has not answered yet
RELEASED = "released"
REFUSED = "refused"  # found bad after it was taken
REMOVED = "removed"
STATES = (CHECKING, RELEASED, REFUSED, REMOVED)


class Document(Model):
    """One file of a request, or of an account (the profile's photo)."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("num_nonnulls(request_id, account_id) = 1", name="one_owner"),
        CheckConstraint("size > 0 AND pages > 0", name="has_content"),
        Index(None, "request_id", "kind"),
        Index(None, "account_id"),
        Index(None, "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    request_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("service_requests.id", ondelete="RESTRICT")
    )
    account_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(Text)
    side: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(Text)
    refusal: Mapped[str | None] = mapped_column(Text)
    scan: Mapped[str] = mapped_column(Text)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    original_name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Text)
    pages: Mapped[int] = mapped_column(default=1)
    storage_key: Mapped[str] = mapped_column(Text, unique=True)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    uploaded_by: Mapped[UUID | None]
    uploaded_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]

    @property
    def is_released(self) -> bool:
        """Whether it may be looked at."""
        return self.state == RELEASED and self.wrapped_key is not None

    @property
    def is_live(self) -> bool:
        """Whether it counts as handed in."""
        return self.state in (CHECKING, RELEASED)

    @property
    def download_name(self) -> str:
        """A name for saving that tells nothing and always has the right ending."""
        ending = "pdf" if self.media_type == "application/pdf" else "jpg"
        return f"{self.kind.lower()}-{self.position}.{ending}"
