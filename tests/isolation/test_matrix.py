"""Every rule of the URL map × everybody at home, as the table says."""

from collections.abc import Callable

import pytest

from tests.isolation import matrix
from tests.isolation.conftest import World
from tests.isolation.walk import Route, Walker, routes

ROUTES = routes()
pytestmark = pytest.mark.usefixtures("rehearsal")


def name_of(route: Route) -> str:
    return f"{route.site} {route.name}"


def test_every_route_has_its_row() -> None:
    """`pytest tests/isolation/write_matrix.py` writes the rows; whoever adds a route reads them."""
    rows = matrix.read()
    assert list(rows) == [(route.site, route.name) for route in ROUTES]
    assert all(cell in matrix.OUTCOMES for cells in rows.values() for cell in cells.values())


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_own_place(furnished: World, somebody: Callable[..., Walker], route: Route) -> None:
    """Everybody at home, with the owner's ids: as the table says."""
    assert matrix.cells(furnished, somebody, route) == matrix.read()[route.site, route.name]
