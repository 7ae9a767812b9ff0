"""The offices that exist in the world, from config/reference/offices.csv, ready to be opened."""

import csv
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from tenants import names
from tenants.facts import OfficeFacts

FILE = Path(__file__).resolve().parents[1] / "config" / "reference" / "offices.csv"

KINDS = {
    "embassy": {
        "fa": "سفارت جمهوری اسلامی ایران در {city}",
        "en": "Embassy of the Islamic Republic of Iran in {city}",
    },
    "consulate_general": {
        "fa": "سرکنسولگری جمهوری اسلامی ایران در {city}",
        "en": "Consulate General of the Islamic Republic of Iran in {city}",
    },
    "interests_section": {
        "fa": "دفتر حفاظت منافع جمهوری اسلامی ایران در {city}",
        "en": "Interests Section of the Islamic Republic of Iran in {city}",
    },
}
"""What kinds of office there are, and how one of that kind is called."""


@dataclass(frozen=True)
class NewOffice:
    """An office as it shall be opened."""

    slug: str
    kind: str
    name: dict[str, str]
    city: dict[str, str]
    country_code: str
    country: dict[str, str]
    timezone: str
    currency: str
    locales: tuple[str, ...]
    weekend: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    contact: dict[str, Any] = field(default_factory=dict)
    active: bool = True
    """Whether the reference knows it to be open to the public in reality."""

    def facts(self, *, hosts: tuple[str, ...], wrapped_key: bytes, version: int) -> OfficeFacts:
        """What everybody will know of it once it is open."""
        return OfficeFacts(
            slug=names.check_slug(self.slug),
            kind=self.kind,
            name=self.name,
            city=self.city,
            country_code=self.country_code,
            country=self.country,
            timezone=self.timezone,
            currency=self.currency,
            locales=self.locales,
            weekend=self.weekend,
            jurisdictions=self.jurisdictions,
            status="opening",
            schema_version=version,
            hosts=hosts,
            contact=self.contact,
            wrapped_key=wrapped_key,
        )


@lru_cache
def offices() -> dict[str, NewOffice]:
    """All offices of the reference file by slug, in its order."""
    with FILE.open(encoding="utf-8", newline="") as file:
        found = [_office(row) for row in csv.DictReader(file)]
    return {office.slug: office for office in found}


def _office(row: dict[str, str]) -> NewOffice:
    city = {"fa": row["city_fa"], "en": row["city_en"]}
    return NewOffice(
        slug=names.check_slug(row["slug"].replace("-", "_")),
        kind=row["kind"],
        name={lang: words.format(city=city[lang]) for lang, words in KINDS[row["kind"]].items()},
        city=city,
        country_code=row["country_code"],
        country={"fa": row["country_fa"], "en": row["country_en"]},
        timezone=row["timezone"],
        currency=row["currency"],
        locales=tuple(row["locales"].split(";")),
        weekend=tuple(row["weekend"].split(";")),
        jurisdictions=tuple(row["jurisdiction_countries"].split(";")),
        active=row["status"] == "active",
    )
