"""Somebody else's ids, documents and cookies, and a suspended office; for every rule, generated."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask

from tenants import lifecycle, registry
from tenants.scope import ministry
from tests.isolation import matrix
from tests.isolation.conftest import World
from tests.isolation.walk import (
    NOBODYS,
    Route,
    Walker,
    ids_for,
    likeness,
    nobodys,
    outcome,
    routes,
)
from tests.statements import sent
from tests.world import Place

ROUTES = routes()
OFFICE = [route for route in ROUTES if route.site == "office"]
OPEN_WHEN_SUSPENDED = ("/health/live", "/health/ready")
MOST_STATEMENTS_MORE = 2
Collected = dict[str, list[dict[str, UUID]]]
recorded = pytest.mark.usefixtures("rehearsal")


def name_of(route: Route) -> str:
    return f"{route.site} {route.name}"


def foreign_ids(route: Route, collected: Collected, place: Place) -> list[dict[str, UUID]]:
    """Ids of another office for this route: what its people found there, and what we know."""
    found = [ids for ids in collected.get(route.rule.endpoint, []) if set(ids) == set(route.ids)]
    names: dict[str, UUID] = {}
    for ids in (one for many in collected.values() for one in many):
        names |= ids
    known = {name: names.get(name, NOBODYS) for name in route.ids}
    all_of_them = [*found[:2], known, ids_for(route, place, "owner")]
    return [ids for at, ids in enumerate(all_of_them) if ids not in all_of_them[:at]]


def some_of(place: Place, route: Route) -> list[str]:
    """Everybody's turn comes, at one route after another: a stranger is refused before anybody
    looks at a role."""
    people, turn = [*place.people], ROUTES.index(route)
    return [people[(turn + step) % len(people)] for step in (0, len(people) // 2)]


@recorded
@pytest.mark.parametrize("route", [route for route in OFFICE if route.ids], ids=name_of)
def test_what_is_not_theirs_is_as_if_it_were_not(
    furnished: World, somebody: Callable[..., Walker], collected: Collected, route: Route
) -> None:
    """An id of another office, and one that is forbidden here, answer like one nobody has: the
    same status, the same page, and all but the same work for the database."""
    row, home = matrix.read()[route.site, route.name], furnished.london
    theirs = foreign_ids(route, collected, furnished.istanbul)
    for column, name in matrix.walkers(route):
        walker = somebody(name, home)
        unknown = nobodys(route)
        with sent(furnished.app) as usual:
            expected = likeness(walker.knock(route, unknown), unknown)
        # Some forms look at no id before they are filled in, and say so to everybody alike.
        assert expected[0] not in (200, 400, 500), (name, expected)
        forbidden = [ids_for(route, home, name)] if row[column] == "404" else []
        for ids in theirs + forbidden:
            with sent(furnished.app) as asked:
                assert likeness(walker.knock(route, ids), ids) == expected, (name, ids)
            assert abs(len(asked) - len(usual)) <= MOST_STATEMENTS_MORE, (name, asked, usual)


@pytest.mark.parametrize(
    "route", [r for r in OFFICE if r.ids and r.method == "GET"][::5], ids=name_of
)
def test_the_drawn_pages_are_equal_too(
    furnished: World, somebody: Callable[..., Walker], route: Route
) -> None:
    for name in ("neighbour", "head"):
        walker, unknown = somebody(name, furnished.london), nobodys(route)
        theirs = ids_for(route, furnished.istanbul, "owner")
        first, second = (likeness(walker.knock(route, ids), ids) for ids in (unknown, theirs))
        assert first == second


@recorded
@pytest.mark.parametrize("route", [r for r in OFFICE if len(r.ids) > 1], ids=name_of)
def test_a_document_is_found_only_under_its_own_request(
    furnished: World, somebody: Callable[..., Walker], route: Route
) -> None:
    home = furnished.london
    for name in ("owner", "notarial_clerk"):
        ids = ids_for(route, home, name) | {"document_id": home.draft_document or NOBODYS}
        assert outcome(somebody(name, home).knock(route, ids), route) in ("404", "sign-in")


@recorded
@pytest.mark.parametrize("route", OFFICE, ids=name_of)
def test_a_cookie_of_another_office_is_nobody_here(
    furnished: World, somebody: Callable[..., Walker], route: Route
) -> None:
    """Whoever is signed in at istanbul or at the ministry is a stranger at london."""
    row, ids = matrix.read()[route.site, route.name], ids_for(route, furnished.london, "owner")
    for place in (furnished.istanbul, furnished.ministry):
        for name in some_of(place, route):
            walker = somebody(name, place, "london")
            assert outcome(walker.knock(route, ids), route) == row["nobody"], name


@recorded
@pytest.mark.parametrize("route", [r for r in ROUTES if r.site == "ministry"], ids=name_of)
def test_a_cookie_of_an_office_is_nobody_at_the_ministry(
    furnished: World, somebody: Callable[..., Walker], route: Route
) -> None:
    row, ids = matrix.read()[route.site, route.name], ids_for(route, furnished.ministry, "")
    for name in some_of(furnished.london, route):
        walker = somebody(name, furnished.london, "ministry")
        assert outcome(walker.knock(route, ids), route) == row["nobody"], name


@pytest.fixture
def suspended(furnished: World, somebody: Callable[..., Walker]) -> Iterator[Place]:
    """Istanbul, closed to the public for the time being; everybody there is still signed in."""
    place = furnished.istanbul
    for name in ("nobody", *place.people):
        somebody(name, place)
    _move(furnished.app, lifecycle.suspend)
    yield place
    _move(furnished.app, lifecycle.resume)


def _move(app: Flask, act: Callable[[str], object]) -> None:
    with app.app_context():
        with ministry():
            act("istanbul")
        registry.forget()


def test_a_suspended_office_answers_nobody(
    furnished: World, somebody: Callable[..., Walker], suspended: Place, monkeypatch
) -> None:
    """Each route, each role of the office itself, and its neighbours: the same page for all."""
    monkeypatch.setattr("flask.templating._render", lambda _app, template, _context: template.name)
    strangers = [("owner", furnished.london), ("superadmin", furnished.ministry)]
    people = [(name, suspended) for name in ("nobody", *suspended.people)] + strangers
    for route in OFFICE:
        expected = 200 if route.rule.rule in OPEN_WHEN_SUSPENDED else 503
        ids = ids_for(route, suspended, "owner")
        for name, place in people:
            answer = somebody(name, place, "istanbul").knock(route, ids)
            assert answer.status_code == expected, (name, route.name, answer)
