"""Tracking codes: twelve characters that can be read aloud, the last one a check character.

The alphabet has no 0 O 1 I L. The check is a weighted sum modulo 31 (a prime, as many as there
are characters), so one wrong character and two swapped neighbours are always noticed.
"""

import secrets

from core.text import digits

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12


def new_code() -> str:
    """A fresh code: 11 random characters and their check."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The twelfth character for the first eleven."""
    total = sum(weight * ALPHABET.index(char) for weight, char in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]


def read_code(text: str) -> str | None:
    """The code that was typed, in any case, with separators, in Persian digits; None if wrong."""
    code = "".join(char for char in digits(text).upper() if char.isalnum())
    if len(code) != LENGTH or any(char not in ALPHABET for char in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None


def grouped(code: str) -> str:
    """In groups of four, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))
