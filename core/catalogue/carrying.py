"""Answers taken over: into a newer version of the same service, where nothing is lost, and into
another request of the same person, where only what means the same is copied.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from core.catalogue.conditions import names
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


NEVER = frozenset({"money", "file", "reference", "computed", "longtext", "yesno"})
"""Kinds of questions whose answers belong to one request only and are never copied to another."""


def reusable(definition: Definition) -> dict[str, Field]:
    """The questions that may be answered from another request of the same person.

    Not those that speak of money, papers, other requests or the matter at hand, and not those that
    decide: for whom and whether it may be filed, which papers it needs, what it costs and which way
    it goes.
    """
    deciding = {name.partition(".")[0] for name in _deciding(definition)} | {"on_behalf_of"}
    return {
        key: item
        for key, item in definition.fields.items()
        if key not in deciding and not _kinds(item) & NEVER
    }


def same_question(before: Field | None, after: Field) -> bool:
    """The same key, kind and words, and room for its parts: only then an answer means the same."""
    return (
        before is not None
        and _holds(after, before)
        and dict(before.label) == dict(after.label)
        and not _inner(before) - _inner(after)
    )


def _kinds(field: Field) -> set[str]:
    return {field.type} | {item.type for item in field.fields}


def _deciding(definition: Definition) -> Iterator[str]:
    flow = definition.flow
    found: list[Any] = [*flow.params.values()]
    for case in flow.cases:
        found += [case.when, *case.params.values()]
    for requirement in definition.eligibility:
        found += [requirement.stop_when, requirement.warn_when]
    for rule in definition.documents:
        found += [rule.when, rule.required, rule.original]
    for line in definition.fees:
        found += [line.when, *(exemption.when for exemption in line.exempt)]
        yield from (name for name in (line.per, line.by) if name)
    for condition in found:
        if isinstance(condition, Mapping):
            yield from names(condition)
