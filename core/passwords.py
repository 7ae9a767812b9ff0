"""Fixed passwords: hashed slowly, checked for strength, and never compared fast.

Argon2id with 64 MiB, three passes. At most four are computed at once in a process, so that a
flood of sign-ins can't eat the memory of the house.
"""

import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import pairwise
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

from core.common_passwords import COMMON
from core.errors import Unavailable
from core.text import digits, figures, fold

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
AT_ONCE = threading.BoundedSemaphore(4)
PATIENCE = 10
"""Seconds that a sign-in waits for its turn before it says that the house is busy."""

LONGEST = 200
SHORTEST_WORD = 4
LEAST_OTHER_CHARACTERS = 5
HOUSE_WORDS = ("mikhak", "میخک", "consulate", "کنسولگری", "password", "iran", "ایران")


def hash_password(password: str) -> str:
    """The Argon2id hash to keep. Raises Unavailable when too many wait already."""
    with _turn():
        return HASHER.hash(_typed(password))


def verify_password(kept: str | None, password: str) -> bool:
    """Whether the password belongs to the kept hash; takes as long when there is none."""
    with _turn():
        try:
            fits = HASHER.verify(kept or _nobodys(), _typed(password))
        except (VerificationError, InvalidHashError):
            return False
    return fits and kept is not None


def check_strength(password: str, least: int, context_words: Iterable[str] = ()) -> Any | None:
    """None when the password may be used, else the sentence that says what to change.

    No rules about kinds of characters. Refused: too short, well-known ones, few different
    characters, and those that are little more than a word about the person or the house.
    """
    if len(password) < least:
        return _l(
            "Use at least %(least)s characters; you typed %(typed)s. A few unrelated words are"
            " easy to remember.",
            least=figures(least),
            typed=figures(len(password)),
        )
    if len(password) > LONGEST:
        return _l("Use at most %(most)s characters.", most=figures(LONGEST))
    plain = _plain(password)
    if plain in _common() or _few(password) or _repeats(plain):
        return _l("This password is too easy to guess. Choose a few unrelated words.")
    if _mostly_words(plain, context_words):
        return _l("Your name, number or address or the name of the office make a weak password.")
    return None


@contextmanager
def _turn() -> Iterator[None]:
    """One of the four places; waiting ends with Unavailable, not with a hanging thread."""
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise Unavailable
    try:
        yield
    finally:
        AT_ONCE.release()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """A hash that no password has: an unknown person costs the same time as a known one."""
    return HASHER.hash("nobody")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_plain(word) for word in COMMON)


def _typed(password: str) -> str:
    """The same characters, whichever keyboard composed them; nobody gets to hash a book."""
    return unicodedata.normalize("NFC", password)[:LONGEST]


def _few(text: str) -> bool:
    return len(set(text.casefold())) < LEAST_OTHER_CHARACTERS


def _plain(text: str) -> str:
    return fold(digits(text)).replace(" ", "")


def _repeats(plain: str) -> bool:
    """abcabcabc, or a run through the alphabet or the digits."""
    if not plain:
        return False
    if any(plain == (plain[:n] * len(plain))[: len(plain)] for n in range(1, len(plain) // 2 + 1)):
        return True
    steps = {ord(b) - ord(a) for a, b in pairwise(plain)}
    return steps in ({1}, {-1})


def _mostly_words(plain: str, context_words: Iterable[str]) -> bool:
    """Whether hardly anything is left once known words are taken out."""
    rest = plain
    known = {_plain(word) for word in (*HOUSE_WORDS, *_pieces(context_words))} | _common()
    for word in sorted(known, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            rest = rest.replace(word, "")
    return len(rest) < len(plain) and (_few(rest) or _repeats(rest))


def _pieces(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        yield word
        yield from word.replace("@", " ").replace(".", " ").replace("-", " ").split()
