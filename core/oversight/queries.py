"""All offices on one page, from the ministry's own tables: no office's schema is visited."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
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
OPEN, DECIDED = func.coalesce(OfficeTotal.n, 0), func.coalesce(OfficeMonth.n, 0)
OLDEST = (
    select(func.min(OfficeBacklog.submitted_on))
    .where(OfficeBacklog.office == Office.slug, OfficeBacklog.n > 0)
    .scalar_subquery()
)
THIS_MONTH = (OfficeMonth.office == Office.slug) & (OfficeMonth.month == bindparam("month"))
LINES = (
    select(
        Office.slug, Office.name_fa, Office.name_en, Office.city_fa, Office.city_en,
        Office.country_fa, Office.country_en, Office.status, Office.schema_version,
        OPEN.label("open"), DECIDED.label("decided"), OLDEST.label("oldest"),
    )
    .where(Office.slug == func.any(bindparam("slugs")))
    .join(OfficeTotal, OfficeTotal.office == Office.slug, isouter=True)
    .join(OfficeMonth, THIS_MONTH, isouter=True)
)  # fmt: skip
"""Some offices with their figures, none of which has to be added up."""
SEARCHED = (Office.city_fa, Office.city_en, Office.country_fa, Office.country_en)


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
    """A page of the lines, searched in both scripts, filtered and sorted. Two queries at most: the
    order of all offices by what it goes by alone, and the lines of the page."""
    slugs = _in_order(fold(search), status, sort if sort in KEYS else "city", down, lang)
    pages = max(1, -(-len(slugs) // A_PAGE))
    page = min(max(page, 1), pages)
    shown = slugs[(page - 1) * A_PAGE : page * A_PAGE]
    lines = _lines(shown)
    return Table([lines[slug] for slug in shown], page, pages)


def one(slug: str) -> Line:
    """One office with its figures; raises NotFound."""
    try:
        return _lines([slug])[slug]
    except KeyError:
        raise NotFound from None


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


def _in_order(wanted: str, status: str, sort: str, down: bool, lang: str) -> list[str]:
    """The slugs in the order of the table. One by words changes only with the registry."""
    if wanted or sort in FIGURES:
        return _sorted(wanted, status, sort, down, lang)
    return _remembered(registry.database(), registry.version(), status, sort, down, lang)


@lru_cache(maxsize=64)
def _remembered(_database: str, _version: int, *asked: Any) -> list[str]:
    return _sorted("", *asked)


def _sorted(wanted: str, status: str, sort: str, down: bool, lang: str) -> list[str]:
    key, of_key = KEYS[sort]
    words = SEARCHED if wanted else ()
    asked = select(Office.slug, CITY[lang].label("city"), key[lang].label("key"), *words)
    if sort == "open":
        asked = asked.join(OfficeTotal, OfficeTotal.office == Office.slug, isouter=True)
    if sort == "decided":
        asked = asked.join(OfficeMonth, THIS_MONTH, isouter=True)
    if status:
        asked = asked.where(Office.status == status)
    found = db.session.connection().execute(asked, {"month": _this_month()}).all()
    rows = [row for row in found if wanted in _searched(row)] if wanted else found
    keyed = [(of_key(value), alphabetical(city), slug) for slug, city, value, *_ in rows]
    keyed.sort(key=itemgetter(1))
    keyed.sort(key=itemgetter(0), reverse=down)
    return [slug for *_, slug in keyed]


def _lines(slugs: list[str]) -> dict[str, Line]:
    expected = head("office")
    found = db.session.connection().execute(LINES, {"slugs": slugs, "month": _this_month()})
    return {row[0]: _line(row, expected) for row in found.all()}


def _this_month() -> date:
    return today(HOME_ZONE).replace(day=1)


def _line(row: Any, expected: int) -> Line:
    slug, *words, status, version, waiting, decided, oldest = row
    name, city, country = ({"fa": words[at], "en": words[at + 1]} for at in (0, 2, 4))
    return Line(
        slug=slug,
        name=name,
        city=city,
        country=country,
        status=status,
        schema_version=version,
        behind=status != "erased" and version < expected,
        open=max(waiting, 0),
        oldest=oldest,
        decided=decided,
    )


def _searched(row: Any) -> str:
    texts = (row.slug, row.city_fa, row.city_en, row.country_fa, row.country_en)
    return fold(" ".join(texts))


def _searched_reference(office: NewOffice) -> str:
    texts = (office.slug, *office.city.values(), *office.country.values())
    return fold(" ".join(texts))


def _alike(column: Any) -> dict[str, Any]:
    return dict.fromkeys(("fa", "en"), column)


CITY = {"fa": Office.city_fa, "en": Office.city_en}
COUNTRY = {"fa": Office.country_fa, "en": Office.country_en}
KEYS: dict[str, tuple[dict[str, Any], Callable[[Any], Any]]] = {
    "city": (CITY, alphabetical),
    "country": (COUNTRY, alphabetical),
    "status": (_alike(Office.status), str),
    "open": (_alike(OPEN), int),
    "oldest": (_alike(OLDEST), lambda day: day or date.max),
    "decided": (_alike(DECIDED), int),
}
"""What the table can be sorted by: the column in each language, and the order of its values."""
FIGURES = ("open", "oldest", "decided")
