"""Composes the Persian text of a deed from its template and the answers.

Placeholders: {field}, {field.part}, {today}, {office_city}, {office_name}, {filer}. What is not
answered yet stands as a dotted line, so that a preview can be read at any time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import dates
from core.catalogue.conditions import blank, holds, lookup
from core.catalogue.definition import Definition, Facts, Field
from core.catalogue.fields import type_of
from core.catalogue.fields.choices import options
from core.catalogue.fields.composed import Group
from core.catalogue.reference import countries
from core.identifiers import show_phone
from core.text import in_order, to_persian_digits

GROUP = Group()
GAP = "………………"
_PERSIAN = re.compile("[\u0600-\u06ff]")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


@dataclass(frozen=True)
class Composed:
    """A deed ready to be read, signed and printed."""

    title: str
    paragraphs: tuple[str, ...]
    signers: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is left open."""
        return not any(GAP in text for text in (self.title, *self.paragraphs))


def compose(definition: Definition, facts: Facts, office: Mapping[str, Any]) -> Composed | None:
    """The deed of a request, None when the service has none. `office`: city and name in fa."""
    deed = definition.deed
    if deed is None:
        return None
    writer = _Writer(definition, facts, office)
    paragraphs = [writer.fill(part.text) for part in deed.paragraphs if holds(part.when, facts)]
    return Composed(writer.fill(deed.title), tuple(paragraphs), writer.signers(deed.signers))


class _Writer:
    """Fills placeholders with the words of one request."""

    def __init__(self, definition: Definition, facts: Facts, office: Mapping[str, Any]) -> None:
        self.fields = definition.fields
        self.facts = facts
        self.fixed = {
            "today": dates.jalali(date.fromisoformat(facts["today"]), "fa"),
            "office_city": office.get("city", {}).get("fa", ""),
            "office_name": office.get("name", {}).get("fa", ""),
            "filer": person_words(_filer(facts)),
        }

    def fill(self, text: str) -> str:
        """The text with every placeholder replaced, tidied."""
        filled = _PLACEHOLDER.sub(lambda hit: self._word(hit[1]), text)
        return "\n".join(line.strip() for line in filled.strip().splitlines())

    def _word(self, name: str) -> str:
        if name in self.fixed:
            return self.fixed[name] or GAP
        field = self.fields.get(name)
        if field is not None:
            return words_of(field, self.facts.get(name), self.facts)
        head, _, part = name.rpartition(".")
        whole = self.fields.get(head)
        inner = next((item for item in whole.fields if item.key == part), None) if whole else None
        value = lookup(self.facts, name)
        if inner is not None:
            return words_of(inner, value, self.facts)
        return GAP if blank(value) else to_persian_digits(value)

    def signers(self, name: str | None) -> tuple[str, ...]:
        """The names under the deed: the filer, and the people of the named group or question."""
        value = self.facts.get(name) if name else None
        rows = value if isinstance(value, list) else [value] if value else []
        people = [_filer(self.facts), *(_person_in(row) for row in rows)]
        return tuple(name for person in people if (name := full_name(person)))


def words_of(field: Field, value: Any, facts: Facts) -> str:
    """An answer as it reads inside a deed."""
    if blank(value):
        return GAP
    if field.type == "person":
        return person_words(value)
    if field.type == "group":
        return "؛ ".join(_row_words(field, row) for row in value)
    chosen = [option for option in options(field, facts)
              if option.key in (value if isinstance(value, list) else [value])]  # fmt: skip
    if any(option.deed for option in chosen):
        return _sentences([option.deed or option.label["fa"] for option in chosen])
    if field.type == "digits":
        return to_persian_digits(value)
    if field.type == "date":
        return dates.both(date.fromisoformat(value), "fa")
    shown = type_of(field).show(field, value, "fa")
    return shown if _PERSIAN.search(shown) else in_order(shown)


def _sentences(texts: list[str]) -> str:
    if len(texts) == 1:
        return texts[0]
    return "\n" + "\n".join(
        to_persian_digits(f"{number}. {text}") for number, text in enumerate(texts, 1)
    )


def _row_words(field: Field, row: Mapping[str, Any]) -> str:
    if not field.deed:
        people = [item for item in field.fields if item.type == "person" and row.get(item.key)]
        if people:
            return "؛ ".join(person_words(row[item.key]) for item in people)
        return GROUP.row_words(field, dict(row), "fa")
    inner = {item.key: item for item in field.fields}
    return _PLACEHOLDER.sub(
        lambda hit: words_of(inner[hit[1]], row.get(hit[1]), row) if hit[1] in inner else GAP,
        field.deed,
    )


def person_words(person: Mapping[str, Any]) -> str:
    """A person as deeds name people: title, name, father, numbers, birth, address."""
    parts = [full_name(person) or GAP]
    for key, words in (
        ("father_name_fa", "فرزند {}"),
        ("national_id", "به شماره ملی {}"),
        ("special_code", "دارای کد خاص {}"),
        ("foreign_passport_no", "دارای گذرنامه شماره {}"),
        ("shenasnameh_no", "به شماره شناسنامه {}"),
        ("shenasnameh_issue_place", "صادره از {}"),
        ("birth_date", "متولد {}"),
        ("licence_no", "وکیل دادگستری به شماره پروانه {}"),
        ("address", "به نشانی {}"),
        ("address_country", "{}"),
        ("phone", "تلفن {}"),
    ):
        if not blank(person.get(key)):
            parts.append(words.format(_written(key, person)))
    return "، ".join(parts)


def full_name(person: Mapping[str, Any]) -> str:
    """Title and name of a person in Persian."""
    title = {"female": "خانم ", "male": "آقای "}.get(person.get("gender", ""), "")
    name = " ".join(
        str(person[key]) for key in ("first_name_fa", "last_name_fa") if person.get(key)
    )
    return title + name if name else ""


def _written(key: str, person: Mapping[str, Any]) -> str:
    value = person[key]
    if key == "birth_date":
        return dates.jalali(date.fromisoformat(str(value)), "fa")
    if key == "foreign_passport_no":
        country = countries().get(person.get("foreign_passport_country", ""), {}).get("fa", "")
        return f"{in_order(value)} {country}".strip()
    if key == "address_country":
        return countries().get(value, {}).get("fa", "")
    if key == "phone":
        return in_order(show_phone(value))
    if key == "special_code":
        return in_order(value)
    latin = any("a" <= char <= "z" for char in str(value).lower())
    return in_order(value) if latin else to_persian_digits(value)


def _filer(facts: Facts) -> dict[str, Any]:
    prefix = "profile."
    person = {
        key.removeprefix(prefix): value for key, value in facts.items() if key.startswith(prefix)
    }
    return {**person, "address": _address(person), "address_country": person.get("res_country")}


def _address(person: Mapping[str, Any]) -> str:
    """In Persian as the person wrote it, else as on a letter, for its own post."""
    if not blank(person.get("res_address_fa")):
        return str(person["res_address_fa"])
    place = " ".join(
        str(person[key]) for key in ("res_city", "res_postal_code") if not blank(person.get(key))
    )
    return ", ".join(part for part in (str(person.get("res_address_local") or ""), place) if part)


def _person_in(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The person inside a row of a group, or the row itself when it is a person."""
    inner = next((value for value in row.values()
                  if isinstance(value, dict) and "first_name_fa" in value), None)  # fmt: skip
    return inner or row
