"""The outside of an archive: a plain header, then AES-256-GCM in chunks under the file's own key.

The file's key is wrapped by the root key of the installation (the usual backup) or by a key made
from a passphrase (for another installation). The header is part of what every chunk is bound to,
so a file that was changed, cut, reordered or put together anew is refused at the first such chunk.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, BinaryIO, Protocol

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from core.documents.keys import (
    LocalRootKey,
    Place,
    RootKey,
    Tampered,
    new_document_key,
    open_stream,
    seal_stream,
)

MAGIC = b"mikhak office archive 1\n"
LONGEST_HEADER = 4096
SCRYPT = {"n": 2**16, "r": 8, "p": 1}  # 64 MiB, a quarter of a second
SHORTEST_PASSPHRASE = 15


class BadArchive(RuntimeError):
    """The file can't be opened, or is not what was exported; the message says what."""


class Lock(Protocol):
    """What wraps the key of a file."""

    kind: str

    def wrap(self, identity: str, key: bytes) -> dict[str, str]: ...

    def unwrap(self, identity: str, wrapped: dict[str, str]) -> bytes: ...


@dataclass(frozen=True)
class RootLock:
    """The installation's root key: the file opens only where that key is."""

    root: RootKey
    kind = "root key"

    def wrap(self, identity: str, key: bytes) -> dict[str, str]:
        """The key as it stands in the header."""
        return {"key": self.root.wrap(f"archive {identity}", key).hex()}

    def unwrap(self, identity: str, wrapped: dict[str, str]) -> bytes:
        """The key again; raises Tampered."""
        return self.root.unwrap(f"archive {identity}", bytes.fromhex(wrapped["key"]))


@dataclass(frozen=True, repr=False)
class PassphraseLock:
    """A passphrase, made slow by scrypt: the file opens wherever somebody knows it."""

    passphrase: str
    kind = "passphrase"

    def wrap(self, identity: str, key: bytes) -> dict[str, str]:
        """The key as it stands in the header. Raises BadArchive for a short passphrase."""
        if len(self.passphrase) < SHORTEST_PASSPHRASE:
            raise BadArchive(f"the passphrase needs {SHORTEST_PASSPHRASE} characters or more")
        salt = os.urandom(16)
        return {"salt": salt.hex(), "key": self._key(salt).wrap(f"archive {identity}", key).hex()}

    def unwrap(self, identity: str, wrapped: dict[str, str]) -> bytes:
        """The key again; raises Tampered."""
        by = self._key(bytes.fromhex(wrapped["salt"]))
        return by.unwrap(f"archive {identity}", bytes.fromhex(wrapped["key"]))

    def _key(self, salt: bytes) -> LocalRootKey:
        return LocalRootKey(Scrypt(salt=salt, length=32, **SCRYPT).derive(self.passphrase.encode()))


@dataclass(frozen=True)
class Header:
    """What anybody may read on the outside."""

    identity: str
    lock: str
    wrapped: dict[str, str]
    line: bytes

    @property
    def place(self) -> Place:
        """What every chunk is bound to."""
        return Place("archive", self.identity, sha256(self.line).hexdigest())


def seal(lock: Lock, content: Iterable[bytes]) -> Iterator[bytes]:
    """The whole file, piece by piece."""
    identity, key = os.urandom(16).hex(), new_document_key()
    wrapped = lock.wrap(identity, key)
    told = {"id": identity, "lock": lock.kind, "wrapped": wrapped}
    line = json.dumps(told).encode() + b"\n"
    header = Header(identity, lock.kind, wrapped, line)
    yield MAGIC + line
    yield from seal_stream(key, header.place, content)


def read_header(source: BinaryIO) -> Header:
    """The outside of a file. Raises BadArchive when it is none of ours."""
    if source.read(len(MAGIC)) != MAGIC:
        raise BadArchive("this is no archive of an office, or one of another format")
    line = source.readline(LONGEST_HEADER)
    try:
        told: dict[str, Any] = json.loads(line)
        return Header(told["id"], told["lock"], told["wrapped"], line)
    except (ValueError, KeyError, TypeError):
        raise BadArchive("the file is damaged at its beginning") from None


def unseal(source: BinaryIO, header: Header, lock: Lock) -> Iterator[bytes]:
    """The content, each chunk checked before it is handed out. Raises BadArchive."""
    try:
        key = lock.unwrap(header.identity, header.wrapped)
    except (Tampered, KeyError, ValueError, TypeError):
        raise BadArchive(f"this {header.lock} does not open the file") from None
    try:
        yield from open_stream(key, header.place, source)
    except Tampered as fault:
        raise BadArchive(f"the file is damaged: changed, cut or reordered ({fault})") from None
