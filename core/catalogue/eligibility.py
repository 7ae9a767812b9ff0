"""Who may: the rules of a service in words, and which of them stop or warn this person."""

from dataclasses import dataclass

from core.catalogue.conditions import heads, holds
from core.catalogue.definition import Definition, Facts, Words


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
        Stop(rule.key, rule.told or rule.text, rule.instead, frozenset(heads(rule.stop_when)))
        for rule in definition.eligibility
        if rule.stop_when and holds(rule.stop_when, facts)
    ]


def asked_about(definition: Definition) -> set[str]:
    """The questions that some stop looks at, also by way of what is worked out from them."""
    wanted = {head for rule in definition.eligibility for head in heads(rule.stop_when)}
    for field in definition.fields.values():
        if field.key in wanted:
            wanted |= field.sources
    return wanted


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
