"""Two furnished offices and the ministry; what the walkers do is not kept, pages are not drawn."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, request, templating

from core.papers import rendering
from tenants.database import Session
from tests import world
from tests.isolation import crawl
from tests.isolation.walk import WITH_A_TOKEN, Walker
from tests.world import Place


@dataclass
class World:
    """Everybody, by place."""

    app: Flask
    london: Place
    istanbul: Place
    ministry: Place
    met: dict[tuple[str, str, str], Walker] = field(default_factory=dict)

    def walker(self, name: str, place: Place, site: str | None = None) -> Walker:
        """The person of that name at a place, with the cookie, at this or another site.

        The same walker each time."""
        key = name, place.slug, site or place.slug
        if key not in self.met:
            person = place.people.get(name)
            self.met[key] = Walker(name, world.visitor_as(self.app, person, key[2]))
        return self.met[key]


@pytest.fixture(scope="session")
def furnished(app: Flask) -> World:
    """The world, made once for all tests of isolation."""
    return World(
        app,
        world.furnish_office(app, "london"),
        world.furnish_office(app, "istanbul"),
        world.furnish_ministry(app),
    )


@pytest.fixture(scope="session")
def somebody(furnished: World) -> Callable[..., Walker]:
    """`somebody("head", place, site)`: the same walker each time."""
    return furnished.walker


@pytest.fixture(scope="session")
def collected(furnished: World) -> dict[str, list[dict[str, UUID]]]:
    """Endpoint → ids that people at istanbul find there, walking from page to page."""
    place = furnished.istanbul
    walkers = [furnished.walker(name, place) for name in ("nobody", *place.people)]
    return crawl.collect(walkers)


@pytest.fixture
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept: where the house commits it rolls back; each knock meets the same world.

    Pages are their template's name and their sentence: who gets in is decided before they are
    drawn, and that two of them are equal can be seen from what they are drawn of.
    """
    monkeypatch.setattr(Session, "commit", Session.rollback)
    monkeypatch.setattr(templating, "_render", _outline)
    monkeypatch.setattr(rendering, "_render", lambda *_: b"%PDF-")


drawn = templating._render


def _outline(app: Any, template: Any, context: dict[str, Any]) -> str:
    if request.method == "GET" and request.path in WITH_A_TOKEN:
        return drawn(app, template, context)
    return f"{template.name} {context.get('status', '')} {context.get('sentence', '')}"
