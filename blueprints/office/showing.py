"""What an office chose, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.catalogue.conditions import blank
from core.catalogue.fields import type_of
from core.overlay.models import OfficeChoice
from core.overlay.subjects import Subject
from core.web.templating import lang


@dataclass(frozen=True)
class Row:
    """Something that can be laid over, as a list shows it: `said` of what is in force here."""

    subject: Subject
    said: list[tuple[str, str]]
    choice: OfficeChoice | None
    locked: bool


def row(subject: Subject, choice: OfficeChoice | None, *, locked: bool) -> Row:
    """The choice in words; the default where there is none, or where it is locked."""
    chosen = choice.value if choice and not locked else None
    said = in_words(subject, chosen or subject.default)
    return Row(subject, said, choice, locked)


def in_words(subject: Subject, value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(question, answer) of everything that is answered; of rows each one."""
    told = []
    for field in subject.fields:
        if blank(value.get(field.key)):
            continue
        details = type_of(field).detail(field, value[field.key], lang())
        shown = type_of(field).show(field, value[field.key], lang())
        told += details or [(field.label[lang()], shown)]
    return told
