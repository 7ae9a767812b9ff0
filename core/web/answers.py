"""The answers of a request in words, section by section, as pages show them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from core.catalogue import answers
from core.catalogue.definition import Field
from core.catalogue.fields import type_of
from core.catalogue.fields.composed import told
from core.requests.situation import Situation
from core.web.templating import lang, words

NOT_SHOWN = ("file",)


@dataclass(frozen=True)
class Part:
    """A section of answers: rows of {label, value, parts, change}."""

    key: str
    title: Any
    rows: list[dict[str, Any]]


def answered(situation: Situation, change: Callable[[str], str] | None = None) -> list[Part]:
    """The answers that apply; `change` gives the address at which a section's are changed."""
    parts = []
    for section, rows in answers.shown(situation.definition, situation.facts, lang()):
        address = change(section.key) if change else None
        shown = [
            {
                "label": words(field.label),
                "value": _value(field, text),
                "parts": told(field, situation.facts.get(field.key), lang()),
                "change": f"{address}#{field.key}" if address and type_of(field).asked else None,
            }
            for field, text, _ in rows
            if field.type not in NOT_SHOWN
        ]
        if shown:
            parts.append(Part(section.key, section.title, shown))
    return parts


def _value(field: Field, text: str) -> Any:
    if text and type_of(field).ltr:
        return Markup('<bdi dir="ltr">{}</bdi>').format(text)
    return text
