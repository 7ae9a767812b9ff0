"""Offices as the public sees them: by country, with the days on which they work."""

from collections.abc import Callable, Iterable
from typing import Any

from babel.dates import get_day_names
from flask_babel import gettext as _

from core.catalogue.reference import countries as country_names
from core.text import alphabetical, fold
from tenants.facts import OfficeFacts

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def working_days(office: OfficeFacts, lang: str) -> str:
    """The days between two weekends in words: “Monday to Friday”."""
    open_days = [day for day in WEEK if day not in office.weekend]
    names = get_day_names("wide", context="stand-alone", locale=lang)
    # The week starts after the weekend, so that the run of open days is not torn at Monday.
    first_day = (
        n for n, day in enumerate(WEEK) if day in open_days and WEEK[n - 1] not in open_days
    )
    start = next(first_day, 0)
    turned = [WEEK[(start + n) % 7] for n in range(7)]
    shown = [names[WEEK.index(day)] for day in turned if day in open_days]
    if len(shown) > 2 and turned[: len(shown)] == [day for day in turned if day in open_days]:
        return _("%(first)s to %(last)s", first=shown[0], last=shown[-1])
    return ("، " if lang == "fa" else ", ").join(shown)


def countries(
    offices: Iterable[OfficeFacts], wanted: str, origin: Callable[[str], str], lang: str
) -> list[dict[str, Any]]:
    """The active offices that match, grouped by country in the order of the reader's language."""
    groups: dict[str, dict[str, Any]] = {}
    for office in offices:
        if office.status != "active" or not office.hosts or not _matches(office, wanted):
            continue
        group = groups.setdefault(office.country_code, {"name": office.country, "offices": []})
        group["offices"].append(_entry(office, origin, lang))
    for group in groups.values():
        group["offices"].sort(key=lambda entry: alphabetical(entry["city"][lang]))
    return sorted(groups.values(), key=lambda group: alphabetical(group["name"][lang]))


def _entry(office: OfficeFacts, origin: Callable[[str], str], lang: str) -> dict[str, Any]:
    also = [code for code in office.jurisdictions if code != office.country_code]
    names = [country_names()[code][lang] for code in also if code in country_names()]
    separator = "، " if lang == "fa" else ", "
    told = _("also for %(countries)s", countries=separator.join(names)) if names else ""
    return {"city": office.city, "url": f"{origin(office.hosts[0])}/", "words": told}


def _matches(office: OfficeFacts, wanted: str) -> bool:
    if not wanted:
        return True
    served = [country_names().get(code, {}) for code in office.jurisdictions]
    texts = [office.city, office.country, office.name, *served]
    # From the beginning of a word: “تر” finds Turkey and not Astrakhan.
    return any(f" {fold(wanted)}" in f" {fold(text)}" for pair in texts for text in pair.values())
