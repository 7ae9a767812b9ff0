"""What can be laid over: each setting of the office and five aspects of a service.

Each is a small form of the catalogue's own question types, so that reading, bounds, words and
pages are those of every other form. The settings stand with their stated defaults in
config/reference/settings.toml.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.catalogue import reference
from core.catalogue.definition import Definition, Field, Option, Words
from core.errors import NotFound
from core.overlay import aspects, reach
from core.overlay.models import OFFICE
from tenants.scope import current_scope

TARIFF_CURRENCY = "EUR"
_MUST_NOT_BE_EMPTY = ("number", "yesno", "choice")


@dataclass(frozen=True)
class Subject:
    """Something that an office may lay over, with the questions that say what it wants.

    `default` is the answers that hold while the office has not chosen anything; `faults` is asked
    about the answers as a whole.
    """

    service: str
    key: str
    title: Words
    fields: tuple[Field, ...]
    default: Mapping[str, Any]
    faults: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda _: {}


def themes() -> dict[str, tuple[Words, list[Subject]]]:
    """The settings under their headings, in the order of the national file."""
    found: dict[str, tuple[Words, list[Subject]]] = {
        key: (title, []) for key, title in reference.table("settings-themes").items()
    }
    for key, entry in reference.table("settings").items():
        if theme := entry.get("theme"):
            found[theme][1].append(setting(key))
    return found


def lockable_themes() -> list[tuple[Words, list[Subject]]]:
    """The same as far as the ministry can keep offices from it."""
    kept = [
        (title, [one for one in found if is_lockable(OFFICE, one.key, {})])
        for title, found in themes().values()
    ]
    return [(title, found) for title, found in kept if found]


def setting(key: str) -> Subject:
    """A setting of the office; raises NotFound for what offices do not set."""
    entry = reference.table("settings").get(key)
    if entry is None or "theme" not in entry:
        raise NotFound
    label = {"fa": entry["fa"], "en": entry["en"]}
    if entry["type"] == reach.KEY:
        return Subject(OFFICE, key, label, reach.fields(), {}, reach.faults)
    if entry["type"] == "rate":
        office = current_scope().office
        usual = office.currency if office else entry["default"]
        return Subject(OFFICE, key, label, _rate_fields(label), {"value": usual})
    field = Field(
        "value",
        entry["type"],
        label,
        required=entry["type"] in _MUST_NOT_BE_EMPTY,
        options=_options(entry),
        rules={name: entry[name] for name in ("min", "max") if name in entry},
    )
    return Subject(OFFICE, key, label, (field,), {"value": entry["default"]})


def _options(entry: Mapping[str, Any]) -> tuple[Option, ...]:
    pairs = zip(entry.get("options", ()), entry.get("labels", ()), strict=True)
    return tuple(Option(key, label) for key, label in pairs)


def _rate_fields(label: Words) -> tuple[Field, ...]:
    """The currency, and what one euro of the tariff is in it, with the day of that rate."""
    other = {"field": "value", "is_not": TARIFF_CURRENCY}
    codes = reference.table("currencies")["codes"]
    names = {code: reference.currency(code) for code in codes}
    options = tuple(
        Option(code, {lang: f"{name} ({code})" for lang, name in names[code].items()})
        for code in codes
    )
    return (
        Field(
            "value", "choice", label, options=options,
            hint={"fa": "ارزی که نمایندگی با آن هزینه می‌گیرد.",
                  "en": "The currency that the office takes fees in."},
        ),
        Field(
            "rate", "number",
            {"fa": "نرخ: هر یک یورو چند واحد این ارز است", "en": "Rate: how much one euro is"},
            required=other, rules={"min": "0.0001", "max": 10_000_000, "decimals": 6},
            hint={"fa": "برای یورو لازم نیست.", "en": "Not needed for the euro."},
        ),
        Field(
            "rate_date", "date", {"fa": "تاریخ نرخ", "en": "Day of the rate"},
            required=other, rules={"not_after": "today"},
            hint={"fa": "همراه مبلغ به متقاضی نشان داده می‌شود.",
                  "en": "Shown to applicants beside the amount."},
        ),
    )  # fmt: skip


def of_service(definition: Definition) -> list[Subject]:
    """The aspects of a service that an office may lay over, those that it has."""
    found = (aspect(definition, key) for key in aspects.TITLES)
    return [subject for subject in found if subject.fields]


def aspect(definition: Definition, key: str) -> Subject:
    """One aspect of a service; raises NotFound for anything else."""
    if key not in aspects.TITLES:
        raise NotFound
    return Subject(
        definition.code,
        key,
        aspects.TITLES[key],
        aspects.fields(definition, key),
        {"offered": True} if key == "offered" else {},
        partial(aspects.faults, definition, key),
    )


def is_lockable(service: str, key: str, known: Mapping[str, Definition]) -> bool:
    """Whether there is such a setting, or such an aspect of that service or of every one."""
    if service == OFFICE:
        entry = reference.table("settings").get(key)
        return entry is not None and "theme" in entry and entry["type"] != reach.KEY
    return key in aspects.TITLES and (service == "*" or service in known)
