"""Original file names: kept as words for the person, never used as a path or a type."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
LONGEST_ENDING = 8
KEPT_JOINER = "\u200c"  # Persian names need their half-space


def clean_name(name: str | None) -> str:
    """The last part of the name without control, direction and surrogate characters."""
    last = re.split(r"[/\\]", name or "")[-1]
    kept = "".join(char for char in unicodedata.normalize("NFC", last) if _may_stay(char))
    tidy = re.sub(r"\s+", " ", kept).strip(" .")
    stem, dot, ending = tidy.rpartition(".")
    if dot and stem and len(ending) <= LONGEST_ENDING:  # what is too long loses its middle
        return stem[: LONGEST - len(ending) - 1] + dot + ending
    return tidy[:LONGEST] or "file"


def _may_stay(char: str) -> bool:
    return char == KEPT_JOINER or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
