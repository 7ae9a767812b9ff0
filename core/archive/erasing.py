"""Erasing an office: what two people confirmed, and nothing else.

First the key and the host names go, in one commit, and with the key every document and every copy
of it; then objects, Valkey keys, tables, schema and role. Each step may be repeated: killed at any
point, the same command finishes. What stays are the figures, the ministry's history, and a signed
record of what was erased, when, and who wanted it.
"""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql
from redis.exceptions import RedisError
from sqlalchemy import delete, func, select

from config.settings import Settings
from core import jobs
from core.actor import SYSTEM
from core.archive import queries
from core.archive.models import OfficeErasure
from core.audit.queries import head
from core.clock import now
from core.documents.cabinet import cabinet
from core.documents.models import Document
from core.oversight.actions import note
from core.oversight.models import FoldedEvent
from core.requests.models import ServiceRequest
from tenants import names, registry
from tenants.database import db
from tenants.registry import ERASED, Office, OfficeHost, UnknownOffice
from tenants.scope import ministry
from tenants.scope import office as office_scope

TABLES_AT_ONCE = 8
"""A transaction that drops holds a lock for each table and index."""

Progress = Callable[[int, int, str], None]
STEPS = ("key and host names", "objects", "Valkey keys", "tables", "schema and role", "record")


class NotYet(RuntimeError):
    """It can't be erased, or not now; the message says why."""


def erase(settings: Settings, slug: str, progress: Progress) -> dict[str, Any]:
    """Erase an office that may be erased; returns the record. Raises UnknownOffice, NotYet,
    Unavailable (storage)."""
    steps: tuple[Callable[[], object], ...] = (
        lambda: _begin(slug),
        lambda: _empty_shelf(slug),
        lambda: _forget_jobs(slug),
        lambda: _drop_tables(settings, slug),
        lambda: _drop_schema(settings, slug),
    )
    for number, (name, step) in enumerate(zip(STEPS, steps, strict=False), 1):
        step()
        progress(number, len(STEPS), name)
    return _finish(slug)


def _begin(slug: str) -> None:
    """Note what there is, then destroy the key: from here on there is no way back."""
    with ministry():
        erasure, office = _allowed(slug)
        if erasure.begun_at is None:
            erasure.record = _about(erasure, office) | _inside(slug)
            erasure.begun_at = now()
            office.status, office.status_changed_at = ERASED, now()
            office.wrapped_key, office.former_wrapped_key, office.contact = b"", None, {}
            for host in db.session.scalars(select(OfficeHost).filter_by(office=slug)).all():
                db.session.delete(host)
            db.session.execute(delete(FoldedEvent).where(FoldedEvent.office == slug))
    registry.forget()


def _allowed(slug: str) -> tuple[OfficeErasure, Office]:
    office = db.session.get(Office, slug, with_for_update=True)
    if office is None:
        raise UnknownOffice(slug)
    erasure = queries.of_office(slug, locked=True)
    if erasure is None or erasure.done_at is not None:
        raise NotYet(f"nobody has asked for {slug} to be erased")
    if erasure.confirmed_at is None:
        raise NotYet(f"the erasing of {slug} waits for a second person of the ministry")
    if now() < erasure.not_before:
        raise NotYet(f"{slug} can't be erased before {erasure.not_before:%Y-%m-%d %H:%M} UTC")
    if erasure.begun_at is None and office.status != "closed":
        raise NotYet(f"{slug} is {office.status}, not closed")
    return erasure, office


def _about(erasure: OfficeErasure, office: Office) -> dict[str, Any]:
    return {
        "erasure": str(erasure.id),
        "office": office.slug,
        "name": office.name_en,
        "opened_at": office.created_at.isoformat(),
        "closed_at": office.status_changed_at.isoformat(),
        "asked_by": str(erasure.asked_by),
        "confirmed_by": str(erasure.confirmed_by),
        "reason": erasure.reason,
    }


def _inside(slug: str) -> dict[str, Any]:
    """How much there was, and where the office's own trail ended."""
    with office_scope(slug, read_only=True):
        trail = head()
        return {
            "requests": db.session.scalar(select(func.count()).select_from(ServiceRequest)),
            "documents": db.session.scalar(select(func.count()).select_from(Document)),
            "trail": {"entries": trail.seq, "hash": trail.hash.hex()},
        }


def _empty_shelf(slug: str) -> None:
    shelf = cabinet().shelf
    for found in list(shelf.list(f"{slug}/")):
        shelf.delete(found.key)


def _forget_jobs(slug: str) -> None:
    """What the bell still holds of the office."""
    try:
        queue = jobs.queue()
        for job in queue.get_jobs():
            if job.args and job.args[0] == slug:
                job.delete()
        for pattern in (f"rq:job:{slug}-*", f"{slug}:*", f"{slug}/*"):
            for key in queue.connection.scan_iter(match=pattern, count=1000):
                queue.connection.delete(key)
    except RedisError as error:
        raise NotYet(f"Valkey does not answer ({type(error).__name__}): run again") from error


def _owner(settings: Settings) -> psycopg.Connection[Any]:
    url = settings.owner_database_url
    return psycopg.connect(url, autocommit=True, application_name="mikhak erase")


def _drop_tables(settings: Settings, slug: str) -> None:
    schema = names.office_schema(slug)
    listed = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename LIMIT %s"
    with _owner(settings) as owner:
        while tables := owner.execute(listed, [schema, TABLES_AT_ONCE]).fetchall():
            dropped = sql.SQL(", ").join(sql.Identifier(schema, name) for (name,) in tables)
            owner.execute(sql.SQL("DROP TABLE {} CASCADE").format(dropped))


def _drop_schema(settings: Settings, slug: str) -> None:
    """The role has its name from the schema; nothing else depends on it by now."""
    name = sql.Identifier(names.office_schema(slug))
    with _owner(settings) as owner:
        owner.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
        owner.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))


def _finish(slug: str) -> dict[str, Any]:
    with ministry():
        erasure = queries.of_office(slug, locked=True)
        assert erasure is not None
        erasure.done_at = now()
        erasure.record = erasure.record | {"erased_at": erasure.done_at.isoformat()}
        erasure.signature = queries.sign(erasure.record)
        note(SYSTEM, slug, "erased")
        return erasure.record | {"signature": erasure.signature.hex()}
