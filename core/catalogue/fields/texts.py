"""Questions answered with one line or several lines of text, and with checked numbers."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l

from core import identifiers, scripts
from core.catalogue.definition import Facts, Field
from core.catalogue.fields.base import FieldError, FieldType, Form
from core.text import TextRefused, clean, digits, figures, only_digits, to_persian_digits

_FORMATS = {
    "foreign_passport": identifiers.foreign_passport_no,
    "iban": identifiers.iban,
    "iran_postal_code": identifiers.iran_postal_code,
    "iran_mobile": identifiers.iran_mobile,
    "special_code": identifiers.special_code,
}
LONGEST = {"text": 200, "longtext": 5000}


class Refused(ValueError):
    """A value that the rules of the question do not allow."""

    def __init__(self, message: object) -> None:
        self.message = message
        super().__init__(str(message))


class Text(FieldType):
    """One line. `min`/`max` characters; `format` a known code; `script` one of `core.scripts`."""

    name = "text"
    rules = {"script": "script", "min": "count", "max": "count", "format": "format",
             "upper": "bool"}  # fmt: skip
    lines = False

    def typed(self, form: Form, name: str) -> str:
        try:
            return clean(form.get(name, "") or "", lines=self.lines)
        except TextRefused as error:
            raise FieldError({name: error.message}) from error

    def parse(self, field: Field, text: str, facts: Facts) -> str:
        if "format" in field.rules:
            return _FORMATS[field.rules["format"]](text)
        script = field.rules.get("script", "free")
        if script in ("latin", "ascii"):
            text = digits(text)
        if script == "ascii":
            text = scripts.plain(text)
        if fault := scripts.fault(script, text):
            raise Refused(fault)
        _check_length(field, text)
        return text.upper() if field.rules.get("upper") else text

    def show(self, field: Field, value: Any, lang: str) -> str:
        text = str(value or "")
        latin = field.rules.get("script") in ("latin", "ascii") or "format" in field.rules
        kept = latin or lang != "fa" or scripts.has_foreign_letters(text)  # M1 2AB, 5 Oak Street
        return text if kept else to_persian_digits(text)


class LongText(Text):
    """Several lines; `min`/`max` characters."""

    name = "longtext"
    lines = True


class Digits(FieldType):
    """Figures only, kept as text so that zeros in front stay; `min`/`max` figures."""

    name = "digits"
    rules = {"min": "count", "max": "count"}
    ltr = True

    def parse(self, field: Field, text: str, facts: Facts) -> str:
        figures = only_digits(text)
        if re.sub(r"[\s\-/]", "", digits(text)) != figures:
            raise Refused(_l("Type figures only."))
        low, high = field.rules.get("min", 1), field.rules.get("max", 20)
        if not low <= len(figures) <= high:
            raise Refused(_figures_fault(low, high, len(figures)))
        return figures


class NationalId(FieldType):
    """An Iranian national ID; with `special` also a special code of an office."""

    name = "national_id"
    rules = {"special": "bool"}
    ltr = True

    def parse(self, field: Field, text: str, facts: Facts) -> str:
        special = field.rules.get("special")
        return identifiers.person_code(text) if special else identifiers.national_id(text)


class PassportNo(FieldType):
    """The number of an Iranian passport."""

    name = "passport_no"
    ltr = True

    def parse(self, field: Field, text: str, facts: Facts) -> str:
        return identifiers.passport_no(text)


def _check_length(field: Field, text: str) -> None:
    low = field.rules.get("min", 1)
    high = field.rules.get("max", LONGEST[field.type])
    if len(text) < low:
        raise Refused(
            _l(
                "Write at least %(low)s characters; you wrote %(count)s.",
                low=figures(low),
                count=figures(len(text)),
            )
        )
    if len(text) > high:
        raise Refused(
            _l(
                "At most %(high)s characters fit here; you wrote %(count)s.",
                high=figures(high),
                count=figures(len(text)),
            )
        )


def _figures_fault(low: int, high: int, count: int) -> object:
    if low == high:
        return _l(
            "This number has %(high)s digits; you typed %(count)s.",
            high=figures(high),
            count=figures(count),
        )
    return _l(
        "This number has %(low)s to %(high)s digits; you typed %(count)s.",
        low=figures(low), high=figures(high), count=figures(count),
    )  # fmt: skip
