"""The shelf: one port for sealed objects, with a local folder and S3 behind it.

Keys look like `london/documents/<id>/master`. The first part is the office, and while a scope is
open a key of another office is refused. What lies here is always ciphertext.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import disk_usage
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from flask_babel import lazy_gettext as _l

from core.breaker import Breaker
from core.errors import Unavailable
from tenants.scope import NoOffice, current_office

KEY = re.compile(r"(?P<office>[a-z][a-z0-9_]{1,30})(/[a-z0-9][a-z0-9-]{0,63}){1,6}")
READ_SIZE = 64 * 1024
BEGUN = ".new-"
# Less free space than this is as good as none: a file of the largest size must fit many times.
ROOM = 64 * 1024 * 1024
# Seconds that a page waits for a dead store at most, and for which its last word is believed.
PROBE_CONNECT, PROBE_READ, BELIEVED, DEAD_SECONDS = 0.5, 1.0, 10.0, 10.0


class ForeignKey(ValueError):
    """A key that is malformed or belongs to another office than the open one."""


class NotStored(LookupError):
    """Nothing lies under this key."""


class StorageDown(Unavailable):
    """The place where files are kept does not answer."""

    sentence = _l(
        "Files can't be stored or shown right now. Nothing was saved. Try again in a minute."
    )


@dataclass(frozen=True)
class Stored:
    """One object on the shelf, as `list` tells it."""

    key: str
    size: int
    modified: datetime


class Source(Protocol):
    """An open object: read from it, close it."""

    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...

    def __enter__(self) -> Any: ...

    def __exit__(self, *fault: Any) -> Any: ...


class Storage(Protocol):
    """What documents ask of a place to keep files."""

    def put(self, key: str, chunks: Iterable[bytes]) -> None: ...

    def open(self, key: str) -> Source: ...

    def delete(self, key: str) -> None: ...

    def exists(self, key: str) -> bool: ...

    def list(self, prefix: str) -> Iterator[Stored]: ...

    def answers(self) -> bool: ...

    def sweep_unfinished(self, office: str, before: datetime) -> int: ...


def check_key(key: str) -> str:
    """The key itself, when it is well formed and belongs to the office at hand."""
    match = KEY.fullmatch(key)
    if not match:
        raise ForeignKey(key)
    _check_office(match["office"])
    return key


def check_prefix(prefix: str) -> str:
    """A listing always names its office first; there is no listing of everything."""
    office, slash, rest = prefix.partition("/")
    if not slash or not KEY.fullmatch(f"{office}/x") or ".." in rest:
        raise ForeignKey(prefix)
    _check_office(office)
    return prefix


def _check_office(office: str) -> None:
    try:
        here = current_office().slug
    except NoOffice:  # start-up checks and `doctor` look at the shelf without an open office
        return
    if office != here.replace("-", "_"):
        raise ForeignKey(office)


class LocalStorage:
    """A folder: written to a temporary file, synced, renamed; sharded so that no folder grows."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Store the chunks under the key, wholly or not at all."""
        path = self._path(key)
        temporary = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=BEGUN, delete=False) as target:
                temporary = Path(target.name)
                for chunk in chunks:
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            temporary.replace(path)
            self._sync_folders(path.parent)
        except OSError as fault:
            raise StorageDown from fault
        finally:
            if temporary:
                temporary.unlink(missing_ok=True)

    def open(self, key: str) -> Source:
        """The object to read from; `NotStored` when there is none."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise NotStored(key) from None
        except OSError as fault:
            raise StorageDown from fault

    def delete(self, key: str) -> None:
        """Take the object away; not being there is fine."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as fault:
            raise StorageDown from fault

    def exists(self, key: str) -> bool:
        """Whether something lies under the key."""
        return self._path(key).is_file()

    def list(self, prefix: str) -> Iterator[Stored]:
        """All objects whose key begins so, in no particular order."""
        check_prefix(prefix)
        office = self.root / prefix.partition("/")[0]
        for path in office.rglob("*"):
            if path.name.startswith(BEGUN) or not path.is_file():
                continue
            key = f"{office.name}/{'/'.join(path.relative_to(office).parts[2:])}"
            if key.startswith(prefix):
                facts = path.stat()
                yield Stored(key, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))

    def answers(self) -> bool:
        """Whether a file could be put here now: there is a folder to write to, and room."""
        folder = self.root if self.root.exists() else self.root.parent
        try:
            writable = folder.is_dir() and os.access(folder, os.W_OK)
            return writable and disk_usage(folder).free > ROOM
        except OSError:
            return False

    def sweep_unfinished(self, office: str, before: datetime) -> int:
        """Take away what a killed process had begun to write; how many there were."""
        _check_office(office)
        found = [
            path
            for path in (self.root / office).rglob(f"{BEGUN}*")
            if path.stat().st_mtime < before.timestamp()
        ]
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def _path(self, key: str) -> Path:
        office, _slash, rest = check_key(key).partition("/")
        # Shard by everything but the last part, so that one document's objects lie together.
        shard = sha256(rest.rpartition("/")[0].encode()).hexdigest()
        return self.root / office / shard[:2] / shard[2:4] / rest

    def _sync_folders(self, folder: Path) -> None:
        """New folders are entries of their parents: sync upwards, or a power cut loses them."""
        while folder != self.root.parent:
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            folder = folder.parent


class S3Storage:
    """A bucket: short time-outs and two attempts, so that a dead store never hangs a page."""

    def __init__(self, bucket: str, client, probe) -> None:
        self.bucket = bucket
        self.client, self.probe = client, probe
        self.breaker = Breaker(DEAD_SECONDS)
        self._answered_at = float("-inf")

    def answers(self) -> bool:
        """Whether the store answers: as it did a moment ago, else it is asked with little patience.

        After a failure nobody waits for it again for a while.
        """
        if self.breaker.is_open:
            return False
        if time.monotonic() - self._answered_at < BELIEVED:
            return True
        try:
            with _S3Faults("health/none"):
                self.probe.head_object(Bucket=self.bucket, Key="health/none")
        except NotStored:
            pass  # an answer
        except StorageDown:
            self.breaker.trip()
            return False
        self._answered_at = time.monotonic()
        return True

    def sweep_unfinished(self, office: str, before: datetime) -> int:
        """Nothing: S3 takes an object wholly or not at all."""
        return 0

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Store the chunks under the key in one request, which S3 does wholly or not at all."""
        check_key(key)
        with tempfile.SpooledTemporaryFile(max_size=2**24) as body:
            for chunk in chunks:
                body.write(chunk)
            body.seek(0)
            with self._faults(key):
                self.client.put_object(Bucket=self.bucket, Key=key, Body=body)

    def open(self, key: str) -> Source:
        """The object to read from; `NotStored` when there is none."""
        check_key(key)
        with self._faults(key):
            return _S3Body(key, self.client.get_object(Bucket=self.bucket, Key=key)["Body"])

    def delete(self, key: str) -> None:
        """Take the object away; not being there is fine."""
        check_key(key)
        with self._faults(key):
            self.client.delete_object(Bucket=self.bucket, Key=key)

    def exists(self, key: str) -> bool:
        """Whether something lies under the key."""
        check_key(key)
        try:
            with self._faults(key):
                self.client.head_object(Bucket=self.bucket, Key=key)
        except NotStored:
            return False
        return True

    def list(self, prefix: str) -> Iterator[Stored]:
        """All objects whose key begins so, in no particular order."""
        check_prefix(prefix)
        with self._faults(prefix):
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix
            )
            for page in pages:
                for found in page.get("Contents", ()):
                    yield Stored(found["Key"], found["Size"], found["LastModified"])

    @contextmanager
    def _faults(self, key: str) -> Iterator[None]:
        """Ask only a store that answers, and remember one that stopped."""
        if not self.answers():
            raise StorageDown
        try:
            with _S3Faults(key):
                yield
        except StorageDown:
            self._answered_at = float("-inf")
            self.breaker.trip()
            raise


class _S3Faults:
    """Turns what boto3 raises into our two words: not stored, or storage down."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind, fault, _trace) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        if isinstance(fault, ClientError):
            status = fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            raise (NotStored(self.key) if status == 404 else StorageDown()) from fault
        if isinstance(fault, BotoCoreError):
            raise StorageDown from fault


class _S3Body:
    """An object's body whose faults are our words too, also in the middle of it."""

    def __init__(self, key: str, body: Any) -> None:
        self.key = key
        self.body = body

    def read(self, size: int = -1) -> bytes:
        with _S3Faults(self.key):
            return self.body.read(None if size < 0 else size)

    def close(self) -> None:
        self.body.close()

    def __enter__(self) -> _S3Body:
        return self

    def __exit__(self, *_fault: Any) -> None:
        self.close()


def from_url(url: str) -> Storage:
    """The storage that a setting names: `file:///folder` or `s3://[key:secret@]bucket?endpoint=`.

    Credentials may also come from the environment, as boto3 reads it.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return LocalStorage(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.hostname:
        return S3Storage(
            parts.hostname,
            _s3_client(parts, connect=2, read=5, attempts=2),
            _s3_client(parts, connect=PROBE_CONNECT, read=PROBE_READ, attempts=1),
        )
    raise ValueError("MIKHAK_STORAGE_URL must be file:///folder or s3://bucket?endpoint=https://…")


@cache
def _s3_session():
    """Holds what boto3 has read about S3; boto3 is slow to load and only an S3 set-up needs it."""
    import boto3

    return boto3.session.Session()


def _s3_client(parts, *, connect: float, read: float, attempts: int):
    from botocore.config import Config

    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return _s3_session().client(
        "s3",
        endpoint_url=options.get("endpoint"),
        region_name=options.get("region", "us-east-1"),
        aws_access_key_id=unquote(parts.username) if parts.username else None,
        aws_secret_access_key=unquote(parts.password) if parts.password else None,
        config=Config(
            connect_timeout=connect,
            read_timeout=read,
            retries={"total_max_attempts": attempts, "mode": "standard"},
            s3={"addressing_style": "path" if options.get("endpoint") else "auto"},
        ),
    )
