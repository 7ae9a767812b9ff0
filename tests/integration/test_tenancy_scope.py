"""Scopes: one session each, bound to its office, and an error wherever none is open."""

import os
import threading

import psycopg
import pytest
import sqlalchemy as sa

from tenants.binding import NotOneStatement
from tenants.context import ScopeChanged
from tenants.database import db
from tenants.registry import UnknownOffice
from tenants.scope import (
    NoOffice,
    Scope,
    again,
    close_scope,
    current_office,
    ministry,
    office,
    open_scope,
    run,
)
from tests.integration import tenancy_house


@pytest.fixture(scope="module")
def house(postgres):
    house = tenancy_house.build(postgres)
    with house.app().app_context():
        house.a, house.b = house.open("a"), house.open("b")
    with house.owner() as owner:
        for slug in (house.a, house.b):
            owner.execute(f"CREATE TABLE office_{slug}.notes (id int PRIMARY KEY, words text)")
            owner.execute(f"INSERT INTO office_{slug}.notes VALUES (1, '{slug}')")
    yield house
    tenancy_house.tear_down(postgres, house)


@pytest.fixture
def app(house):
    app = house.app()
    with app.app_context():
        yield app
        db.engine.dispose()


def words() -> str:
    return db.session.scalar(sa.text("SELECT words FROM notes WHERE id = 1"))


def role() -> str:
    return db.session.scalar(sa.text("SELECT current_user"))


def test_each_office_sees_its_own_rows_and_the_ministry_none(app, house):
    for slug in (house.a, house.b, house.a):
        with office(slug):
            assert (words(), role()) == (slug, f"office_{slug}")
            assert current_office().slug == slug
    with ministry():
        assert role() == "mikhak_ministry"
        with pytest.raises(sa.exc.ProgrammingError, match="does not exist"):
            words()
    with ministry(), pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        db.session.execute(sa.text(f"SELECT * FROM office_{house.a}.notes"))


def test_without_a_scope_every_use_of_the_database_is_an_error(app, house):
    with pytest.raises(NoOffice):
        db.session.execute(sa.text("SELECT 1"))
    with pytest.raises(NoOffice), db.engine.begin():
        pass
    with ministry(), pytest.raises(NoOffice):
        current_office()


def test_a_new_thread_has_no_scope_even_with_the_context_handed_over(app, house):
    import contextvars

    caught = []

    def work():
        with app.app_context():
            try:
                words()
            except NoOffice as error:
                caught.append(error)

    with office(house.a):
        words()
        copied = contextvars.copy_context()
        for target in (work, lambda: copied.run(work)):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
    assert len(caught) == 2


def test_a_session_refuses_to_work_in_another_scope(app, house):
    with office(house.a):
        session = db.session()
        session.execute(sa.text("SELECT 1"))
        with office(house.b):
            assert words() == house.b
            with pytest.raises(ScopeChanged):
                session.execute(sa.text("SELECT 1"))
        assert words() == house.a


def test_scopes_close_in_the_reverse_order(app, house):
    outer = open_scope(Scope.for_ministry())
    inner = open_scope(Scope.for_ministry())
    with pytest.raises(ScopeChanged):
        close_scope(outer)
    close_scope(inner)
    close_scope(outer)


def test_a_clean_exit_commits_an_exception_rolls_back(app, house):
    with pytest.raises(ZeroDivisionError), office(house.a):
        db.session.execute(sa.text("INSERT INTO notes VALUES (2, 'lost')"))
        _ = 1 / 0
    with office(house.a):
        db.session.execute(sa.text("INSERT INTO notes VALUES (3, 'kept')"))
    with office(house.a):
        found = db.session.scalars(sa.text("SELECT id FROM notes ORDER BY id")).all()
        db.session.execute(sa.text("DELETE FROM notes WHERE id = 3"))
    assert found == [1, 3]


def test_a_short_scope_inside_keeps_what_it_wrote(app, house):
    with pytest.raises(ZeroDivisionError), office(house.a, read_only=True) as outer:
        words()
        with again(outer):
            db.session.execute(sa.text("INSERT INTO notes VALUES (4, 'counter')"))
        _ = 1 / 0
    with office(house.a):
        assert db.session.execute(sa.text("DELETE FROM notes WHERE id = 4")).rowcount == 1


def test_a_reading_scope_cannot_write(app, house):
    with office(house.a, read_only=True), pytest.raises(sa.exc.InternalError, match="read-only"):
        db.session.execute(sa.text("DELETE FROM notes"))


def test_the_binding_holds_after_an_early_commit_a_rollback_and_a_savepoint(app, house):
    with office(house.a):
        assert words() == house.a
        db.session.commit()
        assert (words(), role()) == (house.a, f"office_{house.a}")
        db.session.rollback()
        assert words() == house.a
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(sa.text("INSERT INTO notes VALUES (1, 'twice')"))
        assert (words(), role()) == (house.a, f"office_{house.a}")


def test_the_next_transaction_takes_another_connection_when_the_pooled_ones_died(app, house):
    with office(house.a), house.admin() as admin:
        words()
        db.session.commit()
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert (words(), role()) == (house.a, f"office_{house.a}")


def test_a_killed_backend_in_the_middle_is_an_error_and_never_anothers_row(app, house):
    with house.admin() as admin:
        with pytest.raises(sa.exc.OperationalError), office(house.a):
            pid = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
            admin.execute("SELECT pg_terminate_backend(%s)", [pid])
            words()
        with office(house.b):
            assert words() == house.b


def test_a_connection_that_breaks_at_the_very_end_takes_nothing_away(app, house):
    """The answer is made; what can't be rolled back any more has rolled back by itself."""
    opened = open_scope(Scope.for_ministry())
    connection = db.session.connection().connection.driver_connection
    connection.pgconn.send_query(b"SELECT 1")  # its answer is never fetched
    close_scope(opened)
    assert not db.session.registry.registry
    with office(house.a):
        assert words() == house.a


def test_a_statement_takes_its_time_limit_from_the_scope(app, house):
    with office(house.a, statement_timeout=0.05), pytest.raises(sa.exc.OperationalError):
        db.session.execute(sa.text("SELECT pg_sleep(2)"))


def pid(slug):
    with office(slug):
        return db.session.scalar(sa.text("SELECT pg_backend_pid()"))


def test_a_connection_that_visited_many_offices_is_retired(app, house, monkeypatch):
    monkeypatch.setattr("tenants.binding.OFFICES_PER_CONNECTION", 2)
    monkeypatch.setattr("tenants.pool.HOMES", 1)
    first = pid(house.a)
    assert pid(house.a) == first
    assert pid(house.b) == first
    assert pid(house.a) != first


def test_each_office_has_a_connection_of_its_own_and_another_while_that_is_busy(app, house):
    at_home = {slug: pid(slug) for slug in (house.a, house.b)}
    assert at_home[house.a] != at_home[house.b]
    for slug in (house.b, house.b, house.a, house.a):
        assert pid(slug) == at_home[slug]
    with office(house.a) as scope:
        mine = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
        with again(scope):
            assert db.session.scalar(sa.text("SELECT pg_backend_pid()")) != mine
    assert mine == at_home[house.a]
    assert pid(house.a) == mine


def test_only_who_says_so_does_not_wait_for_the_disk(app, house):
    with office(house.a) as scope:
        for durable, said in ((True, "on"), (False, "off"), (True, "on")):
            with run(Scope(scope.office, durable=durable)):
                assert db.session.scalar(sa.text("SHOW synchronous_commit")) == said


def test_two_statements_at_once_reach_no_server(app, house):
    with office(house.a), pytest.raises(sa.exc.ProgrammingError, match="multiple commands"):
        db.session.execute(sa.text("SELECT 1; SELECT 2"))


@pytest.mark.parametrize(
    "statement",
    ["RESET ROLE", "/* hm */ set role mikhak_app", "COMMIT", "-- so\nDO $$ BEGIN END $$", "BEGIN"],
)
def test_statements_that_rule_the_transaction_are_refused_before_they_are_sent(
    app, house, statement
):
    with office(house.a):
        with pytest.raises(NotOneStatement):
            db.session.execute(sa.text(statement))
        assert words() == house.a


def test_an_unknown_office_has_no_scope(app):
    with pytest.raises(UnknownOffice), office("nowhere"):
        pass


def test_a_forked_child_does_not_talk_over_its_parents_connection(app, house):
    def pid():
        return db.session.scalar(sa.text("SELECT pg_backend_pid()"))

    with office(house.a):
        mine = pid()
    child = os.fork()
    if child == 0:
        try:
            with office(house.a):
                os._exit(0 if pid() != mine and words() == house.a else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with office(house.a):
        assert (pid(), words()) == (mine, house.a)


def test_nothing_is_prepared_on_the_server(app, house):
    with office(house.a):
        for _ in range(10):
            words()
        assert db.session.scalar(sa.text("SELECT count(*) FROM pg_prepared_statements")) == 0
    with psycopg.connect(house.app_url) as plain, pytest.raises(psycopg.Error):
        plain.execute(f"SELECT * FROM office_{house.a}.notes")
