"""Questions answered with one line or several lines of text, and with checked numbers."""

import re
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from core import identifiers
from core.catalogue.definition import Facts, Field
from core.catalogue.fields.base import FieldError, FieldType, Form
from core.text import TextRefused, clean, digits, figures, only_digits, to_persian_digits

# What a script refuses: letters of another one, and signs that no paper prints.
_PERSIAN = r"\u0600-\u06ff\u200c"
_LATIN = r"A-Za-zªºÀ-ÖØ-öø-ɏ\u0300-\u036fḀ-ỿ"
_SIGNS = r"\s!-@\[-`{-~«»‘’‚“”„–—…•·°±×²³½€£¥§№®©™﷼"
_STRANGE = {
    "persian": re.compile(rf"[^{_PERSIAN}\s0-9.,:/()«»‘’“”'\"!%+–—…-]"),
    "prose": re.compile(rf"[^{_PERSIAN}{_LATIN}{_SIGNS}]"),
    "latin": re.compile(rf"[^{_LATIN}{_SIGNS}]"),
    "ascii": re.compile(r"[^A-Za-z0-9\s.,'():/&#+-]"),
}
_WRONG_SCRIPT = {
    "persian": _l("“%(sign)s” cannot stand here. Write this with Persian letters."),
    "prose": _l("“%(sign)s” cannot stand here. Write it with Persian or Latin letters."),
    "latin": _l("“%(sign)s” cannot stand here. Write this with Latin letters."),
    "ascii": _l("“%(sign)s” cannot stand here. Use the letters A to Z, as a passport does."),
}
_PERSIAN_LETTER = re.compile(r"[آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی]")
_FOREIGN_LETTER = re.compile(rf"[^\W\d_{_PERSIAN}]")
# Keyboards and texts that correct themselves put these in place of the plain signs; a post mark
# before a Japanese postal code is none of it.
_PLAIN_SIGNS = str.maketrans("‘’`´‐‑–—", "'" * 4 + "-" * 4, "〒")
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
    """One line. `min`/`max` characters; `format` a known code; `script` what it is written with:

    persian: a name in Persian letters; prose: Persian, amid which foreign names and numbers may
    stand; latin: Latin letters of any language; ascii: A to Z as in a passport; free: anything.
    """

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
            text = text.translate(_PLAIN_SIGNS)
        _check_script(script, text)
        _check_length(field, text)
        return text.upper() if field.rules.get("upper") else text

    def show(self, field: Field, value: Any, lang: str) -> str:
        text = str(value or "")
        latin = field.rules.get("script") in ("latin", "ascii") or "format" in field.rules
        kept = latin or lang != "fa" or _FOREIGN_LETTER.search(text)  # M1 2AB, 5 Oak Street
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


def _check_script(script: str, text: str) -> None:
    if script in _STRANGE and (strange := _STRANGE[script].search(text)):
        raise Refused(LazyString(lambda: _WRONG_SCRIPT[script] % {"sign": strange[0]}))
    if script == "prose" and not _PERSIAN_LETTER.search(text):
        raise Refused(_l("Write this in Persian; foreign names and numbers may stand in it."))


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
