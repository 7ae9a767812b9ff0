"""What production refuses to serve with, beside missing walls and settings.

Asked by `make run`, by gunicorn before it forks, by the gate before the first request (so under
any other server too) and by `mikhak doctor`.
"""

import os
from collections.abc import Iterator

from sqlalchemy import select, text

from config.settings import Settings
from core.audit.models import AuditEntry, MinistryAuditEntry
from core.staff.actions import DEMO_PERSON
from tenants import registry
from tenants.database import db
from tenants.scope import ministry, office

# The database may lose what it confirmed while one of these is off.
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
SWITCHED_ON = {"1", "true", "yes", "on"}


def faults(settings: Settings) -> list[str]:
    """Why this production must not serve, in words; nothing in a demo or a test."""
    return list(_faults()) if settings.production else []


def _faults() -> Iterator[str]:
    if os.environ.get("FLASK_DEBUG", "").lower() in SWITCHED_ON:
        yield "FLASK_DEBUG is set: take it out of the environment"
    with ministry(read_only=True):
        for name in DURABLE:
            if db.session.scalar(text("SELECT current_setting(:name)"), {"name": name}) == "off":
                yield f"the database runs with {name}=off and may lose what it confirmed"
        demo = _has_demo_people(MinistryAuditEntry)
    if demo:
        yield "demo people live at the ministry: production needs a database of its own"
    for facts in registry.all_offices():
        if facts.status in ("active", "suspended"):
            with office(facts.slug, read_only=True):
                demo = _has_demo_people(AuditEntry)
            if demo:
                yield f"demo people live at {facts.slug}: production needs a database of its own"


def _has_demo_people(entries: type[AuditEntry] | type[MinistryAuditEntry]) -> bool:
    """The trail tells, because nobody can take anything out of it."""
    found = select(entries.seq).where(entries.act == DEMO_PERSON).limit(1)
    return db.session.scalar(found) is not None
