"""Opening and closing scopes: the only way to a database session.

Scopes are opened by the gate, by jobs, commands and tests, and by nobody else. Actions flush;
closing the scope commits or rolls back.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import Token
from dataclasses import dataclass, replace
from threading import get_ident

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tenants import registry
from tenants.context import (
    STATEMENT_TIMEOUT,
    NoOffice,
    Scope,
    ScopeChanged,
    _current,
    current_office,
    current_scope,
)
from tenants.database import db

__all__ = [
    "NoOffice",
    "OpenScope",
    "Scope",
    "ScopeChanged",
    "again",
    "close_scope",
    "current_office",
    "current_scope",
    "ministry",
    "office",
    "open_scope",
    "run",
]


@dataclass(frozen=True, slots=True)
class OpenScope:
    """What `open_scope` hands out and `close_scope` wants back."""

    scope: Scope
    token: Token[Scope | None]


def open_scope(scope: Scope) -> OpenScope:
    """Make the scope the current one; its transaction begins with the first query."""
    return OpenScope(scope, _current.set(scope))


def close_scope(opened: OpenScope, *, commit: bool = False) -> None:
    """End an open scope: commit or roll back what is pending and forget its session.

    Scopes close in the reverse order of their opening, else ScopeChanged.
    """
    if current_scope() is not opened.scope:
        raise ScopeChanged("scopes must be closed in the reverse order of their opening")
    try:
        if commit and db.session.registry.has():
            db.session.commit()
    finally:
        try:
            _forget_session()
        finally:
            _current.reset(opened.token)


def _forget_session() -> None:
    """Closing a session rolls back what is not committed.

    A connection that broke has rolled back by itself: it is thrown away, and whoever was answered
    keeps the answer.
    """
    try:
        db.session.remove()
    except DBAPIError:
        with suppress(SQLAlchemyError):
            db.session().invalidate()
        db.session.registry.clear()


@contextmanager
def run(scope: Scope) -> Iterator[Scope]:
    """One unit of work in a scope: commit on a clean exit, roll back on an exception."""
    opened = open_scope(scope)
    clean = False
    try:
        yield scope
        clean = True
    finally:
        close_scope(opened, commit=clean)


@contextmanager
def office(
    slug: str, *, read_only: bool = False, statement_timeout: float = STATEMENT_TIMEOUT
) -> Iterator[Scope]:
    """A unit of work as the office of this slug; raises UnknownOffice."""
    facts = registry.get(slug)
    scope = Scope.for_office(facts, read_only=read_only, statement_timeout=statement_timeout)
    with run(scope):
        yield scope


@contextmanager
def ministry(
    *, read_only: bool = False, statement_timeout: float = STATEMENT_TIMEOUT
) -> Iterator[Scope]:
    """A unit of work as the ministry, which has no rights inside offices."""
    with run(Scope.for_ministry(read_only=read_only, statement_timeout=statement_timeout)) as scope:
        yield scope


@contextmanager
def again(scope: Scope) -> Iterator[Scope]:
    """A short transaction of its own for the same office or ministry, inside another scope.

    What it writes stays although the outer one rolls back or only reads: counters, last seen.
    """
    with run(replace(scope, read_only=False, connection=None, thread=get_ident())) as short:
        yield short
