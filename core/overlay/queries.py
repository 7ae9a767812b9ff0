"""Reads of the overlay. A page asks once: what was read stays with the session of its scope."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from core.overlay.models import EVERY_SERVICE, OFFICE, OfficeChoice, OverlayLock
from core.overlay.terms import Chosen, Terms
from core.publishing import national
from tenants.database import db

KEPT, ALL = "overlay.terms", "overlay.all_terms"


def _lock_holds() -> Any:
    every = and_(OverlayLock.service == EVERY_SERVICE, OfficeChoice.service != OFFICE)
    return and_(
        OverlayLock.key == OfficeChoice.key,
        or_(OverlayLock.service == OfficeChoice.service, every),
    )


# Nearly every page asks these: each is put together once, which costs as much as asking it.
NEWEST = (
    select(OfficeChoice.service, OfficeChoice.key, OfficeChoice.value)
    .ext(distinct_on(OfficeChoice.service, OfficeChoice.key))
    .where(~exists().where(_lock_holds()))
    .order_by(OfficeChoice.service, OfficeChoice.key, OfficeChoice.version.desc())
)
NEWEST_OF = NEWEST.where(OfficeChoice.service.in_(bindparam("services", expanding=True)))


def terms(service: str) -> Terms:
    """What is in force for a service here and now: one query, once in each scope."""
    kept: dict[str, Terms] = db.session().info.setdefault(KEPT, {})
    if service not in kept:
        kept[service] = _terms_by_service(NEWEST_OF, services=(OFFICE, service))[service]
    return kept[service]


def every_service() -> Mapping[str, Terms]:
    """What is in force for each service by its code: one query, once in each scope."""
    kept = db.session().info
    if ALL not in kept:
        kept[ALL] = _terms_by_service(NEWEST)
    found: Mapping[str, Terms] = kept[ALL]
    return found


def forget() -> None:
    """Read anew: whoever has changed something calls this."""
    for name in (KEPT, ALL):
        db.session().info.pop(name, None)


def choice(service: str, key: str) -> OfficeChoice | None:
    """The newest choice about something, in force or not."""
    return next(iter(history(service, key)), None)


def history(service: str, key: str) -> Sequence[OfficeChoice]:
    """Every choice about something, newest first."""
    return db.session.scalars(
        select(OfficeChoice)
        .where(OfficeChoice.service == service, OfficeChoice.key == key)
        .order_by(OfficeChoice.version.desc())
    ).all()


def choices(*services: str) -> dict[tuple[str, str], OfficeChoice]:
    """The newest choices that are not back to the default, locked or not; of all without names."""
    newest = (
        select(OfficeChoice)
        .ext(distinct_on(OfficeChoice.service, OfficeChoice.key))
        .order_by(OfficeChoice.service, OfficeChoice.key, OfficeChoice.version.desc())
    )
    if services:
        newest = newest.where(OfficeChoice.service.in_(services))
    rows = db.session.scalars(newest).all()
    return {(row.service, row.key): row for row in rows if row.value is not None}


def locks() -> dict[tuple[str, str], OverlayLock]:
    """Everything that the ministry has locked."""
    return {(row.service, row.key): row for row in db.session.scalars(select(OverlayLock))}


def lock_on(service: str, key: str) -> OverlayLock | None:
    """The lock that keeps offices from something, of this service or of every one."""
    holding = [service] if service == OFFICE else [service, EVERY_SERVICE]
    return db.session.scalars(
        select(OverlayLock)
        .where(OverlayLock.service.in_(holding), OverlayLock.key == key)
        .order_by(OverlayLock.service.desc())
        .limit(1)
    ).first()


def _terms_by_service(statement: Select, **values: Any) -> Mapping[str, Terms]:
    chosen: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in db.session.execute(statement, values):
        if row.value is not None:
            chosen[row.service][row.key] = row.value
    settings = chosen.pop(OFFICE, {})
    return _ByService(settings, chosen)


class _ByService(dict[str, Terms]):
    """The terms of every service by its code, each made when it is asked for."""

    def __init__(self, settings: Chosen, chosen: Mapping[str, Chosen]) -> None:
        super().__init__()
        self._settings, self._chosen = settings, chosen

    def __missing__(self, service: str) -> Terms:
        own, gone = self._chosen.get(service, {}), national.retired().get(service)
        self[service] = found = Terms(self._settings, own, gone)
        return found
