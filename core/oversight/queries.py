"""All offices on one page, from the ministry's own tables: no office's schema is visited."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from core.clock import today
from core.errors import NotFound
from core.oversight.figures import DECIDED
from core.oversight.models import OfficeBacklog, OfficeChange, OfficeStatistic
from core.text import alphabetical, fold
from tenants import names, registry
from tenants.database import db
from tenants.lifecycle import default_hosts
from tenants.migrations.steps import head
from tenants.reference import NewOffice, offices
from tenants.registry import Office, OfficeHost

HOME_ZONE = "Asia/Tehran"
SHOWN = (
    Office.slug, Office.name_fa, Office.name_en, Office.city_fa, Office.city_en,
    Office.country_fa, Office.country_en, Office.status, Office.schema_version,
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """An office and its figures."""

    slug: str
    name: dict[str, str]
    city: dict[str, str]
    country: dict[str, str]
    status: str
    schema_version: int
    behind: bool
    open: int
    oldest: date | None
    decided: int

    @property
    def label(self) -> str:
        """The office's part of addresses."""
        return names.host_label(self.slug)


def overview(
    search: str = "", status: str = "", sort: str = "city", down: bool = False, lang: str = "en"
) -> list[Line]:
    """The lines of the table, searched in both scripts, filtered and sorted. Three queries."""
    waiting, decided, expected = _waiting(), _decided_this_month(), head("office")
    wanted = fold(search)
    lines = [
        _line(row, waiting.get(row.slug, (0, None)), decided.get(row.slug, 0), expected)
        for row in db.session.execute(select(*SHOWN))
        if (not status or row.status == status) and (not wanted or wanted in _searched(row))
    ]
    chosen = KEYS[sort if sort in KEYS else "city"]
    by_city = sorted(lines, key=lambda line: alphabetical(line.city[lang]))
    return sorted(by_city, key=lambda line: chosen(line, lang), reverse=down)


def one(slug: str) -> Line:
    """One office with its figures; raises NotFound."""
    row = _row(slug)
    return _line(
        row, _waiting().get(slug, (0, None)), _decided_this_month().get(slug, 0), head("office")
    )


def facts(slug: str) -> tuple[Office, list[str], list[OfficeChange]]:
    """The office as the registry knows it, its host names, its history (newest first)."""
    row = _row(slug)
    hosts = db.session.scalars(
        select(OfficeHost.host).where(OfficeHost.office == slug).order_by(OfficeHost.host)
    )
    changes = db.session.scalars(
        select(OfficeChange).where(OfficeChange.office == slug).order_by(OfficeChange.at.desc())
    )
    return row, list(hosts), list(changes)


def by_service(slug: str) -> list[dict[str, Any]]:
    """Open requests of an office by service, most first."""
    rows = db.session.execute(
        select(
            OfficeBacklog.service, func.sum(OfficeBacklog.n), func.min(OfficeBacklog.submitted_on)
        )
        .where(OfficeBacklog.office == slug, OfficeBacklog.n > 0)
        .group_by(OfficeBacklog.service)
        .order_by(func.sum(OfficeBacklog.n).desc(), OfficeBacklog.service)
    )
    return [{"service": service, "open": n, "oldest": oldest} for service, n, oldest in rows]


def not_open_yet(search: str = "", lang: str = "en") -> list[NewOffice]:
    """Offices of the reference file that are not open here, searched in both scripts."""
    known = set(db.session.scalars(select(Office.slug)))
    wanted = fold(search)
    found = [
        office
        for office in offices().values()
        if office.slug not in known and wanted in _searched_reference(office)
    ]
    return sorted(found, key=lambda office: alphabetical(office.city[lang]))


def active_but_not_here() -> list[NewOffice]:
    """Offices that the reference file calls active and that this installation does not know."""
    known = {office.slug for office in registry.all_offices()}
    return [new for new in offices().values() if new.active and new.slug not in known]


def reference_office(slug: str) -> NewOffice:
    """An office of the reference file; raises NotFound."""
    try:
        return offices()[slug.replace("-", "_")]
    except KeyError:
        raise NotFound from None


def host_of(slug: str, base_domain: str) -> str:
    """The host name that an office gets when it is opened."""
    return default_hosts(slug, base_domain)[0]


def _row(slug: str) -> Office:
    found = db.session.get(Office, slug)
    if found is None:
        raise NotFound
    return found


def _waiting() -> dict[str, tuple[int, date | None]]:
    rows = db.session.execute(
        select(
            OfficeBacklog.office, func.sum(OfficeBacklog.n), func.min(OfficeBacklog.submitted_on)
        )
        .where(OfficeBacklog.n > 0)
        .group_by(OfficeBacklog.office)
    )
    return {office: (n, oldest) for office, n, oldest in rows}


def _decided_this_month() -> dict[str, int]:
    first = today(HOME_ZONE).replace(day=1)
    rows = db.session.execute(
        select(OfficeStatistic.office, func.sum(OfficeStatistic.n))
        .where(OfficeStatistic.status.in_(DECIDED), OfficeStatistic.day >= first)
        .group_by(OfficeStatistic.office)
    )
    return {row[0]: row[1] for row in rows}


def _line(row: Any, waiting: tuple[int, date | None], decided: int, expected: int) -> Line:
    return Line(
        slug=row.slug,
        name={"fa": row.name_fa, "en": row.name_en},
        city={"fa": row.city_fa, "en": row.city_en},
        country={"fa": row.country_fa, "en": row.country_en},
        status=row.status,
        schema_version=row.schema_version,
        behind=row.status != "erased" and row.schema_version < expected,
        open=waiting[0],
        oldest=waiting[1],
        decided=decided,
    )


def _searched(row: Any) -> str:
    texts = (row.slug, row.city_fa, row.city_en, row.country_fa, row.country_en)
    return fold(" ".join(texts))


def _searched_reference(office: NewOffice) -> str:
    texts = (office.slug, *office.city.values(), *office.country.values())
    return fold(" ".join(texts))


KEYS: dict[str, Callable[[Line, str], Any]] = {
    "city": lambda line, lang: alphabetical(line.city[lang]),
    "country": lambda line, lang: alphabetical(line.country[lang]),
    "status": lambda line, _lang: line.status,
    "open": lambda line, _lang: line.open,
    "oldest": lambda line, _lang: line.oldest or date.max,
    "decided": lambda line, _lang: line.decided,
}
