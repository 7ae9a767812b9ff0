"""Questions answered by choosing: one, several, or one of the person's other requests."""

from typing import Any

from flask_babel import lazy_gettext as _l

from core.catalogue.conditions import blank, holds
from core.catalogue.definition import Facts, Field, Option, Words
from core.catalogue.fields.base import NOTHING, TYPED, FieldError, FieldType, Form
from core.catalogue.fields.texts import Refused
from core.text import clean, figures


def options(field: Field, facts: Facts) -> list[Option]:
    """The answers whose condition holds."""
    return [option for option in field.options if holds(option.when, facts)]


def label_of(field: Field, key: str) -> Words:
    """The words for a stored answer; one that is gone from the list stands for itself."""
    found = next((option for option in field.options if option.key == key), None)
    return found.label if found else {"fa": key, "en": key}


class Choice(FieldType):
    """One of the options; `options_from` takes a shared list."""

    name = "choice"
    rules = {"options_from": "options_from", "style": "style"}
    unanswered = "Choose an answer for “%(label)s”."

    def parse(self, field: Field, text: str, facts: Facts) -> str:
        if text not in {option.key for option in options(field, facts)}:
            raise Refused(_l("Choose one of the answers listed here."))
        return text

    def show(self, field: Field, value: Any, lang: str) -> str:
        return "" if blank(value) else label_of(field, value)[lang]


class Choices(FieldType):
    """Several of the options, in their order; `min` and `max` how many."""

    name = "choices"
    rules = {"options_from": "options_from", "min": "count", "max": "count"}
    unanswered = "Choose at least one answer for “%(label)s”."

    def read(self, field: Field, form: Form, name: str | None = None, facts: Facts = NOTHING):
        name = name or field.key
        chosen = set(form.getlist(name)) - {""}
        allowed = [option.key for option in options(field, facts)]
        if chosen - set(allowed):
            raise FieldError({name: _l("Choose only answers listed here.")})
        self._check_count(field, name, len(chosen))
        return [key for key in allowed if key in chosen]

    def _check_count(self, field: Field, name: str, count: int) -> None:
        low, high = field.rules.get("min", 0), field.rules.get("max")
        if 0 < count < low:
            raise FieldError({name: _l("Choose at least %(low)s answers.", low=figures(low))})
        if high and count > high:
            raise FieldError({name: _l("Choose at most %(high)s answers.", high=figures(high))})

    def to_form(self, field: Field, value: Any, name: str | None = None) -> dict[str, list[str]]:
        return {} if blank(value) else {name or field.key: list(value)}

    def show(self, field: Field, value: Any, lang: str) -> str:
        separator = "، " if lang == "fa" else ", "
        return separator.join(label_of(field, key)[lang] for key in value or [])


class Reference(FieldType):
    """Another request of the same person, e.g. the approved student file at this office.

    What may be chosen is looked up by the caller and stands in facts["references"][field.key] as
    [{"key": …, "label": …}]. With `outside` a number that this office does not know may be typed.
    """

    name = "reference"
    rules = {"services": "services", "states": "states", "outside": "bool"}
    unanswered = "Choose “%(label)s”."
    nothing_fits = "No request of yours at this office fits “%(label)s”. File that one first."

    def wanting(self, field: Field, facts: Facts) -> str:
        if facts.get("references", {}).get(field.key):
            return self.unanswered
        return TYPED if field.rules.get("outside") else self.nothing_fits

    def read(self, field: Field, form: Form, name: str | None = None, facts: Facts = NOTHING):
        name = name or field.key
        chosen, typed = self.typed(form, name), self.typed(form, f"{name}.outside")
        if chosen:
            offered = facts.get("references", {}).get(field.key, [])
            if chosen not in {entry["key"] for entry in offered}:
                raise FieldError({name: _l("Choose one of your requests listed here.")})
            return {"request": chosen}
        if typed and field.rules.get("outside"):
            return {"outside": clean(typed)[:60]}
        return None

    def to_form(self, field: Field, value: Any, name: str | None = None) -> dict[str, list[str]]:
        name = name or field.key
        if blank(value):
            return {}
        if "request" in value:
            return {name: [value["request"]]}
        return {f"{name}.outside": [value["outside"]]}

    def show(self, field: Field, value: Any, lang: str) -> str:
        return "" if blank(value) else str(value.get("label") or next(iter(value.values())))
