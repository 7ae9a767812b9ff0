"""The reckoning: what people were told against what the house has, after everything calmed down."""

import re
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from mailbox import Maildir
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from core.audit import queries as audit
from core.documents import jobs, streams
from core.documents.models import Document
from core.errors import DomainError, Unavailable
from core.outbox.work import model as outbox
from core.outbox.work import scope_named
from core.requests.models import RequestEvent, ServiceRequest
from tenants.database import db
from tenants.names import SHARED_SCHEMA
from tenants.scope import office
from tests.faults.clients import Record
from tests.faults.people import OFFICES
from tests.faults.tree import Tree

LINK = re.compile(r"/requests/([0-9a-f-]{36})")
NEVER = ("lost", "double", "files lost", "files double", "files unreadable", "orphan files",
         "mails missing", "mails double", "wrong answers", "trail broken", "jobs left",
         "turned away")  # fmt: skip


@dataclass
class Reckoning:
    """The figures of one run."""

    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def broken(self) -> dict[str, Any]:
        """What must be nothing and is not."""
        found = {name: self.figures[name] for name in NEVER if self.figures[name]}
        return (
            found if self.figures["health"] == "ok" else found | {"health": self.figures["health"]}
        )


def wait_for_calm(tree: Tree, app: Flask, patience: float = 240) -> float:
    """Seconds until no job is left and health is green, without a human; `patience` if never."""
    began = time.monotonic()
    while (took := time.monotonic() - began) < patience:
        with suppress(Unavailable):
            if not open_jobs(app) and tree.health().get("status") == "ok":
                break
        time.sleep(0.5)
    return round(took, 1)


def open_jobs(app: Flask) -> int:
    """Rows of all outboxes that wait."""
    waiting = 0
    with app.app_context():
        for name in (SHARED_SCHEMA, *OFFICES):
            with scope_named(name):
                table = outbox()
                rows = select(func.count()).select_from(table).where(table.done_at.is_(None))
                waiting += db.session.scalar(rows) or 0
    return waiting


def reckon(tree: Tree, app: Flask, record: Record) -> Reckoning:
    """Compare the record of the clients with requests, papers, shelf, mails and trail."""
    found: dict[str, Any] = {
        "acknowledged": len(record.submitted),
        "files acknowledged": record.handed_in.total(),
        "answers": dict(sorted(record.answers.items())),
        "slowest answer, s": round(record.slowest, 1),
        "wrong answers": len(record.wrong),
        "wrong": record.wrong[:5],
        "jobs left": open_jobs(app),
        "turned away": record.answers["ConnectionRefusedError"],
        "health": tree.health().get("status", "no answer"),
    }
    for name in NEVER:
        found.setdefault(name, 0)
    found["orphans swept"] = 0
    with app.app_context():
        for slug in OFFICES:
            with office(slug):
                _requests(slug, record, found)
                _papers(slug, record, found)
                found["trail broken"] += len(list(audit.faults()))
    _mails(tree.home / "mail", record, found)
    return Reckoning(found)


def _requests(slug: str, record: Record, found: dict[str, Any]) -> None:
    told = {key: code for key, (place, code) in record.submitted.items() if place == slug}
    kept = dict(
        db.session.execute(
            select(ServiceRequest.id, ServiceRequest.tracking_code).where(
                ServiceRequest.submitted_at.is_not(None)
            )
        ).all()
    )
    found["lost"] += sum(kept.get(key) != code or not code for key, code in told.items())
    twice = select(RequestEvent.request_id).where(RequestEvent.act == "submit")
    twice = twice.group_by(RequestEvent.request_id).having(func.count() > 1)
    found["double"] += len(db.session.scalars(twice).all())


def _papers(slug: str, record: Record, found: dict[str, Any]) -> None:
    live = defaultdict(list)
    for paper in db.session.scalars(select(Document).where(Document.wrapped_key.is_not(None))):
        live[paper.request_id].append(paper)
    for (place, request_id), number in record.handed_in.items():
        if place == slug:
            found["files lost"] += max(0, number - len(live[request_id]))
            found["files double"] += max(0, len(live[request_id]) - number)
    for papers in live.values():
        found["files unreadable"] += sum(not _readable(paper) for paper in papers)
    found["orphans swept"] += jobs.sweep(timedelta(0))
    found["orphan files"] += jobs.sweep(timedelta(0))


def _readable(paper: Document) -> bool:
    try:
        return sum(len(part) for part in streams.open_original(paper)) == paper.size
    except DomainError:
        return False


def _mails(folder: Path, record: Record, found: dict[str, Any]) -> None:
    """Each submission told by mail: at least once, and always the same mail."""
    ids: dict[UUID, set[str]] = defaultdict(set)
    number = 0
    for mail in Maildir(folder, create=False):
        number += 1
        parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
        text = b"".join(part for part in parts if isinstance(part, bytes))
        if link := LINK.search(text.decode("utf-8", "replace")):
            ids[UUID(link[1])].add(str(mail["Message-ID"]))
    found["mails"] = number
    found["mails missing"] = sum(key not in ids for key in record.submitted)
    found["mails double"] = sum(len(found_ids) > 1 for found_ids in ids.values())
