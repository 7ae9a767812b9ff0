"""What the nation offers now: of each service the newest version there is.

The rule: the higher version number counts; at the same number what was published. So a version
that the ministry publishes is in force everywhere within two seconds, without a release, and the
release's file counts for a service that was never published and for a newer version of one that
was. Which versions are published is remembered in each process until the registry's counter
grows; no page asks for it. So it is with what the ministry has withdrawn: such a service keeps its
version, for what was filed, but nothing new begins with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from flask import current_app

from core.catalogue import reader, stored
from core.catalogue.definition import Definition, Words
from tenants import registry

FOLDER = "CATALOGUE_FOLDER"
"""Config key: another folder (a Path) of definitions than the national one (previews, tests)."""

NEWEST = """SELECT DISTINCT ON (code) code, version, hash FROM ministry.published_definitions
 ORDER BY code, version DESC"""
RETIRED = """SELECT * FROM (SELECT DISTINCT ON (code) code, retired, told, successor
 FROM ministry.service_retirements ORDER BY code, number DESC) AS newest WHERE retired"""
CONTENT = "SELECT content FROM ministry.published_definitions WHERE hash = %(hash)s"


@dataclass(frozen=True)
class Retired:
    """What the public is told of a withdrawn service, and the code of what takes its place."""

    told: Words
    successor: str | None


@dataclass
class _Known:
    """What this process remembers: the counter it was read at, and what followed from it."""

    version: int
    services: Mapping[str, Definition] = field(default_factory=dict)
    retired: Mapping[str, Retired] = field(default_factory=dict)


_known: dict[tuple[str, Path], _Known] = {}
_restored: dict[str, Definition] = {}


def files() -> Mapping[str, Definition]:
    """The services of this release, from its files, by code."""
    return reader.load_all(_folder())


def offered() -> Mapping[str, Definition]:
    """All services by code, withdrawn ones too, each in the version that new requests get."""
    return _now().services


def open_now() -> Mapping[str, Definition]:
    """Those of them that a request can begin with."""
    gone = retired()
    return {code: service for code, service in offered().items() if code not in gone}


def retired() -> Mapping[str, Retired]:
    """The services that the ministry has withdrawn, by code."""
    return _now().retired


def _now() -> _Known:
    key, version = (registry.database(), _folder()), registry.version()
    known = _known.get(key)
    if known is None or known.version != version:
        known = _known[key] = _gather(version)
    return known


def _folder() -> Path:
    folder: Path = current_app.config.get(FOLDER, reader.FOLDER)
    return folder


def _gather(version: int) -> _Known:
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
        gone = {
            row.code: Retired(row.told, row.successor)
            for row in connection.exec_driver_sql(RETIRED).all()
        }
    return _Known(version, MappingProxyType(found), MappingProxyType(gone))
