"""Quarantine: where an upload waits until it is known what it is.

Bytes are sealed before they touch the disk, with a key that lives only in this process, in a file
that has no name. Whatever happens to the process, nothing readable stays behind.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from core.documents.keys import CHUNK, Place, new_document_key, open_stream, seal_stream

PLACE = Place("quarantine", "upload", "raw")


class TooLarge(Exception):
    """The upload is longer than this kind of document may be."""


class Quarantine:
    """One upload, sealed on disk. Give it a stream once, read it as often as needed."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self.size = 0
        self._digest = sha256()
        self._key = new_document_key()
        self._file = tempfile.TemporaryFile(prefix="mikhak-")  # noqa: SIM115 - closed by us
        try:
            for sealed in seal_stream(self._key, PLACE, self._limited(stream, limit)):
                self._file.write(sealed)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Quarantine:
        return self

    def __exit__(self, *_fault) -> None:
        self._file.close()

    def chunks(self) -> Iterator[bytes]:
        """The upload as it came, in pieces."""
        self._file.seek(0)
        return open_stream(self._key, PLACE, self._file)

    @property
    def sha256(self) -> str:
        """The upload's digest."""
        return self._digest.hexdigest()

    def _limited(self, stream: BinaryIO, limit: int) -> Iterator[bytes]:
        while chunk := stream.read(CHUNK):
            self.size += len(chunk)
            if self.size > limit:
                raise TooLarge
            self._digest.update(chunk)
            yield chunk
