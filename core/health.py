"""Which parts of the house answer right now. Each is asked with a short patience."""

import smtplib
from collections.abc import Callable

from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings
from core.documents import storage
from core.errors import Unavailable
from core.jobs import bell
from core.notifications import smtp
from tenants import registry

# Whoever asks for our health waits for the slowest part.
PATIENCE = 2.0


def readiness() -> dict[str, bool]:
    """Part → whether it answers: database, valkey, storage, mail."""
    checks: dict[str, Callable[[], object]] = {
        "database": _database,
        "valkey": lambda: bell(_settings().redis_url).ping(),
        "storage": lambda: storage.from_url(_settings().storage_url).exists("health/none"),
        "mail": lambda: smtp.connect(_settings().smtp_url, PATIENCE).close(),
    }
    return {name: _answers(check) for name, check in checks.items()}


def _settings() -> Settings:
    return current_app.extensions["settings"]


def _database() -> None:
    registry.forget()
    registry.all_offices()


def _answers(check: Callable[[], object]) -> bool:
    try:
        check()
    except (SQLAlchemyError, RedisError, OSError, smtplib.SMTPException, Unavailable):
        return False
    return True
