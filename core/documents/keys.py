"""Keys and sealed streams: root key → office key → a key for each document.

AES-256-GCM throughout. A document is sealed in chunks; each chunk's associated data names the
office, the document, the kind of object, the chunk's number and whether it is the last, so that
chunks cannot be changed, cut, reordered or moved to another place unnoticed.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.settings import Settings

CHUNK = 64 * 1024
TAG = 16
NONCE = 12
MAGIC = b"MKD1"
PREFIX = 7  # random part of a stream's nonce; counter (4) and last flag (1) fill the rest


class Tampered(Exception):
    """The ciphertext is not what was sealed here: changed, cut, reordered or from elsewhere."""


class Readable(Protocol):
    """What ciphertext is read from."""

    def read(self, size: int, /) -> bytes: ...


class RootKey(Protocol):
    """Where office keys are wrapped. Today a key in memory; a key service can take its place."""

    def wrap(self, office: str, key: bytes) -> bytes: ...

    def unwrap(self, office: str, wrapped: bytes) -> bytes: ...

    def is_current(self, office: str, wrapped: bytes) -> bool: ...


@dataclass(frozen=True, repr=False)
class LocalRootKey:
    """The root key from environment or file, as settings have read it.

    `other` only unwraps: while the root key is changed, both the old and the new one are known to
    every process.
    """

    secret: bytes
    other: bytes | None = None

    def __post_init__(self) -> None:
        if any(len(key) != 32 for key in (self.secret, self.other or self.secret)):
            raise ValueError("the root key has 32 bytes")

    def wrap(self, office: str, key: bytes) -> bytes:
        """The office key, sealed for storing in the office's schema."""
        return _wrap(self.secret, key, b"office key|" + office.encode())

    def unwrap(self, office: str, wrapped: bytes) -> bytes:
        """The office key; `Tampered` for another office's or a changed one."""
        bound = b"office key|" + office.encode()
        try:
            return _unwrap(self.secret, wrapped, bound)
        except Tampered:
            if self.other is None:
                raise
            return _unwrap(self.other, wrapped, bound)

    def is_current(self, office: str, wrapped: bytes) -> bool:
        """Whether it is wrapped by this root key and not by the other one."""
        try:
            return bool(LocalRootKey(self.secret).unwrap(office, wrapped))
        except Tampered:
            return False


def root_key(settings: Settings) -> RootKey:
    """The root key that the settings describe; a key service would be chosen here."""
    return LocalRootKey(settings.root_key, settings.other_root_key)


def new_office_key(root: RootKey, office: str) -> bytes:
    """A fresh office key, wrapped by the root key: the only form in which it is ever stored."""
    return root.wrap(office, AESGCM.generate_key(256))


def new_document_key() -> bytes:
    """A fresh key for one document."""
    return AESGCM.generate_key(256)


def wrap_document_key(office_key: bytes, office: str, document: str, key: bytes) -> bytes:
    """The document's key, sealed with the office's."""
    return _wrap(office_key, key, f"document key|{office}|{document}".encode())


def unwrap_document_key(office_key: bytes, office: str, document: str, wrapped: bytes) -> bytes:
    """The document's key; `Tampered` when it was wrapped for another document or office."""
    return _unwrap(office_key, wrapped, f"document key|{office}|{document}".encode())


@dataclass(frozen=True)
class Place:
    """What a stream belongs to; part of every chunk's associated data."""

    office: str
    document: str
    kind: str

    def bind(self, header: bytes, number: int, last: bool) -> bytes:
        """The associated data of one chunk."""
        names = "|".join((self.office, self.document, self.kind)).encode()
        return header + names + struct.pack(">I?", number, last)


def seal_stream(key: bytes, place: Place, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Ciphertext of the chunks, however they are cut on the way in."""
    header = MAGIC + os.urandom(PREFIX)
    cipher = AESGCM(key)
    yield header
    for number, (piece, last) in enumerate(_with_last(_even(chunks))):
        bound = place.bind(header, number, last)
        yield cipher.encrypt(_nonce(header, number, last), piece, bound)


def open_stream(key: bytes, place: Place, source: Readable) -> Iterator[bytes]:
    """Plain chunks, each one checked before it is handed out; `Tampered` at the first fault."""
    header = _read(source, len(MAGIC) + PREFIX)
    if len(header) != len(MAGIC) + PREFIX or not header.startswith(MAGIC):
        raise Tampered("no header")
    cipher = AESGCM(key)
    pieces = iter(lambda: _read(source, CHUNK + TAG), b"")
    number = -1
    for number, (piece, last) in enumerate(_with_last(pieces)):
        bound = place.bind(header, number, last)
        try:
            yield cipher.decrypt(_nonce(header, number, last), piece, bound)
        except InvalidTag:
            raise Tampered(f"chunk {number}") from None
    if number < 0:
        raise Tampered("no chunk")


def _nonce(header: bytes, number: int, last: bool) -> bytes:
    return header[len(MAGIC) :] + struct.pack(">I?", number, last)


def _even(chunks: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    yield bytes(waiting)


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    before = None
    for piece in pieces:
        if before is not None:
            yield before, False
        before = piece
    if before is not None:
        yield before, True


def _read(source: Readable, size: int) -> bytes:
    """Exactly `size` bytes unless the source ends; network streams give short reads."""
    parts = bytearray()
    while len(parts) < size and (part := source.read(size - len(parts))):
        parts += part
    return bytes(parts)


def _wrap(by: bytes, key: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(by).encrypt(nonce, key, bound)


def _unwrap(by: bytes, wrapped: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(by).decrypt(wrapped[:NONCE], wrapped[NONCE:], bound)
    except (InvalidTag, ValueError):
        raise Tampered("wrapped key") from None
