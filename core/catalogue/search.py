"""Finding a service by what people call it: both languages, synonyms, misspellings, Latin letters.

Words are compared folded (Arabic letters, half-spaces, case). One that is not in the catalogue as
it stands may mean its synonyms (config/reference/synonyms.toml), words that begin alike, words a
letter or two away and, in Latin letters, Persian words that sound alike. Best first: the title
counts most, and a word that few services have counts more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log

from core.catalogue import reference
from core.catalogue.definition import Definition
from core.catalogue.spelling import near, skeletons, stems
from core.text import TextRefused, fold

MOST_WORDS = 8
TITLE, SYNONYM, SUMMARY = 6.0, 4.0, 1.5
# A whole name counts more than its words one by one.
WHOLE, PART = 15.0, 4.0
# How surely a word is meant that is not quite the one that was typed.
SAME, ALIKE, BEGINS, SOUNDS, MISSPELT = 1.0, 0.9, 0.7, 0.6, 0.5
BEGINNING = 3


@dataclass(frozen=True, eq=False)
class Entry:
    """A service with its words, how much each counts, and its names without spaces."""

    service: Definition
    weights: Mapping[str, float]
    names: frozenset[str]


@dataclass(frozen=True, eq=False)
class Index:
    """All services that are searched; `frequency` says in how many a word stands."""

    entries: tuple[Entry, ...]
    frequency: Mapping[str, int]


_entries: dict[int, Entry] = {}


def find(services: Iterable[Definition], wanted: str) -> list[Definition]:
    """The services that most of the words fit, best first; none when it is less than half."""
    try:
        typed = fold(wanted)
    except TextRefused:
        return []
    words = [word for word in typed.split() if word not in _skipped()] or typed.split()
    words = words[:MOST_WORDS]
    if not words:
        return []
    index = _index(tuple(_entry(service) for service in services))
    meant = [_meant(word, index) for word in words]
    scored = [(*_score(entry, meant, words, index), entry) for entry in index.entries]
    most = max((hits for hits, _, _ in scored), default=0)
    if most * 2 < max(len(words), 2) and most < len(words):
        return []
    best = [(score, entry) for hits, score, entry in scored if hits == most]
    best.sort(key=lambda pair: (-pair[0], pair[1].service.ref))
    return [entry.service for _, entry in best]


def _score(
    entry: Entry, meant: list[Mapping[str, float]], words: list[str], index: Index
) -> tuple[int, float]:
    """How many of the words fit, and how well they do together."""
    best = [
        max(
            (
                entry.weights[word] * sure * _rarity(word, index)
                for word, sure in possible.items()
                if word in entry.weights
            ),
            default=0.0,
        )
        for possible in meant
    ]
    together = "".join(words)
    whole = WHOLE if together in entry.names else 0.0
    if not whole and len(words) > 1 and any(together in name for name in entry.names):
        whole = PART
    return sum(score > 0 for score in best), sum(best) + whole


def _rarity(word: str, index: Index) -> float:
    return log(2 + len(index.entries) / index.frequency[word])


def _meant(word: str, index: Index) -> Mapping[str, float]:
    """The words of the catalogue that a typed one may stand for, each with how surely."""
    known = index.frequency
    found = {stem: SAME for stem in stems(word) if stem in known}
    for other in {other for stem in stems(word) for other in _synonyms().get(stem, ())}:
        if other in known:
            found.setdefault(other, ALIKE)
    if len(word) >= BEGINNING:
        for other in known:
            if other.startswith(word):
                found.setdefault(other, BEGINS)
    return found or _guessed(word, known)


def _guessed(word: str, known: Mapping[str, int]) -> Mapping[str, float]:
    """What may be meant by a word that nobody has written so: a slip, or how it sounds."""
    found: dict[str, float] = {}
    sounds = skeletons(word) if word.isascii() else frozenset()
    for other in known:
        if near(word, other):
            found[other] = MISSPELT
        elif sounds and not other.isascii() and sounds & skeletons(other):
            found[other] = SOUNDS
    for name, others in _synonyms().items():
        if near(word, name):
            found |= {other: MISSPELT for other in others if other in known}
    return found


def _entry(service: Definition) -> Entry:
    """Made once; it holds its definition, so that the number of the object stays its own."""
    if id(service) not in _entries:
        _entries[id(service)] = _made(service)
    return _entries[id(service)]


def _made(service: Definition) -> Entry:
    weights: dict[str, float] = {}
    spoken = (*service.synonyms, service.ref)
    for weight, texts in (
        (TITLE, service.title.values()),
        (SYNONYM, spoken),
        (SUMMARY, service.summary.values()),
    ):
        for text in texts:
            for word in fold(text).split():
                weights.setdefault(word, weight)
    names = (fold(text).replace(" ", "") for text in (*service.title.values(), *spoken))
    for skipped in _skipped():
        weights.pop(skipped, None)
    return Entry(service, weights, frozenset(names))


@lru_cache(maxsize=16)
def _index(entries: tuple[Entry, ...]) -> Index:
    return Index(entries, Counter(word for entry in entries for word in entry.weights))


@cache
def _synonyms() -> Mapping[str, frozenset[str]]:
    """Each word of a group → the others of it."""
    found: dict[str, frozenset[str]] = {}
    for group in reference.table("synonyms")["same"]:
        words = frozenset(fold(word) for word in group)
        for word in words:
            found[word] = found.get(word, frozenset()) | words - {word}
    return found


@cache
def _skipped() -> frozenset[str]:
    """Words that say nothing about a service."""
    return frozenset(fold(word) for word in reference.table("synonyms")["skipped"])
