"""The exception that the inspector speaks in. Its words for people are in `reasons`."""

from __future__ import annotations


class Refused(Exception):
    """The file can't be taken; `code` is a key of `core.documents.reasons.REASONS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
