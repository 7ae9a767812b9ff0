"""Writing an archive: one snapshot of the rows by COPY, then the documents they name."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from config.settings import Settings
from core.archive import contents, envelope, parts, rows
from core.archive.envelope import BadArchive, Lock
from core.archive.parts import Account, Head
from core.clock import now
from core.crypto import digest
from core.documents import keys
from core.documents.cabinet import Cabinet, cabinet
from core.documents.keys import Tampered
from core.documents.storage import NotStored
from tenants import names, registry
from tenants.facts import OfficeFacts
from tenants.reference import NewOffice
from tenants.scope import Scope, run

FORMAT = 1
Progress = Callable[[int, int, str], None]
# By what depends on the schema, which has an index: pg_class is long where offices are many.
TABLES = """
SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid JOIN pg_attribute a ON a.attrelid = c.oid
WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = %s::regnamespace
  AND d.classid = 'pg_class'::regclass AND c.relkind = 'r'
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.relname ORDER BY c.relname
"""
HELD = """
SELECT id::text, pages, sha256, wrapped_key, storage_key FROM documents
WHERE wrapped_key IS NOT NULL
"""
STILL_HELD = "SELECT wrapped_key IS NOT NULL FROM {}.documents WHERE id = %s"


def mark() -> str:
    """Which office of which installation this is; the same only there. Needs the office's scope."""
    return digest("archive.place", "here").hex()


def export(
    settings: Settings,
    slug: str,
    target: Path,
    lock: Lock,
    progress: Progress,
    *,
    skip_missing: bool = False,
) -> dict[str, Any]:
    """Write the office into the file `target`; returns the account of what is inside.

    Readers and writers go on meanwhile. The file is there wholly or not at all. With
    `skip_missing` a document that is not on the shelf comes back as an erased one: a database of
    yesterday knows some that were erased since. Raises UnknownOffice, BadArchive (a document that
    can't be read), Unavailable (storage).
    """
    facts = registry.get(slug)
    account = Account()
    draft = target.with_name(f".{target.name}.new")
    with (
        psycopg.connect(settings.owner_database_url, application_name="mikhak export") as database,
        run(Scope.for_office(facts, read_only=True)),
    ):
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        database.read_only = True
        source = _Source(settings, facts, database, cabinet(), progress, skip_missing)
        try:
            with os.fdopen(_create(draft), "wb") as file:
                for piece in envelope.seal(lock, parts.write(source.parts(), account)):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    return account.told()


def _create(path: Path) -> int:
    """A file for our eyes only."""
    path.unlink(missing_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


@dataclass
class _Source:
    """An office as it stands in one snapshot."""

    settings: Settings
    facts: OfficeFacts
    database: psycopg.Connection[Any]
    house: Cabinet
    progress: Progress
    skip_missing: bool

    def parts(self) -> Iterator[tuple[Head, Iterable[bytes]]]:
        """Everything, in the order in which it is restored."""
        with self.database.transaction():
            schema = names.office_schema(self.facts.slug)
            self.database.execute(
                sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema))
            )
            tables = self.database.execute(TABLES, [schema]).fetchall()
            yield {"part": "about", **self._about()}, ()
            for name, columns in tables:
                if name not in contents.LEFT_BEHIND:
                    head = {"part": "table", "table": name, "columns": columns}
                    yield head, self._rows(name, columns)
            yield from self._documents()
            for shared in contents.SHARED:
                yield self._shared(shared)

    def _about(self) -> Head:
        row = (
            self.database.cursor(row_factory=dict_row)
            .execute("SELECT * FROM ministry.offices WHERE slug = %s", [self.facts.slug])
            .fetchone()
        )
        assert row is not None
        return {
            "format": FORMAT,
            "schema_version": row["schema_version"],
            "status": row["status"],
            "made_at": now().isoformat(),
            "mark": mark(),
            "hosts": list(self.facts.hosts),
            "office": asdict(_as_new(self.facts)),
        }

    def _rows(self, table: str, columns: list[str]) -> Iterator[bytes]:
        statement = sql.SQL("COPY {} ({}) TO STDOUT").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with self.database.cursor().copy(statement) as copy:
            blocks = parts.batches(copy)
            yield from rows.changed(blocks, columns, rows.opened(table))

    def _shared(self, shared: contents.Shared) -> tuple[Head, Iterator[bytes]]:
        columns = [
            row[0]
            for row in self.database.execute(
                "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass"
                " AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                [f"{names.SHARED_SCHEMA}.{shared.table}"],
            )
        ]
        statement = sql.SQL("COPY (SELECT {} FROM {} WHERE office = {} {}) TO STDOUT").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.Identifier(names.SHARED_SCHEMA, shared.table),
            sql.Literal(self.facts.slug),
            sql.SQL(shared.where),
        )
        head = {"part": "shared", "table": shared.table, "columns": columns}
        return head, self._copied(statement)

    def _copied(self, statement: sql.Composed) -> Iterator[bytes]:
        with self.database.cursor().copy(statement) as copy:
            yield from parts.batches(copy)

    def _documents(self) -> Iterator[tuple[Head, Iterable[bytes]]]:
        total = self.database.execute(
            "SELECT count(*) FROM documents WHERE wrapped_key IS NOT NULL"
        ).fetchone()
        assert total is not None
        with self.database.cursor("held", row_factory=dict_row) as held:
            held.execute(HELD)
            for number, row in enumerate(held, 1):
                yield from self._objects(row)
                self.progress(number, total[0], "documents")

    def _objects(self, row: dict[str, Any]) -> Iterator[tuple[Head, Iterable[bytes]]]:
        for name in ("master", *(f"page-{page}" for page in range(1, row["pages"] + 1))):
            head = {"part": "documents", "id": row["id"], "name": name}
            blocks = self._plain(row, name)
            try:
                first = next(blocks)
            except NotStored:
                if not self.skip_missing and self._is_held_still(row["id"]):
                    raise BadArchive(f"document {row['id']} is not on the shelf") from None
                yield {"part": "erased", "id": row["id"]}, ()
                return
            yield head, _chained(first, blocks)

    def _plain(self, row: dict[str, Any], name: str) -> Iterator[bytes]:
        """The content of an object, compared with what its row says."""
        office, identity = self.facts.slug, row["id"]
        found = sha256()
        try:
            key = self.house.document_key(identity, row["wrapped_key"])
            with self.house.shelf.open(f"{row['storage_key']}/{name}") as sealed:
                for chunk in keys.open_stream(key, keys.Place(office, identity, name), sealed):
                    found.update(chunk)
                    yield chunk
        except Tampered:
            raise BadArchive(f"document {identity} is not what was sealed") from None
        if name == "master" and found.hexdigest() != row["sha256"]:
            raise BadArchive(f"document {identity} is not what was handed in")

    def _is_held_still(self, identity: str) -> bool:
        """Whether the document is there today: since our snapshot it may have been erased."""
        statement = sql.SQL(STILL_HELD).format(sql.Identifier(names.office_schema(self.facts.slug)))
        with psycopg.connect(self.settings.owner_database_url) as today:
            row = today.execute(statement, [identity]).fetchone()
        return bool(row and row[0])


def _as_new(facts: OfficeFacts) -> NewOffice:
    return NewOffice(
        slug=facts.slug,
        kind=facts.kind,
        name=facts.name,
        city=facts.city,
        country_code=facts.country_code,
        country=facts.country,
        timezone=facts.timezone,
        currency=facts.currency,
        locales=facts.locales,
        weekend=facts.weekend,
        jurisdictions=facts.jurisdictions,
        contact=facts.contact,
    )


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
