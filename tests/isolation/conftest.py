"""Two furnished offices, a suspended one and the ministry; what the walkers do is not kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from tenants import lifecycle
from tenants.database import Session
from tenants.scope import ministry
from tests import world
from tests.isolation.walk import Walker
from tests.offices import open_offices
from tests.world import Place

SUSPENDED = "warsaw"


@dataclass
class World:
    """Everybody, by place."""

    app: Flask
    london: Place
    istanbul: Place
    ministry: Place

    def walker(self, name: str, place: Place, site: str | None = None) -> Walker:
        """The person of that name at a place, with the cookie, at this or another site."""
        person = place.people.get(name)
        return Walker(name, world.visitor_as(self.app, person, site or place.slug))


@pytest.fixture(scope="session")
def furnished(app: Flask) -> World:
    """The world, made once for all tests of isolation."""
    open_offices(app, [SUSPENDED])
    with app.app_context(), ministry():
        lifecycle.suspend(SUSPENDED)
    return World(
        app,
        world.furnish_office(app, "london"),
        world.furnish_office(app, "istanbul"),
        world.furnish_ministry(app),
    )


@pytest.fixture(scope="session")
def somebody(furnished: World) -> Callable[..., Walker]:
    """`somebody("head", place, site)`: the same walker each time."""
    met: dict[tuple[str, str, str], Walker] = {}

    def find(name: str, place: Place, site: str | None = None) -> Walker:
        key = name, place.slug, site or place.slug
        if key not in met:
            met[key] = furnished.walker(name, place, site)
        return met[key]

    return find


@pytest.fixture
def rehearsal(furnished: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is kept: where the house commits it rolls back; each knock meets the same world."""
    monkeypatch.setattr(Session, "commit", Session.rollback)
    yield
