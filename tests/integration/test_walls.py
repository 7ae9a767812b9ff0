"""The walls: what injected SQL may try as an office, and that a missing wall is named."""

import psycopg
import pytest
import sqlalchemy as sa

from tenants import walls
from tenants.database import db
from tenants.scope import ministry, office
from tests.integration import tenancy_house

SECRET = "only-b-knows"


@pytest.fixture(scope="module")
def house(postgres):
    house = tenancy_house.build(postgres)
    with house.app().app_context():
        house.a, house.b = house.open("a"), house.open("b")
    with house.owner() as owner:
        for slug, words in ((house.a, "a"), (house.b, SECRET)):
            owner.execute(f"CREATE TABLE office_{slug}.notes (id int PRIMARY KEY, words text)")
            owner.execute(f"INSERT INTO office_{slug}.notes VALUES (1, '{words}')")
    with psycopg.connect(house.app_url):  # somebody else at work, who could be killed
        yield house
    tenancy_house.tear_down(postgres, house)


@pytest.fixture
def app(house):
    app = house.app()
    with app.app_context():
        yield app
        db.engine.dispose()


ATTACKS = {
    "direct read": "SELECT words FROM {b}.notes",
    "direct write": "INSERT INTO {b}.notes VALUES (9, 'x') RETURNING words",
    "in a sub-select": "SELECT (SELECT words FROM {b}.notes LIMIT 1)",
    "the shared schema's people": "SELECT * FROM ministry.audit_entries_of_ministry",
    "writing the registry": "UPDATE ministry.offices SET status = 'closed' RETURNING slug",
    "set_config": "SELECT set_config('role', '{b}', false), (SELECT 1)",
    "set_config of the path": "SELECT set_config('search_path', '{b}', true)",
    "pg_settings": "UPDATE pg_settings SET setting = '{b}' WHERE name = 'role'",
    "several statements": "SELECT 1; SET ROLE {b}; SELECT words FROM {b}.notes",
    "commit and go on": "SELECT 1; COMMIT; SELECT words FROM {b}.notes",
    "query_to_xml with SET": "SELECT query_to_xml('SET ROLE {b}', true, false, '')",
    "query_to_xml with the table": "SELECT query_to_xml('TABLE {b}.notes', true, false, '')",
    "query_to_xml with set_config": (
        "SELECT query_to_xml('SELECT set_config(''role'', ''{b}'', false)', true, false, '')"
    ),
    "table_to_xml": "SELECT table_to_xml('{b}.notes', true, false, '')",
    "schema_to_xml": "SELECT schema_to_xml('{b}', true, false, '')::text LIKE '%only-b%' AS x",
    "ts_stat": "SELECT * FROM ts_stat('SELECT to_tsvector(words) FROM {b}.notes')",
    "DO": "DO $$ BEGIN EXECUTE 'SET ROLE {b}'; END $$",
    "RESET ROLE": "RESET ROLE",
    "SET ROLE": "SET ROLE {b}",
    "SET SESSION AUTHORIZATION": "SET SESSION AUTHORIZATION {b}",
    "CREATE FUNCTION": "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
    "CREATE FUNCTION in public": (
        "CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS 'SELECT 1::text'"
    ),
    "CREATE TEMP": "CREATE TEMP TABLE t AS SELECT 1 AS one",
    "CREATE TABLE": "CREATE TABLE mine (one int)",
    "CREATE SCHEMA": "CREATE SCHEMA mine",
    "CREATE EXTENSION": "CREATE EXTENSION dblink",
    "COPY to a program": "COPY {own} TO PROGRAM 'cat'",
    "COPY from a file": "COPY {own} FROM '/etc/passwd'",
    "COPY of the table": "COPY {b}.notes TO STDOUT",
    "large object made": "SELECT lo_create(4711)",
    "large object from bytes": "SELECT lo_from_bytea(0, 'x')",
    "large object from a file": "SELECT lo_import('/etc/passwd')",
    "pg_read_file": "SELECT pg_read_file('PG_VERSION')",
    "pg_ls_dir": "SELECT pg_ls_dir('.')",
    "killing the others": (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND usename = 'mikhak_app' AND datname = current_database()"
    ),
    "sampled values": "SELECT most_common_vals FROM pg_stats WHERE schemaname = '{b}'",
    "rights in the catalogue": (
        "SELECT nspname FROM pg_namespace WHERE nspname = '{b}'"
        " AND has_schema_privilege(oid, 'USAGE')"
    ),
    "a walk through the memberships": (
        "WITH RECURSIVE walk(role) AS (SELECT oid FROM pg_roles WHERE rolname = current_user"
        " UNION SELECT m.roleid FROM pg_auth_members m JOIN walk ON walk.role = m.member)"
        " SELECT rolname FROM pg_roles JOIN walk ON walk.role = oid"
        " WHERE rolname NOT IN (current_user, 'mikhak_offices')"
    ),
    "granting oneself": "GRANT {b} TO CURRENT_USER",
    "security definer": (
        "SELECT proname FROM pg_proc WHERE prosecdef AND has_function_privilege(oid, 'EXECUTE')"
    ),
    "explain": "EXPLAIN ANALYZE SELECT * FROM {b}.notes",
    "a prepared statement": "PREPARE p AS SELECT 1",
}


def driver():
    """The driver's own connection, past the fence in our cursor: the server alone must hold."""
    return db.session.connection().connection.driver_connection


def results(cursor):
    return cursor.fetchall() if cursor.description else []


def in_the_open(statement):
    """By the extended protocol, as our driver sends everything, but without our fence."""
    pgconn = driver().pgconn
    answer = pgconn.exec_params(statement.encode(), None)
    if answer.status in (psycopg.pq.ExecStatus.COPY_OUT, psycopg.pq.ExecStatus.COPY_IN):
        raise AssertionError("the server began to copy")
    if answer.status not in (psycopg.pq.ExecStatus.TUPLES_OK, psycopg.pq.ExecStatus.COMMAND_OK):
        return "refused"
    return [answer.get_value(n, 0) for n in range(answer.ntuples)]


SCOPES = ("an office", "the ministry")


def scope_of(house, who):
    return office(house.a) if who == "an office" else ministry()


def still_alone(house, who):
    """The next query runs as the same role, and finds its own."""
    with scope_of(house, who):
        found = db.session.execute(sa.text("SELECT current_user")).scalar_one()
        if who == "an office":
            words = db.session.execute(sa.text("SELECT words FROM notes WHERE id = 1")).scalar_one()
            return (found, words) == (f"office_{house.a}", "a")
        return found == "mikhak_ministry"


def spelled(house, who, name):
    """The attack on B, as whoever tries it would write it."""
    own = "notes" if who == "an office" else "ministry.offices"
    return ATTACKS[name].format(b=f"office_{house.b}", own=own)


def planted(app, house, scope, statement):
    with scope:
        return in_the_open(statement)


# Whole statements, which an injection into another statement can't become. The server takes them
# from whoever can send such, so what counts is that they outlive no transaction.
WHOLE_STATEMENTS = {"RESET ROLE", "SET ROLE", "a prepared statement"}
# Questions that anybody may ask of the catalogues, with nothing in the answer.
ANSWERED_WITH_NOTHING = {
    "sampled values",
    "rights in the catalogue",
    "a walk through the memberships",
    "security definer",
}


# What the ministry's own schema holds is the ministry's.
MINISTRYS = {"the shared schema's people", "writing the registry"}
TRIES = [
    (who, name) for who in SCOPES for name in ATTACKS if who == "an office" or name not in MINISTRYS
]


@pytest.mark.parametrize(("who", "name"), TRIES)
def test_nothing_of_b_is_reached_and_the_next_query_runs_in_its_own_role(app, house, who, name):
    found = planted(app, house, scope_of(house, who), spelled(house, who, name))
    if name not in WHOLE_STATEMENTS:
        assert found == ([] if name in ANSWERED_WITH_NOTHING else "refused")
    assert still_alone(house, who)


@pytest.mark.parametrize(("who", "name"), TRIES)
def test_the_applications_cursor_reaches_nothing_either(app, house, who, name):
    statement = spelled(house, who, name).replace(":", "\\:")
    try:
        with scope_of(house, who):
            found = results(db.session.execute(sa.text(statement)).cursor)
    except (sa.exc.SQLAlchemyError, RuntimeError, AttributeError):
        found = []
    assert SECRET not in str(found)
    assert still_alone(house, who)


def test_append_only_tables_take_new_rows_and_lose_none(app, house):
    assert "audit_entries" in walls.append_only_tables()
    for statement in (
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET seq = 1",
        "TRUNCATE audit_entries",
    ):
        assert planted(app, house, office(house.a), statement) == "refused"


def test_no_wall_is_missing_in_a_fresh_house(app):
    assert walls.faults() == []


TAKEN_AWAY = {
    "GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO PUBLIC": "set_config",
    "GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC": "plpgsql",
    "GRANT TEMP ON DATABASE {database} TO PUBLIC": "create objects in the database",
    "GRANT CREATE ON SCHEMA public TO PUBLIC": "schema public",
    "GRANT CREATE ON SCHEMA {a} TO {a}": "CREATE on schema",
    "GRANT USAGE ON SCHEMA {b} TO {a}": "USAGE on schema",
    "GRANT USAGE ON SCHEMA {b} TO mikhak_ministry": "mikhak_ministry has USAGE",
    "GRANT USAGE ON SCHEMA {b} TO PUBLIC": "PUBLIC has USAGE",
    "GRANT SELECT ON {b}.notes TO {a}": "SELECT on table",
    "GRANT SELECT ON {b}.notes TO PUBLIC": "PUBLIC has SELECT on table",
    "GRANT {b} TO {a}": "may act as",
    "GRANT {b} TO mikhak_ministry": "mikhak_ministry may act as",
    "GRANT mikhak_ministry TO {a}": "may act as mikhak_ministry",
    "GRANT pg_read_server_files TO {a}": "may act as pg_read_server_files",
    "GRANT pg_read_all_data TO mikhak_app": "may act as pg_read_all_data",
    "ALTER ROLE mikhak_app INHERIT": "inherits",
    "GRANT {b} TO mikhak_app WITH INHERIT TRUE": "without taking its role",
    "ALTER ROLE mikhak_offices RENAME TO mikhak_gone": "mikhak_offices does not exist",
    "ALTER ROLE {a} CREATEROLE": "powers over the server",
    "ALTER ROLE mikhak_ministry CREATEDB": "powers over the server",
    "ALTER ROLE mikhak_app REPLICATION": "powers over the server",
    "ALTER ROLE mikhak_app RESET search_path": "lacks its setting search_path",
    "ALTER ROLE mikhak_app SET idle_in_transaction_session_timeout = 0": "lacks its setting idle",
    "GRANT mikhak_owner TO mikhak_app": "may act as mikhak_owner",
    "GRANT CREATE ON DATABASE {database} TO {a}": "create objects in the database",
    "GRANT CONNECT ON DATABASE {database} TO PUBLIC": "everybody may connect",
    "GRANT USAGE ON SCHEMA ministry TO PUBLIC": "PUBLIC has USAGE on schema ministry",
    "GRANT UPDATE ON ministry.offices TO mikhak_offices": "UPDATE on shared table",
    "GRANT UPDATE (act) ON {a}.audit_entries TO {a}": "UPDATE on a column",
    "GRANT SELECT (words) ON {b}.notes TO {a}": "SELECT on a column",
    "ALTER ROLE mikhak_app SUPERUSER": "powers over the server",
    "ALTER ROLE {a} BYPASSRLS": "powers over the server",
    "ALTER ROLE {a} SET role = '{b}'": "settings of its own",
    "ALTER ROLE mikhak_app SET role = '{b}'": "settings of its own",
    "GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC": "large objects",
    "GRANT UPDATE ON {a}.audit_entries TO {a}": "append-only",
    "GRANT DELETE ON ministry.audit_entries_of_ministry TO mikhak_ministry": "append-only",
    "GRANT SELECT ON ministry.audit_entries_of_ministry TO {a}": "on shared table",
    "ALTER SCHEMA {b} OWNER TO {a}": "belongs to",
    "ALTER TABLE {b}.notes OWNER TO postgres": "belongs to",
    "CREATE FUNCTION extensions.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'": (
        "as its owner"
    ),
}


@pytest.mark.parametrize("statement", TAKEN_AWAY)
def test_a_wall_that_is_taken_away_is_named(house, statement):
    words = TAKEN_AWAY[statement]
    with psycopg.connect(house.admin_url) as admin:
        if "INHERIT TRUE" in statement and admin.info.server_version < 160000:
            pytest.skip("this PostgreSQL knows no such grant")
        admin.execute(
            statement.format(
                a=f"office_{house.a}", b=f"office_{house.b}", database=house.name
            ).encode()
        )
        found = walls.missing(admin)
        admin.rollback()
    assert any(words in line for line in found), found


def test_a_driver_that_sends_two_statements_is_named(app, monkeypatch):
    monkeypatch.setattr(
        "tenants.binding.OneStatementCursor._execute_send", psycopg.Cursor._execute_send
    )
    assert walls.faults() == ["the driver sends several statements at once"]


def test_a_database_without_any_wall_is_refused(postgres, house):
    with psycopg.connect(tenancy_house.in_database(house.admin_url, "template1")) as admin:
        assert any("set_config" in line for line in walls.missing(admin))
