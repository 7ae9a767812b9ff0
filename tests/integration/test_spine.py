"""The gate: hosts, transactions, origins, headers, language."""

from collections.abc import Callable

import pytest
from flask import Flask

from tenants.database import db
from tenants.scope import NoOffice, office
from tests.critic import Visitor

Visit = Callable[..., Visitor]


def test_live_on_every_site(visitor: Visit) -> None:
    for site in ("london", "istanbul", "ministry", "verify", "mail", None):
        assert visitor(site).get("/health/live").status == 200


def test_a_foreign_host_is_refused_and_an_unknown_office_is_not_found(
    app: Flask, visitor: Visit
) -> None:
    assert Visitor(app, "evil.example").get("/").status == 400
    assert visitor("atlantis").get("/").status == 404
    assert visitor("london").get("/", headers={"Host": "evil.example"}).status == 400


def test_without_a_scope_there_is_no_database(app: Flask) -> None:
    with app.app_context(), pytest.raises(NoOffice):
        db.session.execute(db.text("SELECT 1"))


def test_a_scope_reads_only_its_own_schema(app: Flask) -> None:
    with app.app_context(), office("london"):
        assert db.session.scalar(db.text("SELECT current_user")) == "office_london"
        assert db.session.scalar(db.text("SELECT current_schema()")) == "office_london"


def test_headers_deny_by_default(visitor: Visit) -> None:
    headers = visitor("london").get("/").response.headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_the_language_is_chosen_and_remembered(visitor: Visit) -> None:
    someone = visitor("london", lang="fa")
    assert 'lang="fa"' in someone.get("/").html
    assert 'lang="en"' in someone.get("/?lang=en").html
    assert 'lang="en"' in someone.get("/").html


def test_public_pages_travel_compressed_and_pages_with_a_token_do_not(visitor: Visit) -> None:
    wishes = {"Accept-Encoding": "gzip, br"}
    someone = visitor("london")
    assert (
        someone.client.get("/services", base_url="http://london.localhost", headers=wishes).headers[
            "Content-Encoding"
        ]
        == "gzip"
    )
    entry = someone.client.get("/enter", base_url="http://london.localhost", headers=wishes)
    assert b"csrf_token" in entry.data and "Content-Encoding" not in entry.headers
