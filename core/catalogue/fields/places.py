"""Countries, cities and border crossings."""

from typing import Any

from flask_babel import lazy_gettext as _l

from core.catalogue.conditions import blank
from core.catalogue.definition import Facts, Field
from core.catalogue.fields.base import FieldType
from core.catalogue.fields.choices import Choice
from core.catalogue.fields.texts import Refused
from core.catalogue.reference import countries
from core.text import to_persian_digits


class Country(FieldType):
    """A country by its two-letter code; `only` or `except` narrow the list."""

    name = "country"
    rules = {"only": "countries", "except": "countries"}
    unanswered = "Choose “%(label)s”."

    def codes(self, field: Field) -> list[str]:
        """The countries to choose from."""
        return [code for code in countries() if self._takes(field, code)]

    @staticmethod
    def _takes(field: Field, code: str) -> bool:
        only = field.rules.get("only")
        return (not only or code in only) and code not in field.rules.get("except", ())

    def parse(self, field: Field, text: str, facts: Facts) -> str:
        if text not in countries() or not self._takes(field, text):
            raise Refused(_l("Choose one of the countries listed here."))
        return text

    def show(self, field: Field, value: Any, lang: str) -> str:
        return "" if blank(value) else countries().get(value, {}).get(lang, value)


class City(FieldType):
    """The name of a city, in either script."""

    name = "city"

    def parse(self, field: Field, text: str, facts: Facts) -> str:
        if len(text) > 80:
            raise Refused(_l("Type only the name of the city."))
        return text

    def show(self, field: Field, value: Any, lang: str) -> str:
        return to_persian_digits(value or "") if lang == "fa" else str(value or "")


class Border(Choice):
    """A border crossing or airport of Iran, from the shared list."""

    name = "border"
    rules = {}
    default_list = "borders"
