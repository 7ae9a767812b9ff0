"""Who may: the rules of a service in words, and which of them stop or warn this person."""

from dataclasses import dataclass

from core.catalogue.conditions import holds, names
from core.catalogue.definition import Condition, Definition, Facts, Words


@dataclass(frozen=True)
class Stop:
    """Why a person cannot file (or should think first), and the service that fits instead."""

    key: str
    told: Words
    instead: str | None = None
    about: frozenset[str] = frozenset()
    """The questions that its condition looks at."""


def stops(definition: Definition, facts: Facts) -> list[Stop]:
    """The rules that are not met. A fact that is not known yet stops nobody."""
    return [
        Stop(rule.key, rule.told or rule.text, rule.instead, heads(rule.stop_when))
        for rule in definition.eligibility
        if rule.stop_when and holds(rule.stop_when, facts)
    ]


def asked_about(definition: Definition) -> set[str]:
    """The questions that some stop looks at, also by way of what is worked out from them."""
    wanted = {head for rule in definition.eligibility for head in heads(rule.stop_when)}
    for field in definition.fields.values():
        if field.type == "computed" and field.key in wanted:
            sources = field.rules["compute"].values()
            wanted |= {str(source).partition(".")[0] for source in sources}
    return wanted


def heads(condition: Condition | None) -> frozenset[str]:
    """The questions that a condition looks at, without the parts of their answers."""
    return frozenset(name.partition(".")[0] for name in names(condition))


def warnings(definition: Definition, facts: Facts) -> list[Stop]:
    """What the person is told without being stopped."""
    return [
        Stop(rule.key, rule.told or rule.text, rule.instead)
        for rule in definition.eligibility
        if rule.warn_when and not rule.stop_when and holds(rule.warn_when, facts)
    ]


def rules(definition: Definition) -> list[Words]:
    """The rules in words, for the page of the service."""
    return [rule.text for rule in definition.eligibility]
