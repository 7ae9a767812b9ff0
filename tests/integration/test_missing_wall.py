"""A wall is taken away from a database: what starts then does nothing, the doctor says why."""

from uuid import uuid4

import psycopg
import pytest
from flask import Flask

from config.settings import Settings
from core import jobs
from core.errors import Unavailable
from core.outbox import relay
from core.platform.doctor import examine
from core.platform.postgres import EmbeddedPostgres
from core.web.gate import Guarded
from tests.critic import Visitor

FUNCTION = "FUNCTION pg_catalog.set_config(text, text, boolean)"


def isolation(app: Flask, settings: Settings) -> list[str]:
    """What the doctor advises about the walls; empty advice is good news."""
    with app.app_context():
        return [found.advice for found in examine(settings) if found.what == "isolation"]


def test_nobody_is_served_behind_a_missing_wall(
    app: Flask, settings: Settings, postgres: EmbeddedPostgres, caplog: pytest.LogCaptureFixture
) -> None:
    someone = Visitor(app, "london.localhost")
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        admin.execute(f"GRANT EXECUTE ON {FUNCTION} TO PUBLIC")
        try:
            app.extensions["guarded"] = Guarded()  # as a process has it that starts now
            for path in ("/", "/enter", "/desk/sign-in"):
                assert someone.get(path).status == 503
            with app.app_context(), pytest.raises(Unavailable):
                jobs.perform("london", str(uuid4()))
            with app.app_context(), pytest.raises(Unavailable):
                relay.run_due(["london"])
            told = isolation(app, settings)
            assert "set_config" in caplog.text and "not serving" in caplog.text
            assert told and all("set_config" in advice for advice in told)
        finally:
            admin.execute(f"REVOKE EXECUTE ON {FUNCTION} FROM PUBLIC")
            app.extensions["guarded"] = Guarded()
    assert someone.get("/").status == 200
    assert isolation(app, settings) == [""]
