"""Identity numbers hidden from roles that work without them: only the last digits stay."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.catalogue.definition import Field
from core.requests.people import NUMBERS

TYPES = ("national_id", "passport_no")
KEPT = 3


def masked(fields: Iterable[Field], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with the identity numbers in them covered, also inside persons and groups."""
    return {**facts, **{field.key: _covered(field, facts.get(field.key)) for field in fields}}


def _covered(field: Field, value: Any) -> Any:
    if not value:
        return value
    if field.type in TYPES or field.key in NUMBERS:
        return "•" * 5 + str(value)[-KEPT:]
    if isinstance(value, list) and field.fields:
        return [masked(field.fields, row) for row in value]
    if isinstance(value, Mapping) and field.fields:
        return masked(field.fields, value)
    return value
