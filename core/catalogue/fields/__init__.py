"""The registry of question types: one small class each, under the name used in definitions.

`type_of(field)` gives the class. Each reads a form, writes a value back into a form and shows it;
`widget` names the macro of templates/components/fields.html that draws it.
"""

from core.catalogue.fields import choices, composed, contact, places, quiet, texts, values
from core.catalogue.fields.base import (
    REGISTRY,
    FieldError,
    FieldType,
    read_fields,
    type_of,
    visible,
)

__all__ = [
    "REGISTRY",
    "FieldError",
    "FieldType",
    "choices",
    "composed",
    "contact",
    "places",
    "quiet",
    "read_fields",
    "texts",
    "type_of",
    "values",
    "visible",
]
