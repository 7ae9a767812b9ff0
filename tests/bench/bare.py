"""The least that could serve the list page: Flask, raw psycopg, the same binding and template.

No gate, no audience, no ORM: the very statements that the house sends, one connection a thread.
"""

import json
import os
import threading
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
from flask import Flask, g, render_template, request
from psycopg.rows import dict_row

from config.settings import load
from core.actor import Actor
from core.app import ROOT
from core.platform import assets
from core.requests import history
from core.requests.queries import Listed
from core.web import language, templating
from tenants.context import Scope
from tenants.facts import OfficeFacts
from tests.house.bare import bare_app

settings = load(os.environ)
RECORDED = Path(settings.home) / "recorded.json"
kept = threading.local()


def make() -> Flask:
    """A plain Flask that can render the page: the same addresses, filters and words."""
    app = Flask("bare", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config["SECRET_KEY"] = settings.secret_key
    app.extensions["settings"] = settings
    language.install(app)
    templating.install(app)
    names = assets.manifest()
    app.jinja_env.globals["asset"] = lambda name: f"/assets/{names[name]}"
    for rule in bare_app().url_map.iter_rules():
        if rule.subdomain == "office" and rule.endpoint != "requests.index":
            app.add_url_rule(rule.rule, rule.endpoint, lambda **_: "", methods=rule.methods)
    app.add_url_rule("/requests", "requests.index", index)
    return app


def index() -> str:
    """The list page, for whom the cookie says, at the office that the host says."""
    facts = offices[request.host.rpartition(":")[0] or request.host]
    token = sha256(request.cookies["mikhak"].encode()).digest()
    connection = connect()
    connection.execute(Scope.for_office(facts, read_only=True).binding.encode())
    session, rows = (ask(connection, number, token) for number in range(len(statements)))
    connection.execute("ROLLBACK")
    g.office = facts
    g.actor = Actor(
        kind="applicant",
        id=session[0]["person_id"],
        name=session[0]["names"]["fa"],
        names=session[0]["names"],
        session_id=session[0]["id"],
    )
    listed = Listed([SimpleNamespace(**row) for row in rows], 1, 1, len(rows))
    return render_template("requests/index.html", listed=listed, badge_of=history.badge)


def ask(connection: psycopg.Connection[Any], number: int, token: bytes) -> list[dict[str, Any]]:
    """A recorded statement with the values of this person."""
    statement, values = statements[number]
    own = {
        name: token if value == "TOKEN" else kept.person if value == "PERSON" else value
        for name, value in values.items()
    }
    rows = connection.execute(statement, own).fetchall()
    if number == 0:
        kept.person = rows[0]["person_id"]
    return rows


def connect() -> psycopg.Connection[Any]:
    """The thread's own connection."""
    if not hasattr(kept, "connection"):
        kept.connection = psycopg.connect(
            settings.database_url, autocommit=True, prepare_threshold=None, row_factory=dict_row
        )
    return kept.connection


recorded = json.loads(RECORDED.read_text())
statements: list[tuple[str, dict[str, Any]]] = [tuple(pair) for pair in recorded["statements"]]
offices = {
    host: OfficeFacts(**{**facts, "wrapped_key": b""})
    for host, facts in recorded["offices"].items()
}
app = make()
