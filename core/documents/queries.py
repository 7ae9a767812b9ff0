"""Reads. The request was found, and its policy asked, before anybody comes here."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, select

from core.documents.models import CHECKING, RELEASED, Document
from core.errors import NotFound
from tenants.database import db

LIVE = Document.state.in_((CHECKING, RELEASED))
# Put together once: every page of a request asks it.
OF_REQUEST = (
    select(Document)
    .where(Document.request_id == bindparam("request_id"), LIVE)
    .order_by(Document.kind, Document.position, Document.uploaded_at)
)


def of_request(request_id: UUID) -> Sequence[Document]:
    """The documents handed in for a request, in the order of kinds and positions."""
    return db.session.scalars(OF_REQUEST, {"request_id": request_id}).all()


def refused_of_request(request_id: UUID) -> Sequence[Document]:
    """What was taken first and found bad later, so that the person can be told."""
    return db.session.scalars(
        select(Document)
        .where(Document.request_id == request_id, Document.state == "refused")
        .order_by(Document.uploaded_at)
    ).all()


def of_account(account_id: UUID) -> Sequence[Document]:
    """The live documents of an account itself."""
    return db.session.scalars(
        select(Document)
        .where(Document.account_id == account_id, LIVE)
        .order_by(Document.uploaded_at.desc())
    ).all()


def find(request_id: UUID, document_id: UUID) -> Document:
    """One live document of this request; `NotFound` for everything else."""
    return _live(Document.id == document_id, Document.request_id == request_id)


def find_of_account(account_id: UUID, document_id: UUID) -> Document:
    """One live document of this account; `NotFound` for everything else."""
    return _live(Document.id == document_id, Document.account_id == account_id)


def count_live(owner) -> int:
    """How many documents the owner has handed in."""
    counted = select(func.count()).select_from(Document)
    return db.session.scalar(counted.where(owner, LIVE)) or 0


def live_of_kind(owner, kind: str) -> Sequence[Document]:
    """What the owner has handed in of a kind."""
    return db.session.scalars(select(Document).where(owner, Document.kind == kind, LIVE)).all()


def _live(*conditions) -> Document:
    document = db.session.scalar(select(Document).where(*conditions))
    if document is None or not document.is_live:
        raise NotFound
    return document
