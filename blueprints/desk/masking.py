"""Identity numbers hidden from roles that work without them: only the last digits stay.

Source: the local employee's row in section 7 of the domain file ("masked national codes").
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from core.catalogue.definition import Field
from core.requests.people import NUMBERS

TYPES = ("national_id", "passport_no")
TEXTS = ("text", "longtext", "digits")
KEPT = 3
# Numbers are told by their look, because every service names its questions as it likes.
NUMBER = re.compile(r"[A-Za-z]?\d(?:[ /.-]?\d){4,}")
OF_THE_POST = "postal_code"


def masked(fields: Iterable[Field], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with the numbers in them covered, also inside persons, groups and sentences."""
    return {**facts, **{field.key: _covered(field, facts.get(field.key)) for field in fields}}


def _covered(field: Field, value: Any) -> Any:
    if not value:
        return value
    if field.type in TYPES or field.key in NUMBERS:
        return _last_of(str(value))
    if field.type in TEXTS and not field.key.endswith(OF_THE_POST):
        return NUMBER.sub(lambda found: _last_of(found[0]), str(value))
    if isinstance(value, list) and field.fields:
        return [masked(field.fields, row) for row in value]
    if isinstance(value, Mapping) and field.fields:
        return masked(field.fields, value)
    return value


def _last_of(number: str) -> str:
    return "•" * 5 + number[-KEPT:]
