"""The one condition engine: it shows fields, asks documents, sets fees, stops and routes.

A condition is `field` with one operator, or `all`, `any`, `not`, or `some` (a row of a repeating
group). There is no expression language. A fact that is not known makes a comparison false.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from core.catalogue.definition import Condition, Facts

MISSING = None


def _is(value: Any, operand: Any) -> bool:
    return value is not MISSING and value == operand


def _contains(value: Any, operand: Any) -> bool:
    if isinstance(value, str):
        return isinstance(operand, str) and operand in value
    return isinstance(value, (list, tuple)) and operand in value


def blank(value: Any) -> bool:
    """Whether a fact counts as not answered. False and 0 are answers."""
    return value is None or value == "" or value == [] or value == {}


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def holds_between(value: Any, operand: Any) -> bool:
        left, right = _comparable(value), _comparable(operand)
        return left is not None and type(left) is type(right) and compare(left, right)

    return holds_between


def _comparable(value: Any) -> Decimal | date | None:
    """Numbers as Decimal, ISO dates as dates; anything else cannot be compared."""
    if isinstance(value, dict):
        value = value.get("amount")
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, date):
        return value
    try:
        number = Decimal(str(value))
        return number if number.is_finite() else None
    except InvalidOperation:
        pass
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "is": _is,
    "is_not": lambda value, operand: not _is(value, operand),
    "in": lambda value, operand: value is not MISSING and value in operand,
    "not_in": lambda value, operand: value is MISSING or value not in operand,
    "present": lambda value, operand: blank(value) is not operand,
    "blank": lambda value, operand: blank(value) is operand,
    "contains": _contains,
    "gt": _ordered(lambda left, right: left > right),
    "gte": _ordered(lambda left, right: left >= right),
    "lt": _ordered(lambda left, right: left < right),
    "lte": _ordered(lambda left, right: left <= right),
}
COMPOSED = ("all", "any", "not", "some")


def holds(condition: Condition | bool | None, facts: Facts) -> bool:
    """Whether the condition is true of the facts. No condition holds always."""
    if condition is None or isinstance(condition, bool):
        return condition is not False
    if "field" in condition:  # first, because a page asks hundreds of these
        return _compares(condition, facts)
    if "all" in condition:
        return all(holds(part, facts) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, facts) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], facts)
    return _some(condition, facts)


def _compares(condition: Condition, facts: Facts) -> bool:
    for operator in condition:  # `next` with a generator takes as long as all the rest
        if operator != "field":
            break
    value = lookup(facts, condition["field"])
    return OPERATORS[operator](value, _operand(condition[operator], facts))


def _some(condition: Condition, facts: Facts) -> bool:
    rows = lookup(facts, condition["some"])
    if not isinstance(rows, (list, tuple)):
        return False
    return any(holds(condition["match"], {**facts, **row}) for row in rows if isinstance(row, dict))


def _operand(operand: Any, facts: Facts) -> Any:
    if isinstance(operand, dict) and "fact" in operand:
        return lookup(facts, operand["fact"])
    return operand


def residue(
    condition: Condition | bool | None, facts: Facts, known: Callable[[str], bool]
) -> Condition | bool:
    """What is left of a condition when only some facts are known: true, false, or what to ask yet.

    Whatever speaks of known facts alone is decided by `holds`; `known` says which facts are (one
    that can never be answered is known too: it is missing).
    """
    if condition is None or isinstance(condition, bool):
        return condition is not False
    for kind, decisive in (("all", False), ("any", True)):
        if kind in condition:
            return _left([residue(part, facts, known) for part in condition[kind]], kind, decisive)
    if "not" in condition:
        rest = residue(condition["not"], facts, known)
        return not rest if isinstance(rest, bool) else {"not": rest}
    asked = [condition["some"]] if "some" in condition else names(condition)
    return holds(condition, facts) if all(known(name) for name in asked) else condition


def _left(parts: list[Condition | bool], kind: str, decisive: bool) -> Condition | bool:
    """The undecided parts of `all` or `any`, unless one part alone decides the whole."""
    if decisive in parts:
        return decisive
    rest = [part for part in parts if not isinstance(part, bool)]
    if len(rest) < 2:
        return rest[0] if rest else not decisive
    return {kind: rest}


def lookup(facts: Facts, name: str) -> Any:
    """A fact by its name; `attorney.birth_date` looks into the parts of an answer."""
    if name in facts:
        return facts[name]
    head, _, rest = name.rpartition(".")
    if not head:
        return MISSING
    whole = lookup(facts, head)
    return whole.get(rest) if isinstance(whole, dict) else MISSING


def heads(condition: Condition | bool | None) -> set[str]:
    """The questions that it looks at, without the parts of their answers."""
    return {name.partition(".")[0] for name in names(condition)}


def names(condition: Condition | bool | None) -> Iterator[str]:
    """Every fact that the condition asks about."""
    if condition is None or isinstance(condition, bool):
        return
    for part in [*condition.get("all", []), *condition.get("any", [])]:
        yield from names(part)
    if "not" in condition:
        yield from names(condition["not"])
    if "some" in condition:
        yield condition["some"]
        yield from names(condition["match"])
    if "field" in condition:
        yield condition["field"]
        for operator in OPERATORS:
            operand = condition.get(operator)
            if isinstance(operand, dict) and "fact" in operand:
                yield operand["fact"]


def operands(condition: Condition | bool | None) -> Iterator[tuple[str, Any]]:
    """Every (fact, value) that the condition compares for being equal; each of a list."""
    if condition is None or isinstance(condition, bool):
        return
    for part in [*condition.get("all", []), *condition.get("any", [])]:
        yield from operands(part)
    yield from operands(condition.get("not"))
    yield from operands(condition.get("match"))
    for operator in ("is", "is_not", "contains", "in", "not_in"):
        value = condition.get(operator)
        values = value if isinstance(value, list) else [value]
        yield from ((condition["field"], one) for one in values if isinstance(one, str))
