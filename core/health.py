"""Which parts of the house answer right now. Each is asked with a short patience.

The scheduler is the relay: it sweeps every 15 seconds and leaves its pulse in the database.
"""

import smtplib
from collections.abc import Callable

from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings
from core.documents.cabinet import cabinet
from core.documents.storage import StorageDown
from core.errors import Unavailable
from core.jobs import bell
from core.notifications import smtp
from core.outbox import pulse
from tenants import registry
from tenants.migrations.steps import head

# Whoever asks for our health waits for the slowest part.
PATIENCE = 2.0
LONGEST_WITHOUT_SWEEP, LONGEST_IN_OUTBOX = 90, 900


def readiness() -> dict[str, bool]:
    """Part → whether it is well, in the order in which an operator looks."""
    checks: dict[str, Callable[[], object]] = {
        "database": _database,
        "schemas": _schemas,
        "valkey": lambda: bell(_settings().redis_url).ping(),
        "storage": _storage,
        "mail": lambda: smtp.connect(_settings().smtp_url, PATIENCE).close(),
        "scheduler": _scheduler,
        "outbox": _outbox,
    }
    return {name: _answers(check) for name, check in checks.items()}


class NotWell(Exception):
    """A part answers, but not as it should."""


def _storage() -> None:
    """By the shelf that the pages use: it asks with little patience and remembers for seconds."""
    if not cabinet().shelf.answers():
        raise StorageDown


def _settings() -> Settings:
    return current_app.extensions["settings"]


def _database() -> None:
    registry.forget()
    registry.all_offices()


def _schemas() -> None:
    newest = head("office")
    offices = registry.all_offices()
    if any(one.status == "active" and one.schema_version < newest for one in offices):
        raise NotWell


def _scheduler() -> None:
    found = pulse.feel()
    if found is None or found.age > LONGEST_WITHOUT_SWEEP:
        raise NotWell


def _outbox() -> None:
    found = pulse.feel()
    if found is None or found.waiting > LONGEST_IN_OUTBOX:
        raise NotWell


def _answers(check: Callable[[], object]) -> bool:
    try:
        check()
    except (NotWell, SQLAlchemyError, RedisError, OSError, smtplib.SMTPException, Unavailable):
        return False
    return True
