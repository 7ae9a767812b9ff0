"""The scope that the running code is in: one office or the ministry, held per context.

A scope belongs to the thread that opened it. A new thread has none and fails closed.
"""

import threading
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from tenants import names
from tenants.facts import OfficeFacts

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

STATEMENT_TIMEOUT = 15
"""Seconds that one statement may take unless its scope says otherwise."""


class NoOffice(RuntimeError):
    """The database was asked outside of any office and outside of the ministry."""

    def __init__(self, why: str = "no office or ministry scope is open here") -> None:
        super().__init__(why)


class ScopeChanged(RuntimeError):
    """A session or a scope was used while another scope was the current one."""


@dataclass(frozen=True, eq=False, slots=True)
class Scope:
    """One unit of work: whose it is, and how its transactions are bound.

    `connection` is set only while an office is being opened: its first rows are written inside
    the transaction that makes the schema. What is written with `durable` off does not wait for the
    disk: a power cut may take the last moments of it.
    """

    office: OfficeFacts | None
    read_only: bool = False
    statement_timeout: float = STATEMENT_TIMEOUT
    connection: "Connection | None" = None
    thread: int = field(default_factory=threading.get_ident)
    durable: bool = True

    @classmethod
    def for_office(
        cls,
        office: OfficeFacts,
        *,
        read_only: bool = False,
        statement_timeout: float = STATEMENT_TIMEOUT,
    ) -> "Scope":
        """A scope of this office, not yet open."""
        return cls(office, read_only, statement_timeout)

    @classmethod
    def for_ministry(
        cls, *, read_only: bool = False, statement_timeout: float = STATEMENT_TIMEOUT
    ) -> "Scope":
        """A scope of the ministry, not yet open."""
        return cls(None, read_only, statement_timeout)

    @property
    def kind(self) -> str:
        """Either "office" or "ministry"."""
        return "office" if self.office else "ministry"

    @property
    def name(self) -> str:
        """The office's slug, or "ministry"; also the first part of keys kept elsewhere."""
        return self.office.slug if self.office else names.SHARED_SCHEMA

    @property
    def binding(self) -> str:
        """The statements, sent as one, that begin a transaction inside this scope."""
        slug = self.office.slug if self.office else None
        milliseconds = int(self.statement_timeout * 1000)
        return _binding(slug, self.read_only, milliseconds, self.durable)


@lru_cache(maxsize=4096)
def _binding(slug: str | None, read_only: bool, milliseconds: int, durable: bool) -> str:
    begin = "BEGIN READ ONLY" if read_only else "BEGIN"
    bound = f"{begin}; {set_local(slug)}; SET LOCAL statement_timeout = {milliseconds}"
    return bound if durable else f"{bound}; SET LOCAL synchronous_commit = off"


def set_local(slug: str | None) -> str:
    """Role and search path of an office, or of the ministry, for the current transaction.

    Shared tables are never on the path: they are always written with their schema, so that a
    missing office table is an error and never a shared one.
    """
    if slug is None:
        return f"SET LOCAL ROLE {names.MINISTRY}; SET LOCAL search_path = {names.EXTENSIONS}"
    schema = names.office_schema(slug)
    return f"SET LOCAL ROLE {schema}; SET LOCAL search_path = {schema}, {names.EXTENSIONS}"


_current: ContextVar[Scope | None] = ContextVar("mikhak_scope", default=None)


def current_scope() -> Scope:
    """The open scope of this thread; raises NoOffice when there is none."""
    scope = _current.get()
    if scope is None:
        raise NoOffice()
    if scope.thread != threading.get_ident():
        raise NoOffice(f"the scope of {scope.name} belongs to another thread")
    return scope


def current_office() -> OfficeFacts:
    """The office of the open scope; raises NoOffice outside and in the ministry's scope."""
    office = current_scope().office
    if office is None:
        raise NoOffice("the ministry's scope is open, which is no office")
    return office
