"""What an operator sees: health, figures by office, logs that know the request and no person."""

import json
import logging
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from core.clock import now
from core.outbox import pulse, relay
from core.outbox.actions import put
from core.outbox.models import OutboxRow
from core.web import logs, metrics
from tenants.database import db
from tenants.scope import office
from tests.conftest import Mailbox
from tests.critic import Visitor
from tests.integration import registration_steps

Visit = Callable[..., Visitor]


@pytest.fixture
def lines(app: Flask) -> Iterator[list[str]]:
    """Every line that the house logs, in JSON."""
    written: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler = Keep(logging.DEBUG)
    handler.setFormatter(logs.Json())
    handler.addFilter(logs.add_context)
    root = logging.getLogger("mikhak")
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def parts(visitor: Visit) -> dict[str, bool]:
    answer = visitor("london").get("/health/ready").response
    assert answer.status_code == 200
    return answer.get_json()["parts"]


def sweep(app: Flask) -> None:
    """One sweep of the relay, with nobody who does the work."""
    oldest: dict = {}
    with app.app_context():
        for name in relay.scope_names():
            relay.hand_over(name, lambda *_: None, note=oldest.__setitem__)
        pulse.beat(oldest)


def test_the_pulse_of_the_relay_is_health(app: Flask, visitor: Visit, mailbox: Mailbox) -> None:
    mailbox.deliver()
    sweep(app)
    assert all(parts(visitor).values())
    with app.app_context():
        pulse.beat({"london": now() - timedelta(hours=1)})
        assert parts(visitor)["outbox"] is False and parts(visitor)["scheduler"] is True
        with office("london"):
            row_id = put("mail", {}, due=now() - timedelta(hours=2))
            db.session.execute(update(OutboxRow).values(created_at=now() - timedelta(hours=2)))
        sweep(app)
        found = pulse.feel()
        assert found and found.waiting > 7000
        with office("london"):
            db.session.delete(db.session.get_one(OutboxRow, row_id))
    sweep(app)
    assert all(parts(visitor).values())


def test_figures_are_shown_to_whoever_has_the_token(
    app: Flask, visitor: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_base = Visitor(app, app.extensions["settings"].base_domain)
    assert at_base.get("/metrics").status == 404, "no token is set"
    settings = replace(app.extensions["settings"], metrics_token="only-prometheus-knows")
    monkeypatch.setitem(app.extensions, "settings", settings)
    for wrong in ({}, {"Authorization": "Bearer nonsense"}):
        assert at_base.get("/metrics", headers=wrong).status == 404
    visitor("london").get("/services")
    right = {"Authorization": "Bearer only-prometheus-knows"}
    assert visitor("london").get("/metrics", headers=right).status == 404, "not at an office"
    page = at_base.get("/metrics", headers=right)
    assert page.status == 200
    counted = 'office="london",status="200"}'
    for words in (counted, "mikhak_request_seconds_bucket", "mikhak_open_requests 1.0"):
        assert words in page.html, page.html
    assert "mikhak_outbox_oldest_seconds" in page.html


def test_what_a_killed_process_had_at_work_is_forgotten_and_its_counts_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    gone = subprocess.Popen(["true"])
    gone.wait()
    for pid in (gone.pid, os.getpid()):
        for kind in ("gauge_livesum", "counter"):
            (tmp_path / f"{kind}_{pid}.db").touch()
    metrics.forget_the_dead()
    left = {path.name for path in tmp_path.iterdir()}
    assert f"gauge_livesum_{gone.pid}.db" not in left and len(left) == 3


def test_logs_tell_the_request_and_nothing_of_the_person(
    app: Flask, visitor: Visit, mailbox: Mailbox, person: Callable, lines: list[str]
) -> None:
    """The planted address, number, code, link and name are looked for in every line."""
    here, who = visitor("london"), person()
    registration_steps.ask(here, who)
    code = registration_steps.code_in(mailbox, who["email"])
    link = registration_steps.link_in(mailbox, who["email"])
    visitor("london").get(link)
    here.submit({"code": code}, form="code")
    here.submit(registration_steps.IDENTITY, form="first_name_fa")
    visitor("london").get("/track?code=planted-query")
    entries = [json.loads(line) for line in lines]
    asked = [entry for entry in entries if entry["logger"] == "mikhak.access"]
    last = next(one for one in reversed(asked) if one["route"].startswith("/register"))
    assert last["office"] == "london" and last["person"] and len(last["request_id"]) == 12
    assert {"method", "status", "milliseconds"} <= set(last)
    text = "\n".join(lines)
    secret = [who["email"], who["national_id"], code, link.split("/")[-1], "planted-query"]
    for planted in (*secret, *registration_steps.IDENTITY.values(), "Alipour"):
        if len(planted) > 4 and planted not in ("female", "single"):
            assert planted not in text, planted


def _fails(*_: object) -> None:
    raise RuntimeError("planted words in a fault")


def test_a_fault_is_told_without_its_words() -> None:
    formatter = logs.Json()
    try:
        _fails()
    except RuntimeError as error:
        kind = (type(error), error, error.__traceback__)
    record = logging.LogRecord("mikhak", logging.ERROR, "", 1, "request failed", (), kind)
    line = formatter.format(record)
    assert "RuntimeError" in line and "_fails" in line and "planted" not in line


@pytest.mark.parametrize(
    ("proxies", "asked", "kept"),
    [(1, "0123456789-from-proxy", True), (0, "0123456789-from-proxy", False), (1, "a b", False)],
)
def test_a_proxys_request_id_is_taken_over(settings, proxies: int, asked: str, kept: bool) -> None:
    from blueprints import find_doors
    from core.app import create_app

    app = create_app(replace(settings, trusted_proxies=proxies), find_doors(["health"]))
    answer = app.test_client().get(
        "/health/live", base_url="http://localhost", headers={"X-Request-ID": asked}
    )
    assert (answer.headers["X-Request-Id"] == asked) is kept
