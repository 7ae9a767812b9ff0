"""What the office keeps of a request: itself, its history, what was checked, notes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from tenants.database import Model

APPEND_ONLY = {"append_only": True}


class ServiceDefinition(Model):
    """A version of a service that some request of this office began with, kept for good."""

    __tablename__ = "service_definitions"
    __table_args__ = {"info": APPEND_ONLY}

    hash: Mapped[str] = mapped_column(Text, primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column()
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    kept_at: Mapped[datetime] = mapped_column(default=now)


class ServiceRequest(Model):
    """One citizen's request for one service.

    `version` grows with each change: whoever changes names the version that was seen, and the
    second of two is told. `answers` are those that apply, `aside` those that no longer do.
    `act_by` is the last day of what waits for the applicant.
    `carried` says of answers copied from an earlier request, and not looked at since, from which.
    """

    __tablename__ = "service_requests"
    __table_args__ = (
        Index("ix_service_requests_queue", "status", "submitted_at"),
        Index("ix_service_requests_mine", "account_id", "created_at"),
        Index(
            "ix_service_requests_search_key",
            "search_key",
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        ),
        CheckConstraint("(tracking_code IS NULL) = (submitted_at IS NULL)", name="code_on_submit"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column()
    service_code: Mapped[str] = mapped_column(Text, index=True)
    service_ref: Mapped[str] = mapped_column(Text)
    service_group: Mapped[str] = mapped_column(Text)
    service_title: Mapped[dict[str, Any]] = mapped_column(JSONB)
    definition_hash: Mapped[str] = mapped_column(ForeignKey("service_definitions.hash"))
    flow: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="draft")
    status_before: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    round: Mapped[int] = mapped_column(default=1)
    lang: Mapped[str] = mapped_column(Text, default="fa")
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    aside: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    done: Mapped[list[str]] = mapped_column(JSONB, default=list)
    carried: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    profile_snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    subject_name: Mapped[str] = mapped_column(Text, default="")
    subject_birth_date: Mapped[date | None] = mapped_column(Date)
    search_key: Mapped[str] = mapped_column(Text, default="")
    tracking_code: Mapped[str | None] = mapped_column(Text, unique=True)
    holder_id: Mapped[UUID | None] = mapped_column(index=True)
    holder_name: Mapped[str | None] = mapped_column(Text)
    taken_at: Mapped[datetime | None] = mapped_column()
    reviewer_ids: Mapped[list[str]] = mapped_column(JSONB, default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None] = mapped_column()
    due_on: Mapped[date | None] = mapped_column(Date)
    act_by: Mapped[date | None] = mapped_column(Date)
    decided_at: Mapped[datetime | None] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column()


class RequestEvent(Model):
    """One line of the timeline; `public` ones are shown to the applicant."""

    __tablename__ = "request_events"
    __table_args__ = (
        Index("ix_request_events_request", "request_id", "at"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_requests.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    act: Mapped[str] = mapped_column(Text)
    status_from: Mapped[str | None] = mapped_column(Text)
    status_to: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID | None] = mapped_column()
    actor_name: Mapped[str] = mapped_column(Text, default="")
    public: Mapped[bool] = mapped_column(default=True)
    words: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[list[str]] = mapped_column(JSONB, default=list)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class ReviewItem(Model):
    """What a clerk said about one answer or one document in one round of checking.

    `before` keeps the answer (or the document ids) that was returned, so that the next round
    shows both; `corrected_at` says that the applicant has dealt with it.
    """

    __tablename__ = "review_items"
    __table_args__ = (
        UniqueConstraint("request_id", "round", "kind", "key"),
        CheckConstraint("kind IN ('answer', 'document')", name="kind"),
        CheckConstraint("verdict IN ('accepted', 'returned')", name="verdict"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_requests.id"), index=True)
    round: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[Any] = mapped_column(JSONB, nullable=True)
    reviewer_id: Mapped[UUID] = mapped_column()
    at: Mapped[datetime] = mapped_column(default=now)
    corrected_at: Mapped[datetime | None] = mapped_column()


class RequestNote(Model):
    """A note of the staff among themselves; never shown to the applicant."""

    __tablename__ = "request_notes"
    __table_args__ = (
        Index("ix_request_notes_request", "request_id", "at"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_requests.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    author_id: Mapped[UUID] = mapped_column()
    author_name: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
