"""The house's seal on the end of a trail: made with a key that the database does not have.

Who owns the database could compute a whole new chain; this seal they can't.
"""

from dataclasses import dataclass

from core.crypto import digest, same

PURPOSE = "audit head"


@dataclass(frozen=True)
class Head:
    """Number and hash of the newest entry."""

    seq: int
    hash: bytes


def seal(head: Head) -> bytes:
    """The seal of this scope on the end of its trail."""
    return digest(PURPOSE, f"{head.seq}|{head.hash.hex()}")


def is_ours(head: Head, sealed: bytes) -> bool:
    """Whether this installation sealed exactly that, for this scope."""
    return same(seal(head), sealed)
