"""Offices whose complaints would lie: they offer what supervision does, without two supervisors."""

from collections.abc import Iterator

from core.requests import definitions, policies
from core.staff import queries as staff
from core.staff.roles import SUPERVISION
from tenants import registry
from tenants.scope import office

NEEDED = 2
ROLE = "supervisor"


def understaffed() -> Iterator[tuple[str, int]]:
    """(office, how many supervisors it has) of each active office that lacks some."""
    for facts in registry.all_offices():
        if facts.status != "active":
            continue
        with office(facts.slug, read_only=True):
            offers = any(policies.desk_of(one) == SUPERVISION for one in definitions.here())
            there = staff.count_active(ROLE)
        if offers and there < NEEDED:
            yield facts.slug, there
