"""Words that name a setting: “valid for {office.laissez_passer_days} days”, said as it is here."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.catalogue import facts
from core.catalogue.definition import Definition, Requirement, Section, Words
from core.text import to_persian_digits

MARK = "{office."
_NAME = re.compile(r"\{office\.([a-z_]+)\}")


def spoken(definition: Definition, chosen: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The parts of a definition that name settings, with what holds here; {} where none does.

    Settings are named in the description, the result, the rules of who may and the hints of
    questions.
    """
    values = {**facts.settings(), **{key: said.get("value") for key, said in chosen.items()}}
    found: dict[str, Any] = {
        "description": _filled(definition.description, values),
        "result": _filled(definition.result, values),
        "eligibility": tuple(_rule(rule, values) for rule in definition.eligibility),
        "sections": tuple(_section(part, values) for part in definition.sections),
    }
    before = {key: getattr(definition, key) for key in found}
    return {key: new for key, new in found.items() if not _same(before[key], new)}


def _same(old: Any, new: Any) -> bool:
    """Whether it is the same object, or made of the same ones: nothing had to be filled in."""
    if isinstance(old, tuple):
        return all(one is other for one, other in zip(old, new, strict=True))
    return old is new


def _rule(rule: Requirement, values: Mapping[str, Any]) -> Requirement:
    text, told = _filled(rule.text, values), rule.told and _filled(rule.told, values)
    if text is rule.text and told is rule.told:
        return rule
    return replace(rule, text=text, told=told)


def _section(section: Section, values: Mapping[str, Any]) -> Section:
    if not any(item.hint and _names(item.hint) for item in section.fields):
        return section
    fields = tuple(
        replace(item, hint=_filled(item.hint, values)) if item.hint else item
        for item in section.fields
    )
    return replace(section, fields=fields)


def _filled(words: Words, values: Mapping[str, Any]) -> Words:
    if not _names(words):
        return words
    return {lang: _in(lang, text, values) for lang, text in words.items()}


def _names(words: Words) -> bool:
    return any(MARK in text for text in words.values())


def _in(lang: str, text: str, values: Mapping[str, Any]) -> str:
    said = _NAME.sub(lambda found: str(values.get(found[1], "")), text)
    return to_persian_digits(said) if lang == "fa" else said
