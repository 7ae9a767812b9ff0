"""Answers given to one version of a service, taken over into a newer one. Nothing is lost."""

from collections.abc import Mapping
from typing import Any

from core.catalogue.definition import Definition, Field


def carried(old: Definition, new: Definition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers under the newer version's questions.

    An answer whose question is gone keeps its name, so that it is put aside like any that is not
    asked. One that the newer question could not hold (another kind of answer, columns of a table
    that are gone) is kept whole under a name that no question can have.
    """
    found: dict[str, Any] = {}
    for key, value in answers.items():
        before, after = old.fields.get(key), new.fields.get(key)
        fits = after is None or (before is not None and _holds(after, before))
        if fits:
            found[key] = value
        if not fits or (before and after and _inner(before) - _inner(after)):
            found[f"{key}@{old.hash[:8]}"] = value
    return found


def done_sections(old: Definition, new: Definition, done: list[str]) -> list[str]:
    """The sections that stay done: those that ask nothing new."""
    kept = []
    for key in done:
        before, after = old.section(key), new.section(key)
        if before and after and not _asked(after.fields) - _asked(before.fields):
            kept.append(key)
    return kept


def _holds(after: Field, before: Field) -> bool:
    """Whether the newer question stores answers in the form that the older one did."""
    if after.type != before.type:
        return False
    older = {item.key: item for item in before.fields}
    return all(_holds(item, older[item.key]) for item in after.fields if item.key in older)


def _inner(field: Field) -> set[str]:
    return {item.key for item in field.fields}


def _asked(fields: tuple[Field, ...]) -> set[str]:
    inner = {f"{item.key}.{part.key}" for item in fields for part in item.fields}
    return {item.key for item in fields} | inner
