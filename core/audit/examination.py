"""All trails of the house, looked through: what `mikhak doctor` says about them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from core.audit import anchors, queries
from core.errors import Unavailable
from tenants import registry
from tenants.names import SHARED_SCHEMA
from tenants.scope import ministry, office

OPENED = ("active", "suspended", "closed")
MOST_FAULTS = 5


def scope_of(name: str) -> AbstractContextManager[Any]:
    """The scope whose trail is meant, for reading."""
    return ministry(read_only=True) if name == SHARED_SCHEMA else office(name, read_only=True)


def names() -> list[str]:
    """Whoever has a trail: the ministry and every office that was ever opened."""
    offices = [facts.slug for facts in registry.all_offices() if facts.status in OPENED]
    return [SHARED_SCHEMA, *offices]


def faults() -> Iterator[tuple[str, str]]:
    """(whose trail, what is wrong with it), the first few of each."""
    for name in names():
        with scope_of(name):
            try:
                kept = anchors.kept()
            except Unavailable:
                yield name, "the seal on the shelf can't be read"
                kept = None
            for _, fault in zip(range(MOST_FAULTS), queries.faults(kept), strict=False):
                yield name, fault
