"""Questions as the page draws them: what to show of each, and what stands in its boxes.

`boxes` are the flat names and texts of a form, typed or written back from a stored value; from
both the same page is made, so that nothing typed is ever lost.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, cast
from unicodedata import category

from werkzeug.datastructures import MultiDict

from core.catalogue import conditions
from core.catalogue.definition import Facts, Field
from core.catalogue.fields import type_of, visible
from core.catalogue.fields.base import current_language
from core.catalogue.fields.choices import options as offered
from core.catalogue.reference import countries, countries_in_order, currency, dialling
from core.text import figures

MOST_ROWS = 30
DATES = ("date", "partial_date")
LISTS = ("choice", "choices", "border")
PARTS = ("person", "address")
UNSHOWN = {"Cc", "Cs", "Cn"}  # the half-space, a format sign, stays


@dataclass
class Question:
    """One question ready to draw; `rows` are those of a group, `parts` those of a person."""

    spec: dict[str, Any]
    value: Any = None
    affects: bool = False
    parts: list["Question"] = field(default_factory=list)
    rows: list[list["Question"]] = field(default_factory=list)


def boxes_of(form: MultiDict[str, str]) -> MultiDict:
    """The form under the names that the catalogue reads: the page's day box is the date itself."""
    boxes: MultiDict[str, str] = MultiDict(form)
    for name in list(form):
        if name.endswith(".year"):
            date_name = name.removesuffix(".year")
            boxes.setdefault(f"{date_name}.day", form.get(date_name, ""))
    return boxes


def printable(boxes: MultiDict) -> MultiDict:
    """What was typed as it can stand in a page: no page may hold NUL or half a character."""
    return MultiDict(
        (name, "".join(char for char in text if char in "\n\t" or category(char) not in UNSHOWN))
        for name, text in boxes.items(multi=True)
    )


def stored_boxes(fields: Iterable[Field], answers: Facts) -> MultiDict:
    """The boxes that would be read as these answers."""
    boxes: MultiDict[str, str] = MultiDict()
    for item in fields:
        for name, texts in type_of(item).to_form(item, answers.get(item.key)).items():
            boxes.setlist(name, texts)
    return boxes


def questions(
    fields: Iterable[Field],
    boxes: MultiDict,
    facts: Facts,
    *,
    prefix: str = "",
    deciding: Collection[str] = (),
) -> list[Question]:
    """The questions that apply, each with what stands in its boxes.

    `deciding` are keys on which more of the page depends than these questions.
    """
    fields = list(fields)
    asked_about = _asked_about(fields).union(deciding)
    groups = {item.key for item in fields if item.type == "group"}
    return [
        _question(item, boxes, facts, prefix + item.key, asked_about)
        for item in visible(fields, facts)
        # Beside a group that is still being typed its count would be that of the last saving.
        if not groups & item.sources
    ]


def labels(asked: Iterable[Question], before: str = "") -> dict[str, str]:
    """What each box is called, for a summary of errors: a part with its whole, a row's with its
    number."""
    lang, found = current_language(), {}
    for question in asked:
        name = f"{before}{question.spec['label'][lang]}"
        found[question.spec["key"]] = name
        found |= labels(question.parts, f"{name}, ")
        item = question.spec["rules"].get("item", question.spec["label"])[lang]
        for number, row in enumerate(question.rows, 1):
            found |= labels(row, f"{before}{item} {figures(number)}, ")
    return found


def _asked_about(fields: list[Field]) -> set[str]:
    """The keys that a condition in these fields looks at: changing one changes the page."""
    wanted: set[str] = set()
    for item in fields:
        for condition in (item.when, item.required, *(option.when for option in item.options)):
            wanted |= conditions.heads(condition)
        wanted |= item.sources
    return wanted


def _question(
    item: Field, boxes: MultiDict, facts: Facts, name: str, asked_about: set[str]
) -> Question:
    question = Question(_spec(item, facts, name), affects=item.key in asked_about)
    if item.type == "group":
        question.rows = [
            _inside(item, boxes, facts, f"{name}.{number}") for number in _rows(item, boxes, name)
        ]
        question.value = len(question.rows)
    elif item.type in PARTS:
        question.parts = _inside(item, boxes, facts, name)
    else:
        question.value = _value(item, boxes, facts, name)
    question.affects = question.affects or bool(_asked_about(list(item.fields)))
    return question


def _inside(item: Field, boxes: MultiDict, facts: Facts, prefix: str) -> list[Question]:
    """The parts of a person or a row; each may depend on those beside it."""
    beside = {part.key: _plain(part, boxes, f"{prefix}.{part.key}") for part in item.fields}
    return questions(item.fields, boxes, {**facts, **beside}, prefix=f"{prefix}.")


def _plain(item: Field, boxes: MultiDict, name: str) -> Any:
    """An answer as conditions see it while it is still being typed."""
    if item.type == "yesno":
        return {"yes": True, "no": False}.get(boxes.get(name, ""))
    if item.type == "choices":
        return boxes.getlist(name)
    return boxes.get(name) or None


def _spec(item: Field, facts: Facts, name: str) -> dict[str, Any]:
    return {
        "key": name,
        "label": item.label,
        "hint": item.hint,
        "required": conditions.holds(item.required, facts),
        "type": item.type,
        "widget": type_of(item).widget,
        "options": _options(item, facts),
        "fields": (),
        "rules": dict(item.rules),
    }


def _options(item: Field, facts: Facts) -> list[dict[str, Any]]:
    if item.type == "country":
        names, offered_codes = countries(), set(cast(Any, type_of(item)).codes(item))
        return [
            {"key": code, "label": names[code]}
            for code in countries_in_order(current_language())
            if code in offered_codes
        ]
    if item.type == "phone" and item.rules.get("region") != "IR":
        return list(dialling(current_language(), facts.get("office.country_code")))
    if item.type == "money":
        return _currencies(item, facts)
    if item.type == "reference":
        return list(facts.get("references", {}).get(item.key, []))
    return [
        {"key": option.key, "label": option.label, "hint": option.hint}
        for option in offered(item, facts)
    ]


def _currencies(item: Field, facts: Facts) -> list[dict[str, Any]]:
    """What an amount may be given in; where that is anything, the office's own comes first."""
    codes = cast(Any, type_of(item)).currencies(item)
    own = facts.get("office.currency")
    if own in codes and "currencies" not in item.rules:
        codes = list(dict.fromkeys([own, *codes]))
    return [{"key": code, "label": currency(code)} for code in codes]


def _value(item: Field, boxes: MultiDict, facts: Facts, name: str) -> Any:
    if item.type in DATES:
        parts = {p: boxes.get(f"{name}.{p}", "") for p in ("day", "month", "year", "calendar")}
        return parts if any(parts.values()) else None
    if item.type == "choices":
        return boxes.getlist(name)
    if item.type == "money":
        return {"amount": boxes.get(name, ""), "currency": boxes.get(f"{name}.currency", "")}
    if item.type == "phone" and item.rules.get("region") != "IR":
        return {"number": _drawable(boxes.get(name)), "dial": boxes.get(f"{name}.dial", "")}
    if item.type == "reference":
        return {"request": boxes.get(name, ""), "outside": boxes.get(f"{name}.outside", "")}
    if item.type == "computed":
        kind = type_of(item)
        return kind.show(item, kind.read(item, boxes, name, facts), current_language()) or None
    return _drawable(boxes.get(name))


def _drawable(text: str | None) -> str | None:
    """What was typed without what no page may hold; the refusal says what was wrong with it."""
    return (
        text if text is None else "".join(char for char in text if char >= " " or char in "\n\r\t")
    )


def _rows(item: Field, boxes: MultiDict, name: str) -> list[int]:
    """The rows to draw: those typed, one more or one less after a button, at least one if asked."""
    numbers = cast(Any, type_of(item)).numbers(boxes, name)
    if boxes.get("_remove", "").rpartition(".")[0] == name:
        gone = boxes["_remove"].rpartition(".")[2]
        numbers = [number for number in numbers if str(number) != gone]
    least = max(item.rules.get("min", 0), 1 if item.required is True else 0)
    more = boxes.get("_add") == name
    while more or len(numbers) < least:
        numbers.append(max(numbers, default=-1) + 1)
        more = False
    return numbers[: min(item.rules.get("max", MOST_ROWS), MOST_ROWS)]
