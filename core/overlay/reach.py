"""How people reach an office: its own words about telephone, address and hours.

The office chooses them like every setting; the outbox takes them into the registry, so that pages
know them without asking, also while the office is suspended.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from core.catalogue.definition import Field, Words
from core.identifiers import show_phone

KEY = "contact"
BOTH = ("address", "hours")
LANGUAGES = {"fa": {"fa": "فارسی", "en": "Persian"}, "en": {"fa": "انگلیسی", "en": "English"}}


def fields() -> tuple[Field, ...]:
    """The questions; an office leaves out what it does not want to say."""
    said_so = {"fa": "مانند: مراجعه ۹ تا ۱۲، پاسخ‌گویی تلفنی ۱۴ تا ۱۶",
               "en": "For example: visits 9:00 to 12:00, telephone 14:00 to 16:00"}  # fmt: skip
    return (
        Field("phone", "phone", {"fa": "تلفن", "en": "Telephone"}, required=False),
        Field("email", "email", {"fa": "پست الکترونیک", "en": "E-mail address"}, required=False),
        *_in_both("address", {"fa": "نشانی", "en": "Address"}),
        *_in_both("hours", {"fa": "ساعت کار", "en": "Working hours"}, said_so),
    )


def _in_both(key: str, label: Words, hint: Words | None = None) -> list[Field]:
    return [
        Field(
            f"{key}_{lang}",
            "text",
            {spoken: f"{word} ({named[spoken]})" for spoken, word in label.items()},
            hint=hint,
            required=False,
            rules={"max": 200},
        )
        for lang, named in LANGUAGES.items()
    ]


def faults(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said in one language is said in the other too."""
    return {
        f"{key}_{missing}": _l("Write this in both languages.")
        for key in BOTH
        for missing, other in (("fa", "en"), ("en", "fa"))
        if said.get(f"{key}_{other}") and not said.get(f"{key}_{missing}")
    }


def told(said: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as the registry keeps them: phone, email; address and hours by language."""
    known: dict[str, Any] = {}
    if said.get("phone"):
        known["phone"] = show_phone(said["phone"])
    if said.get("email"):
        known["email"] = said["email"]
    for key in BOTH:
        if said.get(f"{key}_fa"):
            known[key] = {lang: said[f"{key}_{lang}"] for lang in LANGUAGES}
    return known
