"""The whole application without any server behind it: routes and templates can be looked at."""

import os
import tempfile
from functools import cache
from pathlib import Path

from flask import Flask

from blueprints import find_doors
from config.settings import Settings
from core.app import create_app


def bare_settings(home: Path | None = None, **changes: object) -> Settings:
    """Settings that point nowhere."""
    values: dict[str, object] = {
        "env": "test",
        "secret_key": "not-a-secret-only-for-tests-" + "x" * 16,
        "root_key": b"\x01" * 32,
        "base_domain": "localhost",
        "database_url": "postgresql://nobody@localhost:1/none",
        "owner_database_url": "postgresql://nobody@localhost:1/none",
        "redis_url": "redis://localhost:1/0",
        "storage_url": f"file://{tempfile.gettempdir()}/none",
        "smtp_url": "smtp://localhost:1",
        "mail_from": "mikhak@mail.invalid",
        "clamav_url": None,
        "trusted_proxies": 0,
        "log_format": "text",
        "home": home or Path(os.environ.get("MIKHAK_HOME", "var")).absolute(),
        "port": 80,
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


@cache
def bare_app() -> Flask:
    """All doors, no servers; one for all who ask."""
    return create_app(bare_settings(), find_doors())
