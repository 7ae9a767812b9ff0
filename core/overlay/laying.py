"""The office's version of a definition: the national one with the office's terms laid over it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from core.catalogue import reference
from core.catalogue.definition import (
    Condition,
    Definition,
    DocumentRule,
    Field,
    Option,
    Section,
    Words,
)
from core.overlay import wording
from core.overlay.terms import Terms

WAYS = {"submit": "submit_mode", "receive": "delivery_mode"}
TITLE = "title_"
OWN = "office_"
_CHOSEN = {"choice": ":", "choices": "~"}


def lay_over(definition: Definition, terms: Terms) -> Definition:
    """The definition as this office offers it; the same object when nothing is its own."""
    changed = wording.spoken(definition, terms.settings)
    if papers := terms.service.get("documents"):
        sections = changed.get("sections", definition.sections)
        changed |= _papers(definition, papers, sections)
    if ways := terms.service.get("ways"):
        sections = changed.get("sections", definition.sections)
        changed["sections"] = tuple(_narrowed(section, ways) for section in sections)
    if titles := _titles(terms):
        changed["title"] = {**definition.title, **titles}
    if days := terms.settings.get("correction_days"):
        params = {**definition.flow.params, "correction_days": days["value"]}
        changed["flow"] = replace(definition.flow, params=params)
    return replace(definition, **changed) if changed else definition


def _titles(terms: Terms) -> dict[str, str]:
    """The service's name in the languages of the country."""
    said = terms.service.get("words", {})
    return {
        key.removeprefix(TITLE): text for key, text in said.items() if key.startswith(TITLE) if text
    }


def _papers(
    definition: Definition, said: Mapping[str, Any], sections: Iterable[Section]
) -> dict[str, Any]:
    waived = set(said.get("waived", ()))
    kept = tuple(rule for rule in definition.documents if rule.key not in waived)
    return {
        "documents": kept + tuple(extra_paper(row) for row in said.get("extra", ())),
        "sections": tuple(_without(sections, waived)),
    }


def _without(sections: Iterable[Section], waived: set[str]) -> Iterable[Section]:
    """The sections without waived uploads, and without those in which nothing is left."""
    for section in sections:
        fields = tuple(
            item for item in section.fields if item.type != "file" or item.key not in waived
        )
        if len(fields) == len(section.fields):
            yield section
        elif fields:
            yield replace(section, fields=fields)


def extra_paper(row: Mapping[str, Any]) -> DocumentRule:
    """A paper that the office asks beyond the national list."""
    code, only = row["code"], row.get("only")
    kind = reference.table("documents")[code]
    title, hint = _both(row, "title"), _both(row, "hint")
    low = kind.get("min", 1)
    return DocumentRule(
        key=own_key(row), code=code, title=title or kind["title"], hint=hint or kind.get("hint"),
        how=row["how"], original=kind.get("original", True),
        when=read_condition(only) if only else None, required=row["required"],
        min=low, max=max(low, kind.get("max", 1)),
        sides=tuple(kind.get("sides", ())), formats=tuple(kind.get("formats", ())),
        max_mb=kind.get("max_mb", 10), photo=kind.get("photo"), per=None,
        reasons=tuple(kind.get("reasons", ())),
    )  # fmt: skip


def own_key(row: Mapping[str, Any]) -> str:
    """The paper's name inside requests: the same however the list is ordered."""
    key = OWN + row["code"].lower()
    if title := row.get("title_fa"):
        key += "_" + sha256(title.encode()).hexdigest()[:8]
    return key


def conditions(definition: Definition) -> Iterator[tuple[str, Field, Option | None, bool]]:
    """What an extra paper may depend on: (key, question, option, yes or no) of each answer."""
    for item in (one for section in definition.sections for one in section.fields):
        if item.type == "yesno":
            yield f"{item.key}=yes", item, None, True
            yield f"{item.key}=no", item, None, False
        elif item.type in _CHOSEN:
            for option in item.options:
                yield f"{item.key}{_CHOSEN[item.type]}{option.key}", item, option, True


def read_condition(key: str) -> Condition:
    """The condition that a key of `conditions` stands for: “reason:expiry” is `reason is expiry`.

    Where a later version does not ask the question any more it holds for nobody.
    """
    for sign, operator in (("=", "is"), (":", "is"), ("~", "contains")):
        field, found, value = key.partition(sign)
        if found:
            operand = value == "yes" if sign == "=" else value
            return {"field": field, operator: operand}
    raise ValueError(key)


def _both(row: Mapping[str, Any], name: str) -> Words | None:
    found = {lang: row[f"{name}_{lang}"] for lang in ("fa", "en") if row.get(f"{name}_{lang}")}
    return found or None


def _narrowed(section: Section, ways: Mapping[str, Any]) -> Section:
    wanted = {WAYS[key]: set(chosen) for key, chosen in ways.items() if chosen}
    if not any(item.key in wanted for item in section.fields):
        return section
    fields = tuple(
        _only(item, wanted[item.key]) if item.key in wanted else item for item in section.fields
    )
    return replace(section, fields=fields)


def _only(item: Field, chosen: set[str]) -> Field:
    """The chosen answers alone; the choice for this service outranks the office's general rule."""
    kept = tuple(replace(one, when=None) for one in item.options if one.key in chosen)
    return replace(item, options=kept or item.options)
