"""What is asked now, what was answered, what is still missing, and what no longer applies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from werkzeug.datastructures import MultiDict

from core.catalogue.conditions import blank, holds, lookup, names
from core.catalogue.definition import Definition, Facts, Field, Section
from core.catalogue.facts import refresh
from core.catalogue.fields import FieldError, read_fields, type_of
from core.catalogue.fields.base import Form, unanswered, visible


@dataclass(frozen=True)
class Missing:
    """One thing that keeps a request from being complete."""

    section: str
    field: str
    message: Any


def visible_sections(definition: Definition, facts: Facts) -> list[Section]:
    """The sections whose condition holds and that have at least one question to show."""
    return [
        section
        for section in definition.sections
        if holds(section.when, facts) and visible_fields(section, facts)
    ]


def visible_fields(section: Section, facts: Facts) -> list[Field]:
    """The questions of a section whose condition holds."""
    return visible(section.fields, facts)


def read_section(
    definition: Definition, section_key: str, form: Form, facts: Facts
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Reads one posted section. → (values by field key, messages by the name of the box).

    A question whose condition turned false while reading is neither read nor complained about.
    Values that are good are returned even when others are not. Raises KeyError for a section that
    the definition does not have.
    """
    section = definition.section(section_key)
    if section is None:
        raise KeyError(section_key)
    known = dict(facts)
    values: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for field in section.fields:
        read, faults = read_fields([field], form, "", known)
        values |= read
        errors |= faults
        known |= read
        if read:
            refresh(definition, known)
    return values, errors


def form_of(section: Section, facts: Facts) -> MultiDict[str, str]:
    """The section as a filled form: stored answers, and what the profile already says."""
    form: MultiDict[str, str] = MultiDict()
    for field in section.fields:
        value = facts.get(field.key)
        if blank(value) and field.prefill:
            value = facts.get(field.prefill)
        for name, texts in type_of(field).to_form(field, value).items():
            form.setlist(name, texts)
    return form


def missing(definition: Definition, facts: Facts) -> list[Missing]:
    """Every question that is asked and not (or no longer rightly) answered."""
    found: list[Missing] = []
    for section in visible_sections(definition, facts):
        for field in visible_fields(section, facts):
            if not type_of(field).asked:
                continue
            found += [Missing(section.key, name, text) for name, text in _faults(field, facts)]
    return found


def _faults(field: Field, facts: Facts) -> list[tuple[str, Any]]:
    value = facts.get(field.key)
    if blank(value):
        if not holds(field.required, facts):
            return []
        return [(field.key, unanswered(field, facts))]
    seal = _seal(field, value, facts)
    if seal in _FINE:
        return []
    form: MultiDict[str, str] = MultiDict()
    for name, texts in type_of(field).to_form(field, value).items():
        form.setlist(name, texts)
    try:
        type_of(field).read(field, form, None, facts)
    except FieldError as error:
        return list(error.errors.items())
    if len(_FINE) >= MOST_FINE:
        _FINE.clear()
    _FINE.add(seal)
    return []


MOST_FINE = 50_000
_NEEDS: dict[str, tuple[str, ...]] = {}
_FINE: set[bytes] = set()
"""Seals of answers that were read once and found right: a page reads them all, most unchanged."""


def _seal(field: Field, value: Any, facts: Facts) -> bytes:
    """A digest of everything that reading the answer depends on; it holds nothing of a person."""
    if field.mark not in _NEEDS:
        _NEEDS[field.mark] = tuple(sorted(set(_depends_on(field))))
    asked = [lookup(facts, name) for name in _NEEDS[field.mark]]
    offered = facts.get("references", {}).get(field.key)
    return blake2b(repr((field.mark, value, asked, offered)).encode(), digest_size=16).digest()


def _depends_on(field: Field) -> Iterator[str]:
    """The facts that reading an answer looks at: bounds, conditions, the day, the country."""
    yield from ("today", "office.country_code")
    yield from (rule["fact"] for rule in field.rules.values()
                if isinstance(rule, dict) and "fact" in rule)  # fmt: skip
    for option in field.options:
        yield from names(option.when)
    for part in field.fields:
        yield from (*names(part.when), *names(part.required), *_depends_on(part))


def split_applicable(
    definition: Definition, answers: Mapping[str, Any], facts: Facts
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Answers that apply, and those kept aside because their question is no longer asked.

    Works until nothing changes: an answer that falls away can take others with it.
    """
    applies = dict(answers)
    aside: dict[str, Any] = {}
    while True:
        outer = {key: value for key, value in facts.items() if key not in answers}
        given = {key: value for key, value in applies.items() if not blank(value)}
        known = refresh(definition, {**outer, **given})
        asked = {
            field.key
            for section in visible_sections(definition, known)
            for field in visible_fields(section, known)
        }
        fallen = {key for key in applies if key not in asked}
        if not fallen:
            return applies, aside
        aside |= {key: applies.pop(key) for key in fallen}


def shown(
    definition: Definition, facts: Facts, lang: str
) -> list[tuple[Section, list[tuple[Field, str, list[tuple[str, str]]]]]]:
    """Every visible section with (field, words, parts) of every visible question."""
    return [
        (
            section,
            [
                (field, type_of(field).show(field, facts.get(field.key), lang),
                 type_of(field).detail(field, facts.get(field.key), lang))
                for field in visible_fields(section, facts)
            ],
        )
        for section in visible_sections(definition, facts)
    ]  # fmt: skip
