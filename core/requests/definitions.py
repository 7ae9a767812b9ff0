"""The version of a service that a request is pinned to.

New requests begin with what the nation offers now (`core.publishing.national` has the rule). What a
request began with is kept in the office's own table, so that a version that is followed by another,
or a file that changes or goes away, leaves it readable.
"""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.catalogue import stored
from core.catalogue.definition import Definition
from core.errors import NotFound
from core.overlay import queries as overlay
from core.publishing.national import FOLDER, offered, open_now
from core.requests.models import ServiceDefinition, ServiceRequest
from tenants.database import db

__all__ = ["FOLDER", "by_ref", "here", "keep", "newer", "newest", "of", "offered"]

_kept: dict[str, Definition] = {}


def by_ref() -> dict[str, Definition]:
    """What is not withdrawn, by its code in the national list (P02) and by its own."""
    services = open_now()
    return {**services, **{service.ref: service for service in services.values()}}


def here() -> list[Definition]:
    """What a request can begin with at this office now, in the order of the national list."""
    terms = overlay.every_service()
    found = [service for service in offered().values() if terms[service.code].offered]
    return sorted(found, key=lambda service: service.ref)


def newest(code: str) -> Definition:
    """The version that new requests begin with; raises NotFound."""
    definition = offered().get(code)
    if definition is None:
        raise NotFound
    return definition


def keep(definition: Definition) -> None:
    """Keep this version for good (once).

    Asked for first: nearly always it is kept already, and written out it is a large text.
    """
    kept = ServiceDefinition.hash == definition.hash
    if db.session.scalar(select(ServiceDefinition.hash).where(kept)):
        return
    db.session.execute(
        insert(ServiceDefinition)
        .values(
            hash=definition.hash,
            code=definition.code,
            version=definition.version,
            content=stored.plain(definition),
        )
        .on_conflict_do_nothing()
    )


def of(request: ServiceRequest) -> Definition:
    """The version that the request began with."""
    current = offered().get(request.service_code)
    if current is not None and current.hash == request.definition_hash:
        return current
    return _kept_version(request.definition_hash)


def newer(request: ServiceRequest) -> Definition | None:
    """The newest version when it is newer than the one that the request is pinned to."""
    current = offered().get(request.service_code)
    if current is None or current.hash == request.definition_hash:
        return None
    return current if current.version > of(request).version else None


def _kept_version(digest: str) -> Definition:
    if digest not in _kept:
        row = db.session.get_one(ServiceDefinition, digest)
        _kept[digest] = stored.restored(row.content, digest)
    return _kept[digest]
