"""Drafts of definitions, and the answers of those who try one."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from tenants.database import Model
from tenants.names import SHARED_SCHEMA


class DefinitionDraft(Model):
    """The text of a definition that is right in itself and not published yet; one for a service."""

    __tablename__ = "definition_drafts"
    __table_args__ = {"schema": SHARED_SCHEMA}

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str] = mapped_column(Text)


class DefinitionTrial(Model):
    """Somebody's own answers to a draft: sealed, for that person alone, gone after a while."""

    __tablename__ = "definition_trials"
    __table_args__ = {"schema": SHARED_SCHEMA}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(
        ForeignKey(f"{SHARED_SCHEMA}.definition_drafts.code", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column()
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(index=True)
