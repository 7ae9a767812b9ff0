"""The way from what happened to a short list of services: config/reference/guide.toml, followed.

A trail is the keys of the answers so far; it stands in the address and is no personal datum.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.catalogue import reference
from core.catalogue.definition import Definition, Words

START = "start"


@dataclass(frozen=True)
class Answer:
    """One answer of a question."""

    key: str
    label: Words
    hint: Words | None = None


@dataclass(frozen=True)
class Step:
    """Where a trail has led: a question with its answers, or, at the end, services."""

    said: tuple[Words, ...]
    ask: Words | None = None
    answers: tuple[Answer, ...] = ()
    services: tuple[Definition, ...] = field(default=())


def follow(trail: Sequence[str], offered: Iterable[Definition]) -> Step:
    """The step at the end of a trail. Raises KeyError when there is no such trail.

    Answers that lead to no service of this office are left out.
    """
    by_ref = {service.ref: service for service in offered}
    node, said = START, []
    for number, key in enumerate(trail):
        row = _row(node, key)
        said.append(_answer(row).label)
        if row.get("to") not in _questions():
            if number + 1 < len(trail):
                raise KeyError(trail[number + 1])
            return Step(tuple(said), services=_services(node, row, by_ref))
        node = row["to"]
    question = _questions()[node]
    answers = [_answer(row) for row in question["answers"] if _leads(node, row, by_ref)]
    return Step(tuple(said), question["ask"], tuple(answers))


def _questions() -> Mapping[str, Any]:
    return reference.table("guide")


def _row(node: str, key: str) -> Mapping[str, Any]:
    found = (row for row in _questions()[node]["answers"] if _key(row) == key)
    row: Mapping[str, Any] | None = next(found, None)
    if row is None:
        raise KeyError(key)
    return row


def _key(row: Mapping[str, Any]) -> str:
    return str(row.get("key") or row["to"])


def _answer(row: Mapping[str, Any]) -> Answer:
    words = row if "fa" in row else reference.table("occasions")[row["to"]]
    return Answer(_key(row), {"fa": words["fa"], "en": words["en"]}, row.get("hint"))


def _leads(node: str, row: Mapping[str, Any], by_ref: Mapping[str, Definition]) -> bool:
    """Whether anything that this office offers stands at the end."""
    to = row.get("to", "")
    if to in _questions():
        return any(_leads(to, inner, by_ref) for inner in _questions()[to]["answers"])
    return bool(_services(node, row, by_ref))


def _services(
    node: str, row: Mapping[str, Any], by_ref: Mapping[str, Definition]
) -> tuple[Definition, ...]:
    if "services" in row:
        return tuple(by_ref[ref] for ref in row["services"] if ref in by_ref)
    occasion = row.get("to", node)
    named = {ref for other in _questions().get(node, {}).get("answers", ())
             for ref in other.get("services", ())} if row.get("rest") else set()  # fmt: skip
    found = [
        service
        for service in by_ref.values()
        if occasion in service.occasions and service.ref not in named
    ]
    # What is first of all for this occasion comes first.
    return tuple(sorted(found, key=lambda item: (item.occasions.index(occasion), item.ref)))
