"""Which papers are asked of this request, in what form and how many."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.catalogue import reference
from core.catalogue.answers import visible_fields, visible_sections
from core.catalogue.conditions import holds
from core.catalogue.definition import Definition, DocumentRule, Facts, Field, Words


@dataclass(frozen=True)
class DocumentAsk:
    """One paper as it is asked now. `how`: upload, counter (bring it) or post (send it)."""

    key: str
    code: str
    title: Words
    hint: Words | None
    how: str
    original: bool
    required: bool
    min: int
    max: int
    sides: tuple[Words, ...]
    formats: tuple[str, ...]
    max_bytes: int
    photo: str | None
    reasons: tuple[str, ...]
    field: str | None = None


def asked(definition: Definition, facts: Facts) -> list[DocumentAsk]:
    """The papers whose condition holds, those asked inside sections first."""
    found = [of_field(field, facts) for field in _file_fields(definition, facts)]
    for rule in definition.documents:
        if holds(rule.when, facts):
            found += _asks(rule, facts)
    return found


def uploads(definition: Definition, facts: Facts) -> list[DocumentAsk]:
    """The papers to be uploaded."""
    return [ask for ask in asked(definition, facts) if ask.how == "upload"]


def find(definition: Definition, facts: Facts, key: str) -> DocumentAsk | None:
    """The ask with that key when it is asked now, else None."""
    return next((ask for ask in asked(definition, facts) if ask.key == key), None)


def missing(definition: Definition, facts: Facts, received: Mapping[str, int]) -> list[DocumentAsk]:
    """Required uploads of which too few files are there; `received` counts files by ask key."""
    return [
        ask
        for ask in uploads(definition, facts)
        if ask.required and received.get(ask.key, 0) < ask.min
    ]


def _file_fields(definition: Definition, facts: Facts) -> list[Field]:
    return [
        field
        for section in visible_sections(definition, facts)
        for field in visible_fields(section, facts)
        if field.type == "file"
    ]


def _asks(rule: DocumentRule, facts: Facts) -> list[DocumentAsk]:
    if rule.per is None:
        return [of_rule(rule, rule.key, rule.title, facts)]
    rows = facts.get(rule.per) or []
    return [
        of_rule(rule, f"{rule.key}_{number}", _numbered(rule.title, number, len(rows)), facts)
        for number in range(1, len(rows) + 1)
    ]


def _numbered(title: Words, number: int, count: int) -> Words:
    return title if count == 1 else {lang: f"{text} ({number})" for lang, text in title.items()}


def of_rule(rule: DocumentRule, key: str, title: Words, facts: Facts) -> DocumentAsk:
    """The paper of a rule as it is asked with these facts, under this key and title."""
    return DocumentAsk(
        key=key, code=rule.code, title=title, hint=rule.hint, how=rule.how,
        original=holds(rule.original, facts), required=holds(rule.required, facts),
        min=rule.min, max=max(rule.max, rule.min), sides=rule.sides, formats=rule.formats,
        max_bytes=rule.max_mb * 1024 * 1024, photo=rule.photo, reasons=rule.reasons,
    )  # fmt: skip


def of_field(field: Field, facts: Facts) -> DocumentAsk:
    """The paper that is handed in at a question."""
    kind = reference.table("documents")[field.rules["document"]]
    low = field.rules.get("min", kind.get("min", 1))
    return DocumentAsk(
        key=field.key, code=field.rules["document"], title=field.label, hint=field.hint,
        how="upload", original=bool(kind.get("original", True)),
        required=holds(field.required, facts), min=low,
        max=max(low, field.rules.get("max", kind.get("max", 1))),
        sides=tuple(kind.get("sides", ())), formats=tuple(kind["formats"]),
        max_bytes=kind.get("max_mb", 10) * 1024 * 1024, photo=kind.get("photo"),
        reasons=tuple(kind.get("reasons", ())), field=field.key,
    )  # fmt: skip
