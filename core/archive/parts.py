"""The inside of an archive: parts one after the other, and at the end the account of all.

A part is a line of JSON that says what follows, then blocks, then an empty block. The account
holds for each table, and for all documents together, how many there are and the SHA-256 of their
bytes; whoever reads keeps the same account and compares.
"""

import json
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from core.archive.envelope import BadArchive

ACCOUNT = "account"
BLOCK = 64 * 1024
LENGTH = struct.Struct(">I")
Head = dict[str, Any]
Part = tuple[Head, Iterator[bytes]]


@dataclass
class Account:
    """What was written, or read: the manifest."""

    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    _hashes: dict[str, Any] = field(default_factory=dict)

    def watch(self, head: Head, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The same blocks, counted."""
        name = head["part"] if "table" not in head else f"{head['part']} {head['table']}"
        entry = self.entries.setdefault(name, {"count": 0, "bytes": 0})
        running = self._hashes.setdefault(name, sha256())
        running.update(_json(head))
        rows = "table" in head
        entry["count"] += 0 if rows else 1
        for block in blocks:
            entry["count"] += block.count(b"\n") if rows else 0
            entry["bytes"] += len(block)
            running.update(block)
            yield block

    def told(self) -> dict[str, dict[str, Any]]:
        """The account as it stands in the file."""
        return {
            name: entry | {"sha256": self._hashes[name].hexdigest()}
            for name, entry in self.entries.items()
        }


def write(parts: Iterable[tuple[Head, Iterable[bytes]]], account: Account) -> Iterator[bytes]:
    """All parts as one stream, with the account behind them."""
    for head, blocks in parts:
        yield from _framed(head, account.watch(head, blocks))
    yield from _framed({"part": ACCOUNT}, [_json(account.told())])


def read(chunks: Iterable[bytes], account: Account) -> Iterator[Part]:
    """The parts again, each to be read to its end before the next. Raises BadArchive at the end
    when something is missing or is not what was counted."""
    take = _taker(chunks)
    while True:
        head = json.loads(take(LENGTH.unpack(take(LENGTH.size))[0]))
        if head["part"] == ACCOUNT:
            break
        yield head, account.watch(head, _blocks(take))
    if json.loads(b"".join(_blocks(take))) != account.told():
        raise BadArchive("the file's account does not fit to what it holds")


def batches(pieces: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    """Small pieces as blocks of a useful size."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= BLOCK:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


def lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines, however the blocks are cut; without their line end."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from whole


def _framed(head: Head, blocks: Iterable[bytes]) -> Iterator[bytes]:
    said = _json(head)
    yield LENGTH.pack(len(said)) + said
    for block in blocks:
        if block:
            yield LENGTH.pack(len(block)) + block
    yield LENGTH.pack(0)


def _blocks(take: Callable[[int], bytes]) -> Iterator[bytes]:
    while length := LENGTH.unpack(take(LENGTH.size))[0]:
        yield take(length)


def _taker(chunks: Iterable[bytes]) -> Callable[[int], bytes]:
    """`take(n)`: the next n bytes of the stream. The envelope has proved that they are ours."""
    source, held = iter(chunks), bytearray()

    def take(size: int) -> bytes:
        while len(held) < size:
            piece = next(source, None)
            if piece is None:
                raise BadArchive("the file ends too early")
            held.extend(piece)
        taken = bytes(held[:size])
        del held[:size]
        return taken

    return take


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
