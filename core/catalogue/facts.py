"""Gathers what conditions may ask about one request: answers, profile, subject, office, today."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.catalogue import reference
from core.catalogue.conditions import blank
from core.catalogue.definition import Definition
from core.catalogue.fields.quiet import compute, span


def gather(
    definition: Definition,
    answers: Mapping[str, Any],
    *,
    profile: Mapping[str, Any],
    office: Mapping[str, Any],
    today: date,
    references: Mapping[str, list[dict[str, Any]]] | None = None,
) -> dict[str, Any]:
    """All facts of one request. `office` may hold settings (laid over the defaults) and slug …

    `references` says what may be chosen at reference questions, by the key of the field.
    """
    facts: dict[str, Any] = {"today": today.isoformat(), "references": references or {}}
    facts |= {f"profile.{key}": value for key, value in _with_age(profile, today).items()}
    facts |= {f"office.{key}": value for key, value in {**settings(), **office}.items()}
    if "on_behalf_of" not in definition.fields:
        facts["on_behalf_of"] = definition.who[0] if definition.who else "self"
    facts |= {key: value for key, value in answers.items() if not blank(value)}
    return refresh(definition, facts)


def refresh(definition: Definition, facts: dict[str, Any]) -> dict[str, Any]:
    """Works out subject and computed values again after answers have changed."""
    today = date.fromisoformat(facts["today"])
    for key in [name for name in facts if name.startswith("subject.")]:
        del facts[key]
    facts |= {f"subject.{key}": value for key, value in _subject(facts, today).items()}
    for item in definition.fields.values():
        if item.type == "computed":
            facts[item.key] = compute(item, facts)
    return facts


def settings() -> dict[str, Any]:
    """Every office setting with its stated default."""
    return {key: entry["default"] for key, entry in reference.table("settings").items()}


def _subject(facts: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The person whom the request is about: the applicant, or the one named in block B."""
    if facts.get("on_behalf_of", "self") == "self":
        prefix = "profile."
        return {
            key.removeprefix(prefix): value
            for key, value in facts.items()
            if key.startswith(prefix)
        }
    person = facts.get("subject_person") or {}
    return {**_with_age(person, today), "relation": facts.get("subject_relation")}


def _with_age(person: Mapping[str, Any], today: date) -> dict[str, Any]:
    known = {key: value for key, value in person.items() if not blank(value)}
    if known.get("birth_date"):
        known["birth_date"] = str(known["birth_date"])
        known["age"] = span("age", known["birth_date"], today)
    return known
