"""Finding a service by what people call it: both languages, synonyms, misspellings."""

from collections.abc import Iterable
from difflib import get_close_matches

from core.catalogue.definition import Definition
from core.text import TextRefused, fold

CLOSE = 0.75


def find(services: Iterable[Definition], wanted: str) -> list[Definition]:
    """The services in which every word is found, best first; misspelt ones when none is."""
    try:
        words = fold(wanted).split()[:8]
    except TextRefused:
        return []
    known = [(service, _text(service)) for service in services]
    exact = [(_rank(service, words), service) for service, text in known if _all_in(words, text)]
    if not exact:
        exact = [(0, service) for service, text in known if _all_close(words, text)]
    return [service for _, service in sorted(exact, key=lambda pair: pair[0])]


def _text(service: Definition) -> str:
    parts = [*service.title.values(), *service.summary.values(), *service.synonyms, service.ref]
    return fold(" ".join(parts))


def _all_in(words: list[str], text: str) -> bool:
    return all(word in text for word in words)


def _all_close(words: list[str], text: str) -> bool:
    vocabulary = set(text.split())
    return all(get_close_matches(word, vocabulary, n=1, cutoff=CLOSE) for word in words)


def _rank(service: Definition, words: list[str]) -> int:
    title = fold(" ".join(service.title.values()))
    return 0 if _all_in(words, title) else 1
