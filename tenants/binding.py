"""How a connection is bound to a scope, transaction by transaction.

The engine runs in AUTOCOMMIT and the "begin" event sends the whole binding in one round trip,
everything LOCAL, so that nothing survives the transaction whatever sits between us and the
server. Every other statement goes through the extended protocol, which takes one statement.
"""

import re
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from tenants.context import current_scope

OFFICES_PER_CONNECTION = 200
"""A backend keeps some 25 kB per table and office for ever, so it is retired after this many."""

_ALLOWED = re.compile(
    r"(?:[\s(]|--[^\n]*\n|/\*.*?\*/)*"
    r"(?:select|insert|update|delete|merge|with|values|savepoint|release|rollback to"
    r"|show|explain|copy|notify|lock|table)\b",
    re.IGNORECASE | re.DOTALL,
)


class NotOneStatement(RuntimeError):
    """A statement was refused that could leave the scope it runs in."""


class OneStatementCursor(psycopg.Cursor[Any]):
    """Sends every statement by the extended protocol and refuses those that rule transactions.

    The server's privileges are the wall; this fence stands in front of it, so that a SET, RESET,
    COMMIT or DO in a query text fails before it is sent.
    """

    def _execute_send(
        self, query: Any, *, force_extended: bool = False, binary: bool | None = None
    ) -> None:
        if not _ALLOWED.match(query.query.decode("utf-8", "replace")):
            raise NotOneStatement(f"refused: {query.query[:60]!r}")
        super()._execute_send(query, force_extended=True, binary=binary)


def bind(engine: Engine) -> None:
    """Attach binding and retirement to an engine."""
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", _retire_the_widely_travelled)


LOOKUP = {
    "mikhak_binding": (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE NONE;"
        " SET LOCAL search_path = pg_catalog; SET LOCAL statement_timeout = 5000"
    )
}
"""Execution options of the one kind of connection without a scope: the registry's look-ups."""


def _begin(connection: Connection) -> None:
    lookup = connection.get_execution_options().get("mikhak_binding")
    if lookup:
        _send(connection, lookup)
        return
    scope = current_scope()
    _send(connection, scope.binding)
    connection.info.setdefault("visited", set()).add(scope.name)


def _send(connection: Connection, binding: str) -> None:
    """Send the binding; on a connection that died in the pool take another, nothing was done yet.

    This stands in for a ping before each use, which would cost a round trip.
    """
    attempts_left = connection.engine.pool.size() + 1  # type: ignore[attr-defined]
    while True:
        driver = connection.connection.driver_connection
        try:
            psycopg.Cursor(driver).execute(binding, prepare=False)  # type: ignore[arg-type]
            return
        except psycopg.OperationalError:
            attempts_left -= 1
            if not driver.broken or not attempts_left:  # type: ignore[union-attr]
                raise
            connection.invalidate()


def _retire_the_widely_travelled(_dbapi_connection: Any, record: Any) -> None:
    if len(record.info.get("visited", ())) >= OFFICES_PER_CONNECTION:
        record.invalidate()
