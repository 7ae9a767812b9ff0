"""Two versions of a service side by side, and the sentences that fit to any part of them."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from core.catalogue.in_words import Names, Plain, joined, said

Sentences = Iterator[str]


class Pair:
    """Two versions with the words of each."""

    def __init__(self, old: Plain, new: Plain) -> None:
        self.old, self.new = old, new
        self.before, self.after = Names(old), Names(new)

    def when(self, name: str, old: Any, new: Any) -> Sentences:
        """A condition that came, went or changed."""
        if old == new:
            return
        if old is None:
            yield _("“%(name)s” now applies only if %(after)s.",
                    name=name, after=self.after.condition(new))  # fmt: skip
        elif new is None:
            yield _("“%(name)s” now always applies (before: only if %(before)s).",
                    name=name, before=self.before.condition(old))  # fmt: skip
        else:
            yield _("“%(name)s” now applies if %(after)s (before: if %(before)s).",
                    name=name, after=self.after.condition(new),
                    before=self.before.condition(old))  # fmt: skip

    def flag(self, name: str, what: str, old: Any, new: Any) -> Sentences:
        """True, false or a condition."""
        if old != new:
            yield aspect(name, what, self.before.flag(old), self.after.flag(new))


def aspect(name: str, what: str, before: str, after: str) -> str:
    """One property of a thing that has another value now."""
    return _("“%(name)s”, %(what)s: now %(after)s (before: %(before)s).",
             name=name, what=what, before=before or "–", after=after or "–")  # fmt: skip


def keyed(items: list[Any], key: str = "key") -> dict[str, Any]:
    return {item[key]: item for item in items}


def renamed(old: Any, new: Any) -> Sentences:
    if old != new:
        before, after = said(old), said(new)
        if before == after:  # the other language has changed
            yield _("The words of “%(name)s” have changed in the other language.", name=after)
        else:
            yield _("“%(before)s” is now called “%(after)s”.", before=before, after=after)


def reworded(name: str, what: str, old: Any, new: Any) -> Sentences:
    if old != new:
        yield _("“%(name)s”: the words of the %(what)s have changed.", name=name, what=what)


def listed(value: Any) -> str:
    return joined(map(str, value)) if isinstance(value, list | tuple) else str(value)
