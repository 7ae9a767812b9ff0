"""Every route has a door, every door an audience; the closed list of routes is kept by hand."""

from pathlib import Path

import pytest
from flask import Flask

from core.web.door import Door
from tests.house.routes import described_routes

LIST = Path(__file__).with_name("routes.txt")


@pytest.fixture(scope="module")
def app(bare_app: Flask) -> Flask:
    return bare_app


def test_every_route_belongs_to_a_door(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        door = app.blueprints.get(rule.endpoint.rpartition(".")[0])
        assert isinstance(door, Door), f"{rule.rule} is reachable through no door"


def test_the_list_of_routes_is_complete_and_true(app: Flask) -> None:
    """A new or changed route needs its line in routes.txt, so that somebody thinks about it.

    `python -m tests.house.routes` writes the list anew; read the difference before committing.
    """
    assert described_routes(app) == LIST.read_text().splitlines()


def test_a_door_without_audience_or_site_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        Door("open", __name__, host="office")  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="not a site"):
        Door("open", __name__, host="elsewhere", audience=lambda _: None)


def test_no_path_holds_more_than_opaque_ids(app: Flask) -> None:
    """Tracking codes, names and numbers never stand in a URL."""
    personal = {"tracking_code", "code_of_request", "national_id", "email", "passport"}
    for rule in app.url_map.iter_rules():
        assert not personal & rule.arguments, rule.rule
