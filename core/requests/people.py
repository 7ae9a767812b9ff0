"""Names and search keys of the people in a request."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from core.accounts import queries as accounts
from core.requests.situation import Situation
from core.text import fold

OF_THE_DAY = {"today", "age"}
NAMES = ("first_name_fa", "last_name_fa", "first_name_en", "last_name_en")
NUMBERS = ("national_id", "special_code", "passport_no", "foreign_passport_no")


def snapshot(account_id: UUID) -> dict[str, Any]:
    """The applicant's profile as a request copies it: what is true on any day."""
    return {
        key: value
        for key, value in accounts.facts(account_id).items()
        if "." not in key and key not in OF_THE_DAY
    }


def full_name(person: Mapping[str, Any], lang: str = "fa") -> str:
    """The name in a language, else in the other one."""
    for wanted in (lang, "en" if lang == "fa" else "fa"):
        parts = (person.get(f"first_name_{wanted}"), person.get(f"last_name_{wanted}"))
        name = " ".join(str(part) for part in parts if part)
        if name:
            return name
    return ""


def subject_of(situation: Situation) -> dict[str, Any]:
    """Whom the request is about: the applicant, or the person named in it."""
    facts = situation.facts
    return {
        name.removeprefix("subject."): value
        for name, value in facts.items()
        if name.startswith("subject.")
    }


def search_key(situation: Situation, code: str) -> str:
    """All names in both scripts, identity numbers and the code, folded for searching."""
    found = [code]
    people = [situation.request.profile_snapshot, subject_of(situation)]
    for person in [*people, *_named_in(situation.answers)]:
        found += [str(person[part]) for part in (*NAMES, *NUMBERS) if person.get(part)]
    return " ".join(dict.fromkeys(fold(text) for text in found))


def _named_in(answers: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Everybody whose name stands in an answer, also in rows of groups."""
    yield answers
    for value in answers.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, Mapping):
                yield from _named_in(part)
