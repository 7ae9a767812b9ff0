"""What every question type has in common, and the registry that they stand in."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from flask_babel import LazyString, get_locale, gettext
from werkzeug.datastructures import MultiDict

from core.catalogue.conditions import blank, holds
from core.catalogue.definition import Facts, Field
from core.text import TextRefused, clean

NOTHING: Facts = MappingProxyType({})
REGISTRY: dict[str, "FieldType"] = {}


# What we read is werkzeug's form, or one that we filled ourselves.
Form = MultiDict[str, str]


class FieldError(ValueError):
    """What is wrong with an answer: form name → message for the person."""

    def __init__(self, errors: Mapping[str, Any]) -> None:
        self.errors = dict(errors)
        self.message = next(iter(self.errors.values()), "")
        super().__init__("; ".join(f"{name}: {text}" for name, text in self.errors.items()))


def current_language() -> str:
    """The language of the person who is being answered; English outside a request."""
    return str(get_locale() or "en")[:2]


TYPED, ANSWERED = "Type “%(label)s”.", "Answer “%(label)s”."


def is_question(label: str) -> bool:
    """Whether the words over a box ask something; others name what stands in it."""
    return "?" in label or "؟" in label


def unanswered(field: Field, facts: Facts) -> LazyString:
    """What is said of a question that was left out, with its own words in the reader's language."""

    def say() -> str:
        label = field.label.get(current_language(), field.label["en"])
        template = REGISTRY[field.type].wanting(field, facts)
        if template == TYPED and is_question(label):
            template = ANSWERED  # one types a name, but answers a question
        return gettext(template, label=label)

    return LazyString(say)


class FieldType:
    """A question type. `rules` names the attributes it understands and how they are checked."""

    name: ClassVar[str]
    rules: ClassVar[dict[str, str]] = {}
    ltr: ClassVar[bool] = False
    asked: ClassVar[bool] = True
    unanswered: ClassVar[str] = TYPED

    def __init_subclass__(cls) -> None:
        if "name" in cls.__dict__:
            REGISTRY[cls.name] = cls()

    def wanting(self, field: Field, facts: Facts) -> str:
        """The sentence for an answer that is missing."""
        return self.unanswered

    @property
    def widget(self) -> str:
        """The macro that draws it."""
        return self.name

    def read(
        self, field: Field, form: Form, name: str | None = None, facts: Facts = NOTHING
    ) -> Any:
        """The stored value of what was typed, None when nothing was. Raises FieldError."""
        name = name or field.key
        text = self.typed(form, name)
        if not text:
            return None
        try:
            return self.parse(field, text, facts)
        except ValueError as error:
            raise FieldError({name: getattr(error, "message", str(error))}) from error

    def typed(self, form: Form, name: str) -> str:
        """What stands in the box, cleaned."""
        try:
            return clean(form.get(name, "") or "")
        except TextRefused as error:
            raise FieldError({name: error.message}) from error

    def parse(self, field: Field, text: str, facts: Facts) -> Any:
        """The value of a text that is not empty. Raises ValueError with a `message`."""
        return text

    def to_form(self, field: Field, value: Any, name: str | None = None) -> dict[str, list[str]]:
        """The boxes of a form that would be read as this value."""
        return {} if blank(value) else {name or field.key: [str(value)]}

    def show(self, field: Field, value: Any, lang: str) -> str:
        """The value in words, on one line."""
        return "" if blank(value) else str(value)

    def detail(self, field: Field, value: Any, lang: str) -> list[tuple[str, str]]:
        """The parts of a composed value as (label, words); empty for a simple one."""
        return []


def type_of(field: Field) -> FieldType:
    """The class that handles this question."""
    return REGISTRY[field.type]


def visible(fields: Iterable[Field], facts: Facts) -> list[Field]:
    """The questions whose condition holds, in order."""
    return [field for field in fields if holds(field.when, facts)]


def read_fields(
    fields: Iterable[Field], form: Form, prefix: str, facts: Facts
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Reads questions in order; each may depend on those before it. → (values, errors)."""
    known = dict(facts)
    values: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for field in fields:
        if not type_of(field).asked or not holds(field.when, known):
            continue
        try:
            value = type_of(field).read(field, form, prefix + field.key, known)
        except FieldError as error:
            errors.update(error.errors)
            continue
        if blank(value) and holds(field.required, known):
            errors[prefix + field.key] = unanswered(field, known)
        values[field.key] = known[field.key] = value
    return values, errors
