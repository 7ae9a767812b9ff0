"""Somebody else's ids, documents and cookies, and a suspended office; for every rule, generated."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.isolation import matrix
from tests.isolation.conftest import SUSPENDED, World
from tests.isolation.walk import Route, Walker, ids_for, likeness, outcome, routes

ROUTES = routes()
OFFICE = [route for route in ROUTES if route.site == "office"]
OPEN_WHEN_SUSPENDED = ("/health/live", "/health/ready")
pytestmark = pytest.mark.usefixtures("rehearsal")


def name_of(route: Route) -> str:
    return f"{route.site} {route.name}"


@pytest.mark.parametrize("route", [route for route in OFFICE if route.ids], ids=name_of)
def test_what_is_not_theirs_is_as_if_it_were_not(
    furnished: World, somebody: Callable[..., Walker], route: Route
) -> None:
    """An id of another office, and one that is forbidden here, answer like one nobody has."""
    row, home = matrix.read()[route.site, route.name], furnished.london
    for column, names in matrix.columns(route.site).items():
        name = names[0]
        walker = somebody(name, home)
        unknown = {key: uuid4() for key in route.ids}
        expected = likeness(walker.knock(route, unknown), unknown)
        # Some forms look at no id before they are filled in, and say so to everybody alike.
        assert expected[0] not in (200, 400, 500), (name, expected)
        theirs = ids_for(route, furnished.istanbul, "owner")
        assert likeness(walker.knock(route, theirs), theirs) == expected, name
        if row[column] == "404":
            ours = ids_for(route, home, name)
            assert likeness(walker.knock(route, ours), ours) == expected, name


@pytest.mark.parametrize("route", [r for r in OFFICE if len(r.ids) > 1], ids=name_of)
def test_a_document_is_found_only_under_its_own_request(
    furnished: World, somebody: Callable[..., Walker], route: Route
) -> None:
    home = furnished.london
    for name in ("owner", "notarial_clerk"):
        ids = ids_for(route, home, name) | {"document_id": home.draft_document}
        assert outcome(somebody(name, home).knock(route, ids), route) in ("404", "sign-in")


@pytest.mark.parametrize("route", OFFICE, ids=name_of)
def test_a_cookie_of_another_office_is_nobody_here(
    furnished: World, somebody: Callable[..., Walker], route: Route
) -> None:
    """Whoever is signed in at istanbul or at the ministry is a stranger at london."""
    row, ids = matrix.read()[route.site, route.name], ids_for(route, furnished.london, "owner")
    for name, place in (
        ("owner", furnished.istanbul),
        ("head", furnished.istanbul),
        ("admin", furnished.istanbul),
        ("superadmin", furnished.ministry),
    ):
        walker = somebody(name, place, "london")
        assert outcome(walker.knock(route, ids), route) == row["nobody"], name


@pytest.mark.parametrize("route", [r for r in ROUTES if r.site == "ministry"], ids=name_of)
def test_a_cookie_of_an_office_is_nobody_at_the_ministry(
    furnished: World, somebody: Callable[..., Walker], route: Route
) -> None:
    row, ids = matrix.read()[route.site, route.name], ids_for(route, furnished.ministry, "")
    for name in ("owner", "head", "admin"):
        walker = somebody(name, furnished.london, "ministry")
        assert outcome(walker.knock(route, ids), route) == row["nobody"], name


@pytest.mark.parametrize("route", OFFICE, ids=name_of)
def test_a_suspended_office_answers_nobody(
    furnished: World, somebody: Callable[..., Walker], route: Route
) -> None:
    ids = dict.fromkeys(route.ids, uuid4())
    for name in ("nobody", "owner", "admin"):
        answer = somebody(name, furnished.london, SUSPENDED).knock(route, ids)
        assert answer.status_code == (200 if route.rule.rule in OPEN_WHEN_SUSPENDED else 503)
