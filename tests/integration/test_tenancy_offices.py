"""Opening an office is all or nothing; its later life is known in every process soon."""

import json
import threading
import time

import psycopg
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from tenants import cli, lifecycle, provisioning, registry
from tenants.cli import offices
from tenants.database import db
from tenants.migrations import runner
from tenants.migrations.steps import head
from tenants.provisioning import CannotOpen, Opening, open_office
from tenants.scope import ministry, office
from tests.integration import tenancy_house


@pytest.fixture(scope="module")
def house(postgres):
    house = tenancy_house.build(postgres)
    with house.app().app_context():
        house.a, house.b = house.open("oa"), house.open("ob")
    yield house
    tenancy_house.tear_down(postgres, house)


@pytest.fixture
def app(house, monkeypatch):
    monkeypatch.setattr(cli, "on_change", [])  # the ground floor alone, whoever else is imported
    app = house.app()
    with app.app_context():
        registry.forget()
        yield app
        db.engine.dispose()
        registry.forget()


def opening(slug, **given):
    return Opening(**{"hosts": [f"{slug}.test"], "wrapped_key": b"key", **given})


def traces(house, slug):
    with house.owner() as owner:
        return owner.execute(
            "SELECT (SELECT count(*) FROM pg_roles WHERE rolname = %(name)s)"
            " + (SELECT count(*) FROM pg_namespace WHERE nspname = %(name)s)"
            " + (SELECT count(*) FROM ministry.offices WHERE slug = %(slug)s)"
            " + (SELECT count(*) FROM ministry.office_hosts WHERE office = %(slug)s)",
            {"name": f"office_{slug}", "slug": slug},
        ).fetchone()[0]


def test_an_open_office_is_active_known_by_its_host_and_at_the_head(app, house):
    new = house.new("opened")
    told = []
    assert open_office(house.owner_url, new, opening("Opened"), told.append) is True
    facts = registry.find_by_host("opened.test")
    assert (facts.slug, facts.status, facts.schema_version, facts.wrapped_key) == (
        new.slug,
        "active",
        head("office"),
        b"key",
    )
    assert facts == registry.get(new.slug)
    assert told == list(provisioning.STAGES)
    with office(new.slug):
        assert db.session.scalar(sa.text("SELECT count(*) FROM audit_entries")) == 0


def test_hooks_write_as_the_office_and_as_the_ministry_in_the_same_transaction(app, house):
    new = house.new("hooked")
    seen = []

    def inside():
        seen.append(db.session.scalar(sa.text("SELECT current_user")))
        db.session.execute(sa.text("INSERT INTO answered_keys VALUES ('k', 'b', '/', now())"))

    def above():
        seen.append(db.session.scalar(sa.text("SELECT current_user")))

    open_office(house.owner_url, new, opening("hooked", after_open=inside, in_ministry=above))
    assert seen == [f"office_{new.slug}", "mikhak_ministry"]
    with office(new.slug):
        assert db.session.scalar(sa.text("SELECT count(*) FROM answered_keys")) == 1


def test_opening_again_changes_nothing(app, house):
    new = house.new("again")
    assert open_office(house.owner_url, new, opening("again")) is True
    version = registry.get(new.slug)
    assert open_office(house.owner_url, new, opening("other")) is False
    assert registry.get(new.slug) == version
    assert registry.find_by_host("other.test") is None


class Crash(BaseException):
    """Nobody catches this."""


@pytest.mark.parametrize("stage", provisioning.STAGES)
def test_a_crash_at_any_stage_leaves_nothing_and_the_same_call_finishes(app, house, stage):
    new = house.new(f"crash_{stage}"[:20])

    def crash(reached):
        if reached == stage:
            raise Crash

    with pytest.raises(Crash):
        open_office(house.owner_url, new, opening(stage.replace("_", "-")), crash)
    assert traces(house, new.slug) == 0
    assert open_office(house.owner_url, new, opening(stage.replace("_", "-"))) is True


@pytest.mark.parametrize("hook", ["after_open", "in_ministry"])
def test_a_hook_that_fails_undoes_everything(app, house, hook):
    new = house.new(f"h_{hook}")
    with pytest.raises(ZeroDivisionError):
        open_office(house.owner_url, new, opening("undone", **{hook: lambda: 1 / 0}))
    assert traces(house, new.slug) == 0


def test_a_killed_connection_leaves_nothing(app, house):
    new = house.new("killed")

    def kill():
        pid = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
        with house.admin() as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [pid])
        db.session.execute(sa.text("SELECT 1"))

    with pytest.raises((sa.exc.OperationalError, psycopg.OperationalError)):
        open_office(house.owner_url, new, opening("killed", after_open=kill))
    assert traces(house, new.slug) == 0


def test_two_at_once_open_it_once(app, house):
    new = house.new("twice")
    answers = []

    def work():
        with app.app_context():
            answers.append(open_office(house.owner_url, new, opening("twice")))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, True]


def test_a_host_name_of_another_office_is_refused(app, house):
    new = house.new("thief")
    taken = registry.get(house.a).hosts[0]
    with pytest.raises(CannotOpen, match="leads to"):
        open_office(house.owner_url, new, opening("thief", hosts=[taken]))
    assert traces(house, new.slug) == 0


def test_into_an_empty_database_nothing_is_opened(postgres):
    empty = tenancy_house.build(postgres, migrated=False)
    try:
        with empty.app().app_context(), pytest.raises(CannotOpen, match="migrate"):
            empty.open("early")
        assert runner.migrate(empty.owner_url).shared_steps == head("shared")
    finally:
        tenancy_house.tear_down(postgres, empty)


def soon(question):
    end = time.monotonic() + 2
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.05)
    return False


def test_a_change_is_known_to_other_processes_within_two_seconds(app, house):
    assert registry.get(house.b).status == "active"
    with house.owner() as owner:  # as another process would: this one is not told
        owner.execute("UPDATE ministry.offices SET status = 'suspended' WHERE slug = %s", [house.b])
        owner.execute(registry.BUMP)
    assert soon(lambda: registry.get(house.b).status == "suspended")
    with ministry():
        lifecycle.resume(house.b)
    assert soon(lambda: registry.get(house.b).status == "active")


def test_every_change_of_the_registry_bumps_its_version(app, house):
    def version():
        with house.owner() as owner:
            return owner.execute(registry.VERSION).fetchone()[0]

    before = version()
    for change in (
        lambda: lifecycle.suspend(house.a),
        lambda: lifecycle.resume(house.a),
        lambda: lifecycle.add_host(house.a, "Further.Example.org"),
        lambda: lifecycle.remove_host(house.a, "further.example.org"),
    ):
        with ministry():
            change()
        assert version() > before
        before = version()


def test_lookups_survive_dead_connections_and_roles_left_behind(app, house):
    registry.forget()
    registry.get(house.a)
    with house.admin() as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    registry.forget()
    assert registry.get(house.a).slug == house.a
    with office(house.b):
        driver = db.session.connection().connection.driver_connection
        psycopg.Cursor(driver).execute(f"SET ROLE office_{house.b}")
    registry.forget()
    assert registry.get(house.a).slug == house.a


def test_only_what_was_written_since_is_read_again(app, house, monkeypatch):
    same, changed = registry.get(house.b), registry.get(house.a)
    read = []
    facts = registry._facts
    monkeypatch.setattr(registry, "_facts", lambda row: read.append(row["slug"]) or facts(row))
    for change, hosts in ((lifecycle.add_host, 1), (lifecycle.remove_host, -1)):
        with ministry():
            change(house.a, "one-more.example.org")
        registry.forget()
        assert len(registry.get(house.a).hosts) == len(changed.hosts) + max(hosts, 0)
        assert bool(registry.find_by_host("one-more.example.org")) == (hosts == 1)
    assert read == [], "host names alone"
    with ministry():
        lifecycle.suspend(house.a)
    registry.forget()
    assert registry.get(house.a).status == "suspended" and registry.get(house.b) is same
    assert read == [house.a]
    with ministry():
        lifecycle.resume(house.a)
    registry.forget()
    assert registry.get(house.a) == changed


def test_a_backup_put_in_place_of_the_registry_is_read_as_a_whole(app, house):
    registry.get(house.a)
    with house.owner() as owner:
        version = owner.execute(registry.VERSION).fetchone()[0]
        owner.execute("UPDATE ministry.house SET registry_version = 1")
    known = registry._known[registry.database()]
    known.written[house.a], before = known.written[house.b], known.offices.pop(house.a)
    registry.forget()
    try:
        assert registry.get(house.a) == before
    finally:
        with house.owner() as owner:
            owner.execute(f"UPDATE ministry.house SET registry_version = {version}")
        registry.forget()


def test_lookups_ask_the_database_once_a_second_at_most(app, house, monkeypatch):
    registry.find_by_host("x")
    asked = []
    refreshed = registry._refreshed
    monkeypatch.setattr(registry, "_refreshed", lambda known: asked.append(1) or refreshed(known))
    start = time.monotonic()
    for _ in range(2000):
        registry.find_by_host("x")
    assert len(asked) <= time.monotonic() - start + 1


def run(house, app, *arguments):
    """As `mikhak offices …`, inside the test's application."""
    return CliRunner().invoke(offices, list(arguments))


def test_the_commands_list_suspend_resume_and_name_hosts(app, house):
    listed = json.loads(run(house, app, "list", "--format", "json").stdout)
    mine = next(row for row in listed if row["slug"] == house.a)
    assert (mine["status"], mine["behind"]) == ("active", False)
    assert run(house, app, "suspend", house.a).exit_code == 0
    assert registry.get(house.a).status == "suspended"
    assert "suspended" in run(house, app, "list").stdout
    assert run(house, app, "resume", house.a).exit_code == 0
    assert run(house, app, "hosts", "add", house.a, "a.example.org").exit_code == 0
    assert registry.find_by_host("a.example.org").slug == house.a
    stolen = run(house, app, "hosts", "add", house.b, "a.example.org")
    assert (stolen.exit_code, "leads to" in stolen.output) == (1, True)
    for ours in ("localhost", "Ministry.localhost", "verify.localhost", "mail.localhost"):
        refused = run(house, app, "hosts", "add", house.a, ours)
        assert (refused.exit_code, "house's own" in refused.output) == (1, True)
    assert run(house, app, "hosts", "remove", house.a, "a.example.org").exit_code == 0
    assert registry.find_by_host("a.example.org") is None
    last = run(house, app, "hosts", "remove", house.a, registry.get(house.a).hosts[0])
    assert (last.exit_code, "only host name" in last.output) == (1, True)


def test_commands_refuse_in_one_line(app, house):
    unknown = run(house, app, "suspend", "nowhere")
    assert (unknown.exit_code, unknown.output.count("\n")) == (1, 1)
    assert run(house, app, "close", house.a).exit_code == 2
    assert run(house, app, "resume", house.a).exit_code == 0


def test_a_closed_office_has_a_successor_and_stays(app, house):
    new = house.new("closing")
    open_office(house.owner_url, new, opening("closing"))
    itself = run(house, app, "close", new.slug, "--successor", new.slug)
    assert itself.exit_code == 1
    assert run(house, app, "close", new.slug, "--successor", house.a).exit_code == 0
    facts = registry.get(new.slug)
    assert (facts.status, facts.successor) == ("closed", house.a)
    assert run(house, app, "resume", new.slug).exit_code == 1
    with pytest.raises(CannotOpen, match="is closed"):
        open_office(house.owner_url, new, opening("closing"))
    assert traces(house, new.slug) > 0
