"""All offices on one page, from the ministry's own tables: no office's schema is visited."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select

from core.clock import today
from core.errors import NotFound
from core.oversight.models import OfficeBacklog, OfficeChange, OfficeMonth, OfficeTotal
from core.text import alphabetical, fold
from tenants import names, registry
from tenants.database import db
from tenants.lifecycle import default_hosts
from tenants.migrations.steps import head
from tenants.reference import NewOffice, offices
from tenants.registry import Office, OfficeHost

HOME_ZONE = "Asia/Tehran"
A_PAGE = 100
OLDEST = (
    select(func.min(OfficeBacklog.submitted_on))
    .where(OfficeBacklog.office == Office.slug, OfficeBacklog.n > 0)
    .scalar_subquery()
)
MONTH = (OfficeMonth.office == Office.slug) & (OfficeMonth.month == bindparam("month"))
TABLE = (
    select(
        Office.slug, Office.name_fa, Office.name_en, Office.city_fa, Office.city_en,
        Office.country_fa, Office.country_en, Office.status, Office.schema_version,
        func.coalesce(OfficeTotal.n, 0).label("open"),
        func.coalesce(OfficeMonth.n, 0).label("decided"),
        OLDEST.label("oldest"),
    )
    .join(OfficeTotal, OfficeTotal.office == Office.slug, isouter=True)
    .join(OfficeMonth, MONTH, isouter=True)
)  # fmt: skip
"""Every office and its figures, of which none has to be added up."""


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


@dataclass(frozen=True)
class Table:
    """A page of the table."""

    lines: Sequence[Line]
    page: int
    pages: int


def overview(
    search: str = "",
    status: str = "",
    sort: str = "city",
    down: bool = False,
    lang: str = "en",
    page: int = 1,
) -> Table:
    """A page of the lines, searched in both scripts, filtered and sorted. One query."""
    wanted, chosen = fold(search), KEYS[sort if sort in KEYS else "city"]
    rows = [
        row
        for row in db.session.execute(TABLE, {"month": _this_month()})
        if (not status or row.status == status) and (not wanted or wanted in _searched(row))
    ]
    rows.sort(key=lambda row: KEYS["city"](row, lang))
    if chosen is not KEYS["city"] or down:
        rows.sort(key=lambda row: chosen(row, lang), reverse=down)
    pages = max(1, -(-len(rows) // A_PAGE))
    page = min(max(page, 1), pages)
    expected = head("office")
    shown = rows[(page - 1) * A_PAGE : page * A_PAGE]
    return Table([_line(row, expected) for row in shown], page, pages)


def one(slug: str) -> Line:
    """One office with its figures; raises NotFound."""
    asked = TABLE.where(Office.slug == slug)
    row = db.session.execute(asked, {"month": _this_month()}).first()
    if row is None:
        raise NotFound
    return _line(row, head("office"))


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


def _this_month() -> date:
    return today(HOME_ZONE).replace(day=1)


def _line(row: Any, expected: int) -> Line:
    return Line(
        slug=row.slug,
        name={"fa": row.name_fa, "en": row.name_en},
        city={"fa": row.city_fa, "en": row.city_en},
        country={"fa": row.country_fa, "en": row.country_en},
        status=row.status,
        schema_version=row.schema_version,
        behind=row.status != "erased" and row.schema_version < expected,
        open=max(row.open, 0),
        oldest=row.oldest,
        decided=row.decided,
    )


def _searched(row: Any) -> str:
    texts = (row.slug, row.city_fa, row.city_en, row.country_fa, row.country_en)
    return fold(" ".join(texts))


def _searched_reference(office: NewOffice) -> str:
    texts = (office.slug, *office.city.values(), *office.country.values())
    return fold(" ".join(texts))


KEYS: dict[str, Callable[[Any, str], Any]] = {
    "city": lambda row, lang: alphabetical(row.city_fa if lang == "fa" else row.city_en),
    "country": lambda row, lang: alphabetical(row.country_fa if lang == "fa" else row.country_en),
    "status": lambda row, _lang: row.status,
    "open": lambda row, _lang: row.open,
    "oldest": lambda row, _lang: row.oldest or date.max,
    "decided": lambda row, _lang: row.decided,
}
