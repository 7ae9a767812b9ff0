"""Production refuses to serve with demo people or a database that may lose what it confirmed."""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from config.settings import Settings
from core.app import create_app
from core.demo import cast
from core.errors import Forbidden
from core.platform import production
from core.platform.parts import free_port
from tenants.scope import office
from tests.critic import Visitor
from tests.offices import open_offices

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(scope="module")
def real(app: Flask, settings: Settings) -> Settings:
    """The same house as a production; its database runs without fsync, as tests do."""
    return replace(settings, env="production", secret_key=KEY)


@pytest.fixture(scope="module")
def demo_person(app: Flask, settings: Settings) -> None:
    with app.app_context():
        open_offices(app, ["tokyo"])
        with office("tokyo"):
            cast.employ(settings, "tokyo", cast.STAFF[0])


@pytest.fixture
def production_app(real: Settings) -> Iterator[Flask]:
    from blueprints import find_doors

    yield create_app(real, find_doors(["health", "mail", "public"]))


def test_a_demo_and_a_test_may_be_anything(app: Flask, settings: Settings) -> None:
    with app.app_context():
        assert production.faults(settings) == []
        assert production.faults(replace(settings, env="demo")) == []


def test_what_the_database_may_lose_is_named(app: Flask, real: Settings) -> None:
    with app.app_context():
        found = production.faults(real)
    assert any("fsync=off" in fault for fault in found)
    assert any("full_page_writes=off" in fault for fault in found)
    assert not any("synchronous_commit" in fault for fault in found)


def test_debug_is_refused(app: Flask, real: Settings, monkeypatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with app.app_context():
        assert any(fault.startswith("FLASK_DEBUG") for fault in production.faults(real))


def test_demo_people_are_found_where_they_live(app: Flask, real: Settings, demo_person) -> None:
    with app.app_context():
        found = [fault for fault in production.faults(real) if "demo people" in fault]
        assert [fault.split(":")[0] for fault in found] == ["demo people live at tokyo"]


def test_nothing_is_served_from_it(production_app: Flask, demo_person) -> None:
    """Under any server: the gate itself asks before the first request."""
    guest = Visitor(production_app, "london.localhost")
    assert guest.get("/").status == 503
    assert guest.get("/health/live").status == 200


def test_gunicorn_does_not_start_on_it(real: Settings, demo_person) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "python:core.platform.gunicorn", "wsgi:app"],
        env=environment(real),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 1
    assert "demo people live at tokyo" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_make_run_does_not_start_on_it(real: Settings, demo_person, tmp_path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "core.platform.supervisor"],
        env=environment(real) | {"MIKHAK_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 1
    assert "demo people live at tokyo" in answer.stderr


def test_the_demos_mail_reader_is_not_there(production_app: Flask) -> None:
    for path in ("/", "/codes", "/messages.json", "/messages/1"):
        assert Visitor(production_app, "mail.localhost").get(path).status == 404, path


def test_browsers_are_told_to_stay_with_https(production_app: Flask) -> None:
    client = production_app.test_client()
    answer = client.get("/health/live", base_url="https://london.localhost")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_demo_people_are_not_made(app: Flask, real: Settings) -> None:
    with app.app_context(), pytest.raises(Forbidden), office("london"):
        cast.employ(real, "london", cast.STAFF[0])


def environment(settings: Settings) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("MIKHAK_")}
    return kept | {
        "MIKHAK_ENV": "production",
        "MIKHAK_SECRET_KEY": settings.secret_key,
        "MIKHAK_ROOT_KEY": KEY,
        "MIKHAK_BASE_DOMAIN": "mikhak.example.org",
        "MIKHAK_DATABASE_URL": settings.database_url,
        "MIKHAK_OWNER_DATABASE_URL": settings.owner_database_url,
        "MIKHAK_REDIS_URL": settings.redis_url,
        "MIKHAK_STORAGE_URL": settings.storage_url,
        "MIKHAK_SMTP_URL": settings.smtp_url,
        "MIKHAK_MAIL_FROM": "no-reply@mikhak.example.org",
        "PORT": str(free_port()),
    }
