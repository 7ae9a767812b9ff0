"""Rows as COPY writes them, with the few fields that differ between a file and a place.

A field is what stands between two tabs; only bytes and plain words of ours are looked into.
"""

from collections.abc import Callable, Iterable, Iterator

from core.archive import contents, parts
from core.archive.envelope import BadArchive
from core.crypto import seal, unseal
from core.errors import Gone

Row = dict[str, bytes]
Field = Callable[[Row], bytes]
NULL, HEX = b"\\N", b"\\\\x"
"""Nothing, and how bytes begin, in COPY's notation."""
SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}


def changed(
    blocks: Iterable[bytes], columns: list[str], fields: dict[str, Field]
) -> Iterable[bytes]:
    """The rows, with some fields made anew from their row."""
    return parts.batches(_made(blocks, columns, fields)) if fields else blocks


def _made(blocks: Iterable[bytes], columns: list[str], fields: dict[str, Field]) -> Iterator[bytes]:
    for line in parts.lines(blocks):
        row = dict(zip(columns, line.split(b"\t"), strict=True))
        for column, made in fields.items():
            row[column] = made(row)
        yield b"\t".join(row.values()) + b"\n"


def values(blocks: Iterable[bytes], columns: list[str]) -> Iterator[dict[str, str | None]]:
    """The rows as texts, for statements that are no COPY."""
    for line in parts.lines(blocks):
        yield dict(zip(columns, map(_text, line.split(b"\t")), strict=True))


def opened(table: str) -> dict[str, Field]:
    """How the fields of a table are opened for a file, in the office's scope."""
    found = {column: _opener(column, pattern) for column, pattern in _sealed_columns(table)}
    if table == contents.DOCUMENTS:
        found[contents.DOCUMENT_KEY] = _no_key
    return found


def sealed(table: str) -> dict[str, Field]:
    """How the fields of a table are sealed for their new place, in the office's scope."""
    return {column: _sealer(column, pattern) for column, pattern in _sealed_columns(table)}


def as_bytes(field: bytes) -> bytes:
    """Bytes from COPY's notation."""
    return bytes.fromhex(field.removeprefix(HEX).decode())


def as_field(value: bytes) -> bytes:
    """COPY's notation of bytes."""
    return HEX + value.hex().encode()


def _sealed_columns(table: str) -> Iterator[tuple[str, str]]:
    for (owner, column), pattern in contents.SEALED.items():
        if owner == table:
            yield column, pattern


def _opener(column: str, pattern: str) -> Field:
    def opened_field(row: Row) -> bytes:
        if row[column] in (NULL, HEX):
            return row[column]
        try:
            return as_field(unseal(_purpose(pattern, row), as_bytes(row[column])))
        except Gone:
            raise BadArchive(f"a {column} of this office was sealed elsewhere") from None

    return opened_field


def _sealer(column: str, pattern: str) -> Field:
    def sealed_field(row: Row) -> bytes:
        if row[column] in (NULL, HEX):
            return row[column]
        return as_field(seal(_purpose(pattern, row), as_bytes(row[column])))

    return sealed_field


def _no_key(row: Row) -> bytes:
    """Only whether there is one: it is made anew."""
    return NULL if row[contents.DOCUMENT_KEY] == NULL else HEX


def _purpose(pattern: str, row: Row) -> str:
    return pattern.format(**{name: value.decode() for name, value in row.items()})


def _text(field: bytes) -> str | None:
    if field == NULL:
        return None
    rest, found = iter(field.decode()), []
    for sign in rest:
        found.append(SIGNS[next(rest)] if sign == "\\" else sign)
    return "".join(found)
