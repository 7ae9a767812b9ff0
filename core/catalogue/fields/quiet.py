"""Parts of a section that are not answered in a box: files and values we work out ourselves."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.catalogue.conditions import blank, lookup
from core.catalogue.definition import Facts, Field
from core.catalogue.fields.base import NOTHING, FieldType, Form
from core.dates import PartialDate, months_between, years_between
from core.text import to_persian_digits

COMPUTED = ("age", "years_since", "months_since", "days_since", "months_until", "days_until",
            "count", "sum")  # fmt: skip


class File(FieldType):
    """A paper handed in at this question: its answers live with the documents of the request."""

    name = "file"
    rules = {"document": "document", "min": "count", "max": "count"}
    asked = False

    def read(self, field: Field, form: Form, name: str | None = None, facts: Facts = NOTHING):
        return None


class Computed(FieldType):
    """A value from the closed list COMPUTED, worked out of one other answer, shown read-only."""

    name = "computed"
    rules = {"compute": "compute", "unit": "words"}
    asked = False

    def read(self, field: Field, form: Form, name: str | None = None, facts: Facts = NOTHING):
        return compute(field, facts)

    def show(self, field: Field, value: Any, lang: str) -> str:
        if value is None:
            return ""
        unit = field.rules.get("unit", {}).get(lang, "")
        text = f"{value} {unit}".strip()
        return to_persian_digits(text) if lang == "fa" else text


def compute(field: Field, facts: Facts) -> int | str | None:
    """The computed value, None while the answer it needs is missing."""
    (kind, source), *_ = field.rules["compute"].items()
    if kind == "count":
        return len(lookup(facts, source) or [])
    if kind == "sum":
        group, _, key = source.partition(".")
        return _plain(sum(_number(row.get(key)) for row in lookup(facts, group) or []))
    return span(kind, lookup(facts, source), _day(facts.get("today")))


def _number(value: Any) -> Decimal:
    """A number or the amount of a sum of money; what is blank counts nothing."""
    value = value.get("amount") if isinstance(value, dict) else value
    return Decimal(0) if blank(value) else Decimal(str(value))


def _plain(total: Decimal | int) -> int | str:
    """Whole numbers as they are counted, others with their decimals."""
    return int(total) if total == int(total) else str(total)


def span(kind: str, value: Any, today: date | None) -> int | None:
    """Years, months or days between an answer and today."""
    day = _day(value)
    if day is None or today is None:
        return None
    return {
        "age": lambda: years_between(day, today),
        "years_since": lambda: years_between(day, today),
        "months_since": lambda: months_between(day, today),
        "days_since": lambda: (today - day).days,
        "months_until": lambda: months_between(today, day),
        "days_until": lambda: (day - today).days,
    }[kind]()


def _day(value: Any) -> date | None:
    if blank(value):
        return None
    if isinstance(value, dict):
        return PartialDate(**value).earliest()
    return value if isinstance(value, date) else date.fromisoformat(str(value))
