"""Bringing an office back from an archive: opening it, filled with what is in the file.

One transaction: tables as they were when the file was written, the rows, the steps since. What is
found wrong at any moment (the account stands at the end of the file) undoes all of it, and what
lies on the shelf by then is taken away.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from config.settings import Settings
from core.actor import SYSTEM
from core.archive import contents, envelope, parts, rows
from core.archive.envelope import BadArchive, Header, Lock
from core.archive.exporting import FORMAT, mark
from core.archive.parts import Account, Head, Part
from core.archive.rows import NULL, Field, as_field
from core.audit import anchors
from core.audit.actions import record
from core.documents import keys
from core.documents.cabinet import Cabinet, cabinet
from core.errors import Unavailable
from core.oversight import figures
from core.oversight.actions import note_command
from tenants import lifecycle, names, provisioning, registry
from tenants.database import db
from tenants.migrations.steps import head as newest
from tenants.provisioning import CannotOpen, Opening
from tenants.reference import NewOffice
from tenants.registry import ERASED
from tenants.scope import Scope, run

Progress = Callable[[int, int, str], None]
# By what depends on the schema, which has an index: pg_constraint is long where offices are many.
KEYS_BETWEEN_TABLES = """
SELECT k.conrelid::regclass::text, quote_ident(k.conname), pg_get_constraintdef(k.oid)
FROM pg_depend d JOIN pg_constraint k ON k.conrelid = d.objid AND k.contype = 'f'
WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = %s::regnamespace
  AND d.classid = 'pg_class'::regclass
"""
COPIED = "a copy writes to nobody"


@dataclass(frozen=True)
class Restored:
    """What has come back."""

    slug: str
    status: str
    account: dict[str, Any]
    other_hosts: tuple[str, ...]
    """Host names that led to the office and were not taken over."""


def restore(
    settings: Settings, path: Path, lock_for: Callable[[Header], Lock], as_slug: str | None = None
) -> Restored:
    """Open the office that is in the file, under its own name or another.

    Under its own name it is as it was, with what waited in its outbox. Under another one it is a
    copy beside: suspended until somebody resumes it, and it sends nothing that waited. Raises
    BadArchive, CannotOpen (there is such an office), Unavailable (storage).
    """
    with path.open("rb") as file:
        header = envelope.read_header(file)
        account = Account()
        content = parts.read(envelope.unseal(file, header, lock_for(header)), account)
        about, blocks = next(content)
        _to_the_end(blocks)
        return _Restoring(settings, about, as_slug or about["office"]["slug"], content).all(account)


@dataclass
class _Restoring:
    """One restoration."""

    settings: Settings
    about: Head
    slug: str
    content: Iterator[Part]
    house: Cabinet = field(default_factory=cabinet)
    office_key: bytes = field(default=b"", repr=False)
    at_home: bool = False
    waiting: Part | None = None

    def all(self, account: Account) -> Restored:
        """Do it, or leave nothing behind."""
        if self.about["format"] != FORMAT or self.about["schema_version"] > newest("office"):
            raise BadArchive("the file was written by a newer release")
        names.check_slug(self.slug)
        self.office_key = keys.new_document_key()
        opening = Opening(
            hosts=lifecycle.default_hosts(self.slug, self.settings.base_domain),
            wrapped_key=self.house.root_key.wrap(self.slug, self.office_key),
            version=self.about["schema_version"],
            fill=self.fill,
            after_open=self.as_office,
            in_ministry=self.as_ministry,
            status=self.status,
        )
        with self._alone():
            opened = provisioning.open_office(self.settings.owner_database_url, self.new, opening)
        if not opened:
            raise CannotOpen(f"there is an office {self.slug} already")
        self._seal_trail()
        others = () if self.is_copy else tuple(set(self.about["hosts"]) - set(opening.hosts))
        return Restored(self.slug, self.status, account.told(), others)

    @property
    def is_copy(self) -> bool:
        """Under another name than it had."""
        return self.slug != self.about["office"]["slug"]

    @property
    def status(self) -> str:
        """What it is afterwards; what was closed comes back for looking only."""
        return "active" if self.about["status"] == "active" and not self.is_copy else "suspended"

    @property
    def new(self) -> NewOffice:
        """The office to be opened."""
        facts: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.about["office"].items()
        }
        return replace(NewOffice(**facts), slug=self.slug)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else restores it; and what lies on its shelf without an office is taken away."""
        url = self.settings.owner_database_url
        with psycopg.connect(url, autocommit=True, application_name="mikhak restore") as guard:
            got = guard.execute(
                "SELECT pg_try_advisory_lock(hashtext(%s))", [f"restore office {self.slug}"]
            ).fetchone()
            if not got or not got[0]:
                raise BadArchive(f"somebody is restoring {self.slug} right now")
            self._clear()
            try:
                yield
            finally:
                registry.forget()
                self._clear()

    def _seal_trail(self) -> None:
        """Its end onto the shelf, under this name and this installation's secret."""
        with run(Scope.for_office(registry.get(self.slug), read_only=True)), suppress(Unavailable):
            anchors.keep(anew=True)  # a shelf that is down gets it from the housekeeping

    def _clear(self) -> None:
        living = {known.slug for known in registry.all_offices() if known.status != ERASED}
        if self.slug not in living:
            for found in list(self.house.shelf.list(f"{self.slug}/")):
                self.house.shelf.delete(found.key)

    def fill(self, owner: psycopg.Connection[Any]) -> None:
        """Rows and documents; the keys between tables are set anew behind them."""
        schema = names.office_schema(self.slug)
        held = owner.execute(KEYS_BETWEEN_TABLES, [schema]).fetchall()
        for table, name, _ in held:
            psycopg.Cursor(owner).execute(_alter(table, f"DROP CONSTRAINT {name}"))
        facts = self.new.facts(hosts=(), wrapped_key=b"", version=self.about["schema_version"])
        with run(Scope.for_office(facts)):
            self.at_home = mark() == self.about["mark"]
            for head, blocks in self.content:
                if head["part"] not in self.takers:
                    self.waiting = head, blocks
                    break
                self.takers[head["part"]](self, owner, head, blocks)
        for table, name, definition in held:
            psycopg.Cursor(owner).execute(_alter(table, f"ADD CONSTRAINT {name} {definition}"))

    def table(self, owner: psycopg.Connection[Any], head: Head, blocks: Iterator[bytes]) -> None:
        """The rows of a table."""
        table, columns = head["table"], head["columns"]
        if table in contents.ONLY_AT_HOME and not self.at_home:
            _to_the_end(blocks)
            return
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with psycopg.Cursor(owner).copy(statement) as copy:
            for block in rows.changed(blocks, columns, self._fields(table)):
                copy.write(block)
        if table == "outbox" and self.is_copy:
            psycopg.Cursor(owner).execute(
                "UPDATE outbox SET done_at = now(), outcome = %s, payload = ''"
                " WHERE done_at IS NULL",
                [COPIED],
            )

    def document(self, owner: psycopg.Connection[Any], head: Head, blocks: Iterator[bytes]) -> None:
        """One object of a document, sealed anew onto the shelf."""
        row = (
            psycopg.Cursor(owner)
            .execute("SELECT wrapped_key FROM documents WHERE id = %s", [head["id"]])
            .fetchone()
        )
        if row is None or row[0] is None:
            raise BadArchive(f"document {head['id']} has no row")
        key = keys.unwrap_document_key(self.office_key, self.slug, head["id"], row[0])
        place = keys.Place(self.slug, head["id"], head["name"])
        folder = f"{self.slug}/documents/{head['id']}"
        self.house.shelf.put(f"{folder}/{head['name']}", keys.seal_stream(key, place, blocks))

    def erased(self, owner: psycopg.Connection[Any], head: Head, blocks: Iterator[bytes]) -> None:
        """A document that was erased while the file was written."""
        _to_the_end(blocks)
        psycopg.Cursor(owner).execute(
            "UPDATE documents SET wrapped_key = NULL WHERE id = %s", [head["id"]]
        )

    takers = {"table": table, "documents": document, "erased": erased}

    def as_office(self) -> None:
        """The trail says where the office came from; its commit seals the trail here."""
        record(SYSTEM, "office.restored", made_at=self.about["made_at"], copy=self.is_copy)

    def as_ministry(self) -> None:
        """Rows in shared tables that are not there already, and the end of the file."""
        known = {one.table: one for one in contents.SHARED}
        for head, blocks in chain([self.waiting] if self.waiting else [], self.content):
            self._shared(head, blocks, known)
        figures.sum_up(self.slug)
        note_command("restored", self.slug)

    def _shared(
        self, head: Head, blocks: Iterator[bytes], known: dict[str, contents.Shared]
    ) -> None:
        table, columns = head["table"], head["columns"]
        if self.is_copy and not known[table].for_a_copy:
            _to_the_end(blocks)
            return
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
            sql.Identifier(names.SHARED_SCHEMA, table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
        )
        driver: Any = db.session.connection().connection.driver_connection
        with driver.cursor() as cursor:
            moved = (row | {"office": self.slug} for row in rows.values(blocks, columns))
            cursor.executemany(statement, (list(row.values()) for row in moved))

    def _fields(self, table: str) -> dict[str, Field]:
        """How the fields of a table are sealed for this place."""
        found = rows.sealed(table)
        if table == contents.DOCUMENTS:
            found[contents.DOCUMENT_KEY] = self._new_key
            found[contents.SHELF_KEY] = self._new_place
        return found

    def _new_key(self, row: dict[str, bytes]) -> bytes:
        if row[contents.DOCUMENT_KEY] == NULL:
            return NULL
        fresh, identity = keys.new_document_key(), row["id"].decode()
        return as_field(keys.wrap_document_key(self.office_key, self.slug, identity, fresh))

    def _new_place(self, row: dict[str, bytes]) -> bytes:
        return self.slug.encode() + b"/" + row[contents.SHELF_KEY].partition(b"/")[2]


def _alter(table: str, what: str) -> bytes:
    return f"ALTER TABLE {table} {what}".encode()


def _to_the_end(blocks: Iterator[bytes]) -> None:
    """Parts are read in turn, also those that nobody needs."""
    for _ in blocks:
        pass
