"""How to reach somebody: a telephone number, an e-mail address."""

from typing import Any

from core import identifiers
from core.catalogue.conditions import blank
from core.catalogue.definition import Facts, Field
from core.catalogue.fields.base import NOTHING, FieldType, Form


class Phone(FieldType):
    """A telephone number as E.164; `region` "IR" takes Iranian mobiles only.

    Boxes: the number, and number.dial for the country whose code stands before it. A number that
    brings its own code (+ or 00) needs none, so that a pasted one is read as it is.
    """

    name = "phone"
    rules = {"region": "region"}
    ltr = True

    def read(self, field: Field, form: Form, name: str | None = None, facts: Facts = NOTHING):
        name = name or field.key
        chosen = form.get(f"{name}.dial", "")
        country = chosen if chosen in identifiers.dialling_codes() else None
        return super().read(field, form, name, {**facts, "dial": country})

    def parse(self, field: Field, text: str, facts: Facts) -> str:
        if field.rules.get("region") == "IR":
            return identifiers.iran_mobile(text)
        return identifiers.phone(text, facts.get("dial") or facts.get("office.country_code"))

    def to_form(self, field: Field, value: Any, name: str | None = None) -> dict[str, list[str]]:
        name = name or field.key
        if blank(value) or field.rules.get("region") == "IR":
            return super().to_form(field, value, name)
        country, number = identifiers.phone_parts(value)
        return {name: [number]} | ({f"{name}.dial": [country]} if country else {})

    def show(self, field: Field, value: Any, lang: str) -> str:
        return "" if blank(value) else identifiers.show_phone(value)


class Email(FieldType):
    """An e-mail address."""

    name = "email"
    ltr = True

    def parse(self, field: Field, text: str, facts: Facts) -> str:
        return identifiers.email(text)
