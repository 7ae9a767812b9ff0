"""When two words are meant to be the same: endings, one letter off, Persian in Latin letters."""

from collections.abc import Iterator
from functools import cache

ENDINGS = ("هایم", "هایش", "های", "ها", "ام", "اش", "ات", "م", "ش", "ی", "s")
SHORTEST = 3
# From these lengths on one and two letters may be wrong, missing, too many or swapped.
ONE_OFF, TWO_OFF = 4, 9

# Letters that sound alike; vowels, and what is often not written in Latin letters, fall away.
PERSIAN = {
    **dict.fromkeys("ثسص", "s"), **dict.fromkeys("ذزضظ", "z"), **dict.fromkeys("طت", "t"),
    **dict.fromkeys("غق", "q"), **dict.fromkeys("حه", "h"), **dict.fromkeys("ژج", "j"),
    "ب": "b", "پ": "p", "چ": "c", "خ": "x", "د": "d", "ر": "r", "ش": "$", "ف": "f", "ک": "k",
    "گ": "g", "ل": "l", "م": "m", "ن": "n", "و": "v",
}  # fmt: skip
LATIN = (("kh", "x"), ("sh", "$"), ("ch", "c"), ("gh", "q"), ("zh", "j"), ("ph", "f"), ("th", "t"),
         ("w", "v"), ("c", "c"))  # fmt: skip
VOWELS = "aeiouy"


def stems(word: str) -> Iterator[str]:
    """The word, and what is left without the endings that people put to it."""
    yield word
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            yield word.removesuffix(ending)


@cache
def skeletons(word: str) -> frozenset[str]:
    """The consonants of a word in one spelling for both scripts; و may be one or not."""
    if word.isascii():
        for sign, one in LATIN:
            word = word.replace(sign, one)
        bones = "".join(sign for sign in word if sign not in VOWELS)
    else:
        bones = "".join(PERSIAN.get(sign, "") for sign in word)
    bones = bones[:-1] if bones.endswith("h") else bones
    return frozenset(one for one in (bones, bones.replace("v", "")) if len(one) >= SHORTEST)


def near(one: str, other: str) -> bool:
    """Whether two words differ so little that one may be a slip for the other."""
    shorter = min(len(one), len(other))
    allowed = 2 if shorter >= TWO_OFF else 1 if shorter >= ONE_OFF else 0
    if abs(len(one) - len(other)) > allowed or len(set(one) ^ set(other)) > 2 * allowed:
        return False
    return _distance(one, other) <= allowed


def _distance(one: str, other: str) -> int:
    """Letters to change, add, drop or swap with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
