"""What a definition says, said to people: its conditions, amounts and kinds of questions.

Works on the plain form of a definition, so that versions that were kept for good speak as well.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

from flask_babel import gettext as _

from core.catalogue import reference
from core.catalogue.conditions import OPERATORS
from core.catalogue.definition import Definition, Field
from core.catalogue.fields.base import current_language, is_question

Plain = Mapping[str, Any]
OPPOSITES = {"is": "is_not", "in": "not_in", "is_not": "is", "not_in": "in"}
PROFILE_LISTS = {
    "gender": "genders",
    "marital_status": "marital-statuses",
    "military_status": "military-statuses",
    "residency_type": "residency-types",
    "religion": "religions",
    "education_level": "education-levels",
}


def said(words: Any) -> str:
    """Words of a definition in the reader's language; plain text stands for itself."""
    if isinstance(words, Mapping):
        return str(words.get(current_language()) or words.get("en", ""))
    return str(words or "")


def yes_or_no(value: bool) -> str:
    """A flag as a word."""
    return _("yes") if value else _("no")


def quoted(name: str) -> str:
    """A name in the quotation marks of the language."""
    return _("“%(name)s”", name=name)


def joined(parts: Iterable[str]) -> str:
    """Several things on one line."""
    return ("، " if current_language() == "fa" else ", ").join(parts)


def kind(name: str) -> str:
    """The name of a question type in words."""
    found: dict[str, str] = {
        "text": _("text"),
        "longtext": _("long text"),
        "digits": _("figures"),
        "national_id": _("national ID"),
        "passport_no": _("passport number"),
        "number": _("number"),
        "money": _("amount of money"),
        "date": _("date"),
        "partial_date": _("date that may be incomplete"),
        "yesno": _("yes or no"),
        "choice": _("one of a list"),
        "choices": _("several of a list"),
        "country": _("country"),
        "city": _("city"),
        "border": _("border crossing"),
        "phone": _("phone number"),
        "email": _("e-mail address"),
        "address": _("postal address"),
        "person": _("person"),
        "group": _("table of several rows"),
        "file": _("file"),
        "reference": _("another request"),
        "computed": _("worked out by itself"),
    }
    return found.get(name, name)


def _comparison(operator: str) -> Callable[[str, str], str]:
    """The sentence of an operator, of what is compared and what with."""
    sentences: dict[str, Callable[[str, str], str]] = {
        "is": lambda what, value: _("%(what)s is %(value)s", what=what, value=value),
        "is_not": lambda what, value: _("%(what)s is not %(value)s", what=what, value=value),
        "in": lambda what, value: _("%(what)s is one of %(value)s", what=what, value=value),
        "not_in": lambda what, value: _("%(what)s is none of %(value)s", what=what, value=value),
        "contains": lambda what, value: _("%(what)s contains %(value)s", what=what, value=value),
        "gt": lambda what, value: _("%(what)s is more than %(value)s", what=what, value=value),
        "gte": lambda what, value: _("%(what)s is at least %(value)s", what=what, value=value),
        "lt": lambda what, value: _("%(what)s is less than %(value)s", what=what, value=value),
        "lte": lambda what, value: _("%(what)s is at most %(value)s", what=what, value=value),
    }
    return sentences[operator]


class Names:
    """The words of one version for whatever its conditions speak of."""

    def __init__(self, plain: Plain) -> None:
        self.fields: dict[str, Plain] = {}
        for section in plain["sections"]:
            for field in section["fields"]:
                for inner in field["fields"]:
                    self.fields.setdefault(inner["key"], inner)
                self.fields[field["key"]] = field

    @classmethod
    def of(cls, definition: Definition) -> "Names":
        """The words of a definition that is at hand; only its questions are made plain."""
        return cls({"sections": [{"fields": [_plain(item) for item in page.fields]}
                                 for page in definition.sections]})  # fmt: skip

    def fact(self, name: str) -> str:
        """A fact by the words of its question, or of the profile or the office's settings."""
        head, _dot, part = name.rpartition(".")
        if name in self.fields:
            return quoted(said(self.fields[name]["label"]))
        if head in ("profile", "subject") and part in reference.table("profile"):
            label = said(reference.table("profile")[part])
            if head == "profile":
                return _("“%(label)s” of the applicant", label=label)
            return _("“%(label)s” of the person concerned", label=label)
        if head == "office" and part in reference.table("settings"):
            return _("the office's “%(label)s”", label=said(reference.table("settings")[part]))
        if head in self.fields:
            return quoted(f"{said(self.fields[head]['label'])}: {self._part(head, part)}")
        return _("today") if name == "today" else name

    def _part(self, head: str, part: str) -> str:
        inner = {item["key"]: item for item in self.fields[head]["fields"]}
        return said(inner[part]["label"]) if part in inner else part

    def value(self, fact: str, value: Any) -> str:
        """What a fact is compared with: an answer in words, another fact, a list."""
        if isinstance(value, Mapping):
            return self.fact(str(value.get("fact", "")))
        if isinstance(value, list | tuple):
            return joined(self.value(fact, item) for item in value)
        if isinstance(value, bool):
            return yes_or_no(value)
        for option in self._options(fact):
            if option["key"] == value:
                return quoted(said(option.get("label", option)))
        if self.fields.get(fact, {}).get("type") == "country":
            return said(reference.countries().get(value, value))
        return str(value)

    def _options(self, fact: str) -> Iterable[Plain]:
        """The answers that a question offers; what a profile says comes from the shared lists."""
        if fact in self.fields:
            options: Iterable[Plain] = self.fields[fact]["options"]
            return options
        listed = PROFILE_LISTS.get(fact.rpartition(".")[2])
        found: Iterable[Plain] = reference.folder("options")[listed]["options"] if listed else ()
        return found

    def condition(self, condition: Any) -> str:
        """A condition as a clause that fits behind “if”."""
        if "all" in condition:
            parts = [self._nested(part) for part in condition["all"]]
            return reduce(lambda one, two: _("%(one)s and %(two)s", one=one, two=two), parts)
        if "any" in condition:
            parts = [self._nested(part) for part in condition["any"]]
            return reduce(lambda one, two: _("%(one)s or %(two)s", one=one, two=two), parts)
        if "not" in condition:
            turned = _turned(condition["not"])
            if turned:
                return self._compared(turned)
            return _("not (%(condition)s)", condition=self.condition(condition["not"]))
        if "some" in condition:
            return _(
                "in some row of %(group)s %(condition)s",
                group=self.fact(condition["some"]),
                condition=self._nested(condition["match"]),
            )
        return self._compared(condition)

    def _nested(self, condition: Any) -> str:
        text = self.condition(condition)
        composed = "all" in condition or "any" in condition
        return f"({text})" if composed else text

    def _compared(self, condition: Any) -> str:
        operator = next(name for name in OPERATORS if name in condition)
        operand, what = condition[operator], self.fact(condition["field"])
        if operator in ("present", "blank"):
            answered = operand if operator == "present" else not operand
            return (
                _("%(what)s is answered", what=what)
                if answered
                else _("%(what)s is not answered", what=what)
            )
        if is_question(what):
            what = _("the answer to %(question)s", question=what)
        return _comparison(operator)(what, self.value(condition["field"], operand))

    def flag(self, value: Any) -> str:
        """True, false or a condition."""
        if isinstance(value, Mapping):
            return _("if %(condition)s", condition=self.condition(value))
        return yes_or_no(bool(value))


def _turned(condition: Plain) -> Plain | None:
    """A comparison the other way round, where its opposite has a word."""
    for operator, opposite in OPPOSITES.items():
        if operator in condition:
            return {"field": condition["field"], opposite: condition[operator]}
    return None


def _plain(field: Field) -> Plain:
    return {
        "key": field.key,
        "type": field.type,
        "label": field.label,
        "options": [{"key": option.key, "label": option.label} for option in field.options],
        "fields": [_plain(inner) for inner in field.fields],
    }


def price(item: str | None, amount: str | None, currency: str) -> str:
    """An amount of one's own, or the newest one of the tariff's item."""
    if item is None:
        return f"{amount} {currency}"
    entry = reference.table("tariff").get(item)
    if entry is None:
        return item
    newest = entry["amounts"][-1]
    return f"{said(entry['title'])} ({newest['amount']} {newest.get('currency', 'EUR')})"
