"""Answers made of several boxes: address, person, and the repeating group."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l

from core.catalogue.conditions import blank
from core.catalogue.definition import Facts, Field
from core.catalogue.fields.base import (
    NOTHING,
    FieldError,
    FieldType,
    Form,
    read_fields,
    type_of,
    visible,
)
from core.text import figures, in_order, to_persian_digits

# Of each part its name (rows of a group have one), with label and words of the answers in it.
Told = list[tuple[str, list[tuple[str, str]]]]
_PRESET = re.compile(r"\.(identity|calendar|currency|dial)$")


def _begun(form: Form, name: str) -> bool:
    """Whether anything but a preset choice was typed into the boxes below that name."""
    return any(
        key.startswith(f"{name}.") and not _PRESET.search(key) and (form.get(key) or "").strip()
        for key in form
    )


class Composite(FieldType):
    """An answer with named parts; the parts are `field.fields`."""

    unanswered = "Fill in “%(label)s”."

    def read(self, field: Field, form: Form, name: str | None = None, facts: Facts = NOTHING):
        name = name or field.key
        values, errors = read_fields(field.fields, form, f"{name}.", facts)
        nothing = all(blank(value) for key, value in values.items() if key != "identity")
        if nothing and not _begun(form, name):
            return None
        if errors:
            raise FieldError(errors)
        return {key: value for key, value in values.items() if not blank(value)}

    def to_form(self, field: Field, value: Any, name: str | None = None) -> dict[str, list[str]]:
        name = name or field.key
        boxes: dict[str, list[str]] = {}
        for part in field.fields:
            boxes |= type_of(part).to_form(part, (value or {}).get(part.key), f"{name}.{part.key}")
        return boxes

    def detail(self, field: Field, value: Any, lang: str) -> list[tuple[str, str]]:
        shown = visible(field.fields, value or {})
        return [
            (part.label[lang], type_of(part).show(part, value[part.key], lang))
            for part in shown
            if not blank((value or {}).get(part.key))
        ]

    def show(self, field: Field, value: Any, lang: str) -> str:
        separator = "، " if lang == "fa" else ", "
        return separator.join(text for _, text in self.detail(field, value, lang))


class Address(Composite):
    """A postal address; `where` is iran, abroad or any."""

    name = "address"
    rules = {"where": "where"}


class Person(Composite):
    """A person: `parts` asked, `optional` ones, and which kinds of `identity` are taken."""

    name = "person"
    rules = {"parts": "person_parts", "optional": "person_parts", "identity": "identity"}

    def show(self, field: Field, value: Any, lang: str) -> str:
        if blank(value):
            return ""
        names = ("first_name_fa", "last_name_fa"), ("first_name_en", "last_name_en")
        for pair in names if lang == "fa" else reversed(names):
            text = " ".join(value[part] for part in pair if value.get(part))
            if text:
                return text
        return super().show(field, value, lang)


class Group(FieldType):
    """A repeating group of questions; `min` and `max` rows, `item` names one row.

    Boxes are called group.0.field. Empty rows are dropped; a row with group.N.remove goes too.
    """

    name = "group"
    rules = {"min": "count", "max": "count", "item": "words"}
    unanswered = "Add at least one entry for “%(label)s”."
    most = 30

    def read(self, field: Field, form: Form, name: str | None = None, facts: Facts = NOTHING):
        name = name or field.key
        rows, errors = [], {}
        for number in self.numbers(form, name):
            if form.get(f"{name}.{number}.remove"):
                continue
            row, faults = self._row(field, form, f"{name}.{number}", facts)
            if row is not None:
                rows.append(row)
                errors.update(faults)
        if not errors:
            errors = self._count_fault(field, name, len(rows))
        if errors:
            raise FieldError(errors)
        return rows

    def numbers(self, form: Form, name: str) -> list[int]:
        """The numbers of the rows that stand in the form."""
        pattern = re.compile(re.escape(name) + r"\.(\d{1,3})\.")
        return sorted({int(hit[1]) for key in form if (hit := pattern.match(key))})

    def _row(self, field: Field, form: Form, prefix: str, facts: Facts):
        values, errors = read_fields(field.fields, form, f"{prefix}.", facts)
        begun = _begun(form, prefix)
        if not begun and all(blank(value) for value in values.values()):
            return None, {}
        return {key: value for key, value in values.items() if not blank(value)}, errors

    def _count_fault(self, field: Field, name: str, count: int) -> dict[str, Any]:
        low, high = field.rules.get("min", 0), field.rules.get("max", self.most)
        if 0 < count < low:
            return {name: _l("Add at least %(low)s entries; there are %(count)s.",
                             low=figures(low), count=figures(count))}  # fmt: skip
        if count > high:
            return {name: _l("At most %(high)s entries fit here; there are %(count)s.",
                             high=figures(high), count=figures(count))}  # fmt: skip
        return {}

    def to_form(self, field: Field, value: Any, name: str | None = None) -> dict[str, list[str]]:
        name = name or field.key
        boxes: dict[str, list[str]] = {}
        for number, row in enumerate(value or []):
            for part in field.fields:
                inner = f"{name}.{number}.{part.key}"
                boxes |= type_of(part).to_form(part, row.get(part.key), inner)
        return boxes

    def detail(self, field: Field, value: Any, lang: str) -> list[tuple[str, str]]:
        return [
            (name, self._on_one_line(pairs, lang)) for name, pairs in self.rows(field, value, lang)
        ]

    def rows(self, field: Field, value: Any, lang: str) -> Told:
        """The name of each row, with label and words of each answer in it."""
        label = field.rules.get("item", field.label)[lang]
        figure = to_persian_digits if lang == "fa" else str
        return [
            (
                f"{label} {figure(number)}" if len(value) > 1 else label,
                self._pairs(field, row, lang),
            )
            for number, row in enumerate(value or [], 1)
        ]

    def row_words(self, field: Field, row: dict[str, Any], lang: str) -> str:
        """One row on one line: label and words of each answer in it."""
        return self._on_one_line(self._pairs(field, row, lang), lang)

    def _on_one_line(self, pairs: list[tuple[str, str]], lang: str) -> str:
        return ("؛ " if lang == "fa" else "; ").join(_told(*pair) for pair in pairs)

    def _pairs(self, field: Field, row: dict[str, Any], lang: str) -> list[tuple[str, str]]:
        return [
            pair
            for part in visible(field.fields, row)
            if not blank(row.get(part.key))
            for pair in _inside(part, row[part.key], lang)
        ]

    def show(self, field: Field, value: Any, lang: str) -> str:
        return " / ".join(text for _, text in self.detail(field, value or [], lang))


def told(field: Field, value: Any, lang: str) -> Told:
    """A composed answer in its parts: each row of a group under its name, others under none."""
    kind = type_of(field)
    if isinstance(kind, Group):
        return kind.rows(field, value, lang)
    pairs = kind.detail(field, value, lang) if isinstance(kind, Composite) else []
    return [("", pairs)] if pairs else []


def _inside(part: Field, value: Any, lang: str) -> list[tuple[str, str]]:
    """The answers in a part of a row: a person is told whole, with numbers and address."""
    kind = type_of(part)
    if not isinstance(kind, Composite):
        return [(part.label[lang], kind.show(part, value, lang))]
    return [
        (inner.label[lang], type_of(inner).show(inner, value[inner.key], lang))
        for inner in visible(part.fields, value)
        if inner.key != "identity" and not blank(value.get(inner.key))
    ]


def _told(label: str, words: str) -> str:
    """A question keeps its own mark, every other label gets a colon; Latin words their order."""
    if words[:1].isascii() and label and not label[0].isascii():
        words = in_order(words)
    return f"{label} {words}" if label.endswith(("?", "؟")) else f"{label}: {words}"
