"""The walls between offices as the database keeps them: how they are built, which are missing.

SET ROLE alone is no wall: injected SQL could call set_config. These privileges close that way
and the others, and `missing` reads them back from the catalogues, so that a server without one
of them is never served from.

On a server of our own a superuser runs, in our database, what `python -m tenants.walls` prints.
"""

import re
from typing import Any

import psycopg

from tenants import names
from tenants.database import db
from tenants.migrations.steps import LINES, load

_MADE_APPEND_ONLY = re.compile(r"REVOKE UPDATE, DELETE ON (?:\w+\.)?(\w+) FROM")
# Seconds that a transaction of ours may sit idle (a frozen process, a forgotten connection) before
# the server ends it and its locks are free. Longer than any wait for a part outside.
LONGEST_SILENCE = 60
EXTENSIONS = ("pg_trgm", "btree_gist")
APP_SETTINGS = {
    "search_path": "pg_catalog",
    "idle_in_transaction_session_timeout": f"{LONGEST_SILENCE}s",
}
LARGE_OBJECTS = (
    "lo_creat(integer)",
    "lo_create(oid)",
    "lo_from_bytea(oid, bytea)",
    "lo_open(oid, integer)",
    "lo_put(oid, bigint, bytea)",
    "lo_get(oid)",
)


def superuser_sql() -> list[str]:
    """Statements that a superuser runs once in our database; repeating them does no harm."""
    owner, app = names.OWNER, names.APP
    return [
        _create_role(owner, "LOGIN CREATEROLE"),
        _create_role(app, "LOGIN NOINHERIT"),
        f"ALTER ROLE {owner} CREATEROLE NOSUPERUSER NOBYPASSRLS",
        f"ALTER ROLE {app} NOINHERIT NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS",
        *(f"ALTER ROLE {app} SET {name} = '{value}'" for name, value in APP_SETTINGS.items()),
        _on_database("REVOKE ALL ON DATABASE %I FROM PUBLIC"),
        _on_database(f"GRANT CONNECT ON DATABASE %I TO {app}"),
        _on_database(f"GRANT CONNECT, CREATE ON DATABASE %I TO {owner}"),
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO {owner}",
        "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
        f"GRANT USAGE ON LANGUAGE plpgsql TO {owner}",
        *(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{name} FROM PUBLIC" for name in LARGE_OBJECTS),
        f"CREATE SCHEMA IF NOT EXISTS {names.EXTENSIONS}",
        f"GRANT USAGE ON SCHEMA {names.EXTENSIONS} TO PUBLIC",
        *(
            f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {names.EXTENSIONS}"
            for name in EXTENSIONS
        ),
    ]


def _create_role(role: str, options: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"
        f" THEN CREATE ROLE {role} {options}; END IF; END $$"
    )


def _on_database(statement: str) -> str:
    return f"DO $$ BEGIN EXECUTE format('{statement}', current_database()); END $$"


def owner_sql() -> list[str]:
    """Statements that the owner runs before the first shared step; repeatable."""
    schema = names.SHARED_SCHEMA
    return [
        _create_role(names.MINISTRY, "NOLOGIN"),
        _create_role(names.OFFICES, "NOLOGIN"),
        f"GRANT {names.MINISTRY} TO {names.APP}, {names.OWNER}",
        f"CREATE SCHEMA IF NOT EXISTS {schema}",
        f"GRANT USAGE ON SCHEMA {schema} TO {names.APP}, {names.MINISTRY}, {names.OFFICES}",
        *default_privileges(schema, names.MINISTRY),
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    ]


def office_sql(slug: str) -> list[str]:
    """Role, schema and default privileges of a new office, before its tables."""
    schema = names.office_schema(slug)
    return [
        f"CREATE ROLE {schema} NOLOGIN IN ROLE {names.OFFICES}",
        f"GRANT {schema} TO {names.APP}, {names.OWNER}",
        f"CREATE SCHEMA {schema}",
        f"GRANT USAGE ON SCHEMA {schema} TO {schema}",
        *default_privileges(schema, schema),
    ]


def default_privileges(schema: str, role: str) -> list[str]:
    """What the role may do with tables made later in the schema, without GRANT ON ALL TABLES."""
    return [
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema}"
        f" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO {role}",
    ]


def faults() -> list[str]:
    """What keeps this application from serving: missing walls, or a driver that lets two
    statements through. Boot and `mikhak doctor` ask this."""
    pooled = db.engine.raw_connection()
    try:
        connection: Any = pooled.driver_connection
        return missing(connection) + _driver_faults(connection)
    finally:
        pooled.close()


def _driver_faults(connection: psycopg.Connection[Any]) -> list[str]:
    try:
        connection.cursor().execute("SELECT 1; SELECT 2")
    except psycopg.errors.SyntaxError:
        return []
    return ["the driver sends several statements at once"]


def append_only_tables() -> list[str]:
    """Names of the tables that the steps of both lines made append-only."""
    statements = [s for line in LINES for step in load(line) for s in step.statements]
    return [match[1] for match in map(_MADE_APPEND_ONLY.match, statements) if match]


def missing(connection: psycopg.Connection[Any]) -> list[str]:
    """Every wall that the catalogues don't show, in words; any login may ask."""
    values = {
        "owner": names.OWNER,
        "app": names.APP,
        "ministry": names.MINISTRY,
        "offices": names.OFFICES,
        "shared": names.SHARED_SCHEMA,
        "settings": [f"{name}={value}" for name, value in APP_SETTINGS.items()],
        "append_only": append_only_tables(),
        "large_objects": [f"pg_catalog.{name}" for name in LARGE_OBJECTS],
    }
    found: list[str] = []
    with connection.cursor() as cursor:
        for question in QUESTIONS:
            cursor.execute(_SCOPES + question, values)
            found.extend(row[0] for row in cursor.fetchall())
    return found


_SCOPES = """
WITH scope_role AS (
    SELECT oid, rolname, rolname ~ '^office_' AS is_office FROM pg_roles
    WHERE rolname IN (%(app)s, %(ministry)s, %(offices)s) OR rolname ~ '^office_'
), office_space AS (
    SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE nspname ~ '^office_'
)
"""

QUESTIONS = (
    # What the roles are.
    """
    SELECT format('role %%s does not exist', wanted)
    FROM unnest(ARRAY[%(owner)s, %(app)s, %(ministry)s, %(offices)s]) AS wanted
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted)
    """,
    """
    SELECT format('role %%s has powers over the server', rolname) FROM pg_roles
    WHERE oid IN (SELECT oid FROM scope_role)
      AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
    """,
    """
    SELECT format('role %%s inherits the rights of the offices', rolname) FROM pg_roles
    WHERE rolname = %(app)s AND rolinherit
    """,
    """
    SELECT format('role %%s has the rights of %%s without taking its role', %(app)s, rolname)
    FROM pg_roles WHERE oid IN (SELECT oid FROM scope_role) AND rolname <> %(app)s
      AND EXISTS (SELECT FROM pg_roles WHERE rolname = %(app)s)
      AND pg_has_role(%(app)s, oid, 'USAGE')
    """,
    """
    SELECT format('role %%s lacks its setting %%s', %(app)s, wanted)
    FROM unnest(%(settings)s::text[]) AS wanted WHERE NOT EXISTS (
      SELECT FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole
      WHERE rolname = %(app)s AND wanted = ANY(setconfig))
    """,
    """
    SELECT format('role %%s has settings of its own: %%s', rolname, setting)
    FROM pg_db_role_setting JOIN scope_role ON scope_role.oid = setrole, unnest(setconfig) setting
    WHERE NOT (rolname = %(app)s AND setting = ANY(%(settings)s))
    """,
    # Who may become whom.
    """
    SELECT format('role %%s may act as %%s', m.rolname, r.rolname)
    FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid
    WHERE (a.roleid IN (SELECT oid FROM scope_role) OR a.member IN (SELECT oid FROM scope_role))
      AND NOT (m.rolname = %(owner)s
          OR m.rolname = %(app)s AND (r.rolname = %(ministry)s OR r.rolname ~ '^office_')
          OR m.rolname ~ '^office_' AND r.rolname = %(offices)s)
    """,
    # Ways to change the role or to run code.
    """
    SELECT format('role %%s may call set_config', rolname) FROM scope_role
    WHERE has_function_privilege(oid, 'pg_catalog.set_config(text, text, boolean)', 'EXECUTE')
    """,
    """
    SELECT format('role %%s may write code in %%s', rolname, lanname)
    FROM scope_role, pg_language WHERE lanispl AND has_language_privilege(scope_role.oid,
      pg_language.oid, 'USAGE')
    """,
    """
    SELECT format('role %%s may create objects in the database', rolname) FROM scope_role
    WHERE has_database_privilege(oid, current_database(), 'CREATE, TEMPORARY')
    """,
    """
    SELECT 'everybody may ' || lower(a.privilege_type) || ' to the database'
    FROM pg_database d CROSS JOIN aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) a
    WHERE d.datname = current_database() AND a.grantee = 0 AND a.privilege_type = 'CONNECT'
    """,
    """
    SELECT format('role %%s may use large objects', rolname)
    FROM scope_role WHERE EXISTS (SELECT FROM unnest(%(large_objects)s::text[]) AS f
      WHERE has_function_privilege(scope_role.oid, f, 'EXECUTE'))
    """,
    """
    SELECT format('role %%s may run %%s as its owner', rolname, p.oid::regprocedure)
    FROM pg_proc p, scope_role WHERE p.prosecdef
      AND has_function_privilege(scope_role.oid, p.oid, 'EXECUTE')
    """,
    # Schemas: everybody only into their own.
    """
    SELECT format('%%s has %%s on schema %%s', COALESCE(g.rolname, 'PUBLIC'), a.privilege_type,
        n.nspname)
    FROM pg_namespace n
    CROSS JOIN aclexplode(COALESCE(n.nspacl, acldefault('n', n.nspowner))) a
    LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE a.grantee <> n.nspowner
      AND (a.grantee = 0 OR a.grantee IN (SELECT oid FROM scope_role))
      AND (a.privilege_type = 'CREATE'
          OR n.nspname = 'public'
          OR n.nspname ~ '^office_' AND g.rolname IS DISTINCT FROM n.nspname
          OR n.nspname = %(shared)s AND a.grantee = 0)
    """,
    """
    SELECT format('schema %%s belongs to %%s', nspname, pg_get_userbyid(nspowner))
    FROM pg_namespace WHERE (nspname ~ '^office_' OR nspname = %(shared)s)
      AND pg_get_userbyid(nspowner) <> %(owner)s
    """,
    # Tables: an office only its own, nobody rewrites what is append-only.
    """
    SELECT format('%%s has %%s on table %%s.%%s', COALESCE(g.rolname, 'PUBLIC'), a.privilege_type,
        n.nspname, c.relname)
    FROM pg_class c JOIN office_space n ON n.oid = c.relnamespace
    CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE a.grantee <> c.relowner AND g.rolname IS DISTINCT FROM n.nspname
    """,
    """
    SELECT format('%%s has %%s on append-only table %%s.%%s', g.rolname, a.privilege_type,
        n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN aclexplode(c.relacl) a JOIN pg_roles g ON g.oid = a.grantee
    WHERE c.relname = ANY(%(append_only)s) AND (n.nspname ~ '^office_' OR n.nspname = %(shared)s)
      AND a.grantee <> c.relowner AND a.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
    """,
    """
    SELECT format('table %%s.%%s belongs to %%s', n.nspname, c.relname,
        pg_get_userbyid(c.relowner))
    FROM pg_class c JOIN office_space n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND pg_get_userbyid(c.relowner) <> %(owner)s
    """,
    """
    SELECT format('%%s has %%s on shared table %%s', g.rolname, a.privilege_type, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE n.nspname = %(shared)s AND (a.grantee = 0 OR g.rolname ~ '^office_'
        OR g.rolname IN (%(app)s, %(offices)s) AND a.privilege_type <> 'SELECT')
    """,
    """
    SELECT format('%%s has %%s on a column of table %%s.%%s', COALESCE(g.rolname, 'PUBLIC'),
        a.privilege_type, n.nspname, c.relname)
    FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN aclexplode(t.attacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE t.attacl IS NOT NULL AND a.grantee <> c.relowner
      AND (n.nspname ~ '^office_' OR n.nspname = %(shared)s)
    """,
)


if __name__ == "__main__":
    print(";\n".join(superuser_sql()) + ";")
