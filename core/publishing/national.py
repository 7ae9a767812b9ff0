"""What the nation offers now: of each service the newest version there is.

The rule: the higher version number counts; at the same number what was published. So a version
that the ministry publishes is in force everywhere within two seconds, without a release, and the
release's file counts for a service that was never published and for a newer version of one that
was. Which versions are published is remembered in each process until the registry's counter
grows; no page asks for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from flask import current_app

from core.catalogue import reader, stored
from core.catalogue.definition import Definition
from tenants import registry

FOLDER = "CATALOGUE_FOLDER"
"""Config key: another folder of definitions than the national one (previews, tests)."""

NEWEST = """SELECT DISTINCT ON (code) code, version, hash FROM ministry.published_definitions
 ORDER BY code, version DESC"""
CONTENT = "SELECT content FROM ministry.published_definitions WHERE hash = %(hash)s"


@dataclass
class _Known:
    """What this process remembers: the counter it was read at, and what followed from it."""

    version: int
    services: Mapping[str, Definition] = field(default_factory=dict)


_known: dict[tuple[str, Path], _Known] = {}
_restored: dict[str, Definition] = {}


def files() -> Mapping[str, Definition]:
    """The services of this release, from its files, by code."""
    return reader.load_all(_folder())


def offered() -> Mapping[str, Definition]:
    """All services by code, each in the version that new requests begin with."""
    key, version = (registry.database(), _folder()), registry.version()
    known = _known.get(key)
    if known is None or known.version != version:
        known = _known[key] = _Known(version, MappingProxyType(_gather()))
    return known.services


def _folder() -> Path:
    return Path(current_app.config.get(FOLDER, reader.FOLDER))


def _gather() -> dict[str, Definition]:
    found = dict(files())
    with registry.look_up() as connection:
        for row in connection.exec_driver_sql(NEWEST).all():
            file = found.get(row.code)
            if file and (file.version > row.version or file.hash == row.hash):
                continue
            if row.hash not in _restored:
                content = connection.exec_driver_sql(CONTENT, {"hash": row.hash}).scalar_one()
                _restored[row.hash] = stored.restored(content, row.hash)
            found[row.code] = _restored[row.hash]
    return found
