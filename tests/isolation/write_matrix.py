"""Not collected by itself: `pytest tests/isolation/write_matrix.py` writes matrix.txt anew."""

from collections.abc import Callable

import pytest

from tests.isolation import matrix
from tests.isolation.conftest import World
from tests.isolation.walk import Walker, routes


@pytest.mark.usefixtures("rehearsal")
def test_write(furnished: World, somebody: Callable[..., Walker]) -> None:
    matrix.write(
        {(route.site, route.name): matrix.cells(furnished, somebody, route) for route in routes()}
    )
