"""A table of a definition being read: typed access that notes every fault and unread key."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.catalogue.conditions import COMPOSED, OPERATORS
from core.catalogue.locate import Path

_PERSIAN = re.compile(r"[\u0600-\u06ff]")
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
NAME = re.compile(r"[a-z][a-z0-9_]*")
_MISSING = object()


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and what to write instead."""

    path: Path
    message: str


def nearest(word: str, known: Iterable[str]) -> str:
    """The hint that names the most similar known word, or all of a short list."""
    known = sorted(str(name) for name in known)
    close = difflib.get_close_matches(str(word), known, n=1, cutoff=0.6)
    if close:
        return f"did you mean “{close[0]}”?"
    return "write one of: " + ", ".join(known) if len(known) <= 40 else "see the README."


class Node:
    """One table. Ask for its keys, then `finish()`: what nobody asked for is a fault."""

    def __init__(self, data: Any, path: Path, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        self.asked: set[str] = set()
        if not isinstance(data, Mapping):
            self.fault((), "This must be a table { key = value }.")
            data = {}
        self.data: Mapping[str, Any] = data

    def fault(self, key: str | Path, message: str) -> None:
        """Notes a fault at a key of this table."""
        path = (key,) if isinstance(key, str) else key
        self.faults.append(Fault((*self.path, *path), message))

    def has(self, key: str) -> bool:
        """Whether the key is written."""
        return key in self.data

    def take(self, key: str, kinds: type | tuple[type, ...], what: str, default: Any) -> Any:
        """The value when it is of the kind; a fault and the default otherwise."""
        self.asked.add(key)
        value = self.data.get(key, _MISSING)
        if value is _MISSING:
            if default is _MISSING:
                self.fault((), f"“{key}” is missing; write {what}.")
            return None if default is _MISSING else default
        wrong_bool = isinstance(value, bool) and bool not in _kinds(kinds)
        if wrong_bool or not isinstance(value, kinds):
            self.fault(key, f"“{key}” must be {what}.")
            return None if default is _MISSING else default
        return value

    def text(self, key: str, default: Any = _MISSING) -> Any:
        """A text that is not empty."""
        value = self.take(key, str, f'a text: {key} = "…"', default)
        if value == "":
            self.fault(key, f"“{key}” is empty; write the text or leave the key out.")
        return value

    def name(self, key: str = "key", default: Any = _MISSING) -> str:
        """A key in snake case."""
        value = self.text(key, default) or "unnamed"
        if value != "unnamed" and not NAME.fullmatch(value):
            self.fault(key, f"“{value}” must be small Latin letters, digits and _, like old_issue.")
        return value

    def one_of(self, key: str, allowed: Iterable[str], default: Any = _MISSING) -> Any:
        """A text out of a closed list."""
        value = self.text(key, default)
        if value is not None and value != default and value not in set(allowed):
            self.fault(key, f"“{value}” is not known for “{key}”; {nearest(value, allowed)}")
        return value

    def integer(self, key: str, default: Any = _MISSING) -> Any:
        """A whole number from 0."""
        value = self.take(key, int, f"a whole number: {key} = 3", default)
        if isinstance(value, int) and value < 0:
            self.fault(key, f"“{key}” cannot be below 0.")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        return self.take(key, bool, f"true or false: {key} = true", default)

    def words(self, key: str, default: Any = _MISSING) -> Any:
        """Words in both languages."""
        value = self.take(key, dict, f'words in both languages: {key} = {{ fa = "…", en = "…" }}',
                          default)  # fmt: skip
        if isinstance(value, dict) and value is not default:
            self.check_words(value, key)
        return value

    def check_words(self, value: Mapping[str, Any], key: str) -> None:
        """Both languages there, Persian Persian and English English."""
        for lang in ("fa", "en"):
            if not isinstance(value.get(lang), str) or not value[lang].strip():
                self.fault(key, f'“{key}” has no words in “{lang}”; write {lang} = "…".')
        for lang in set(value) - {"fa", "en"}:
            self.fault(key, f"“{lang}” is no language of words; write fa and en.")
        if isinstance(value.get("fa"), str) and not _PERSIAN.search(value["fa"]):
            self.fault(key, f"“{key}.fa” holds no Persian letters.")
        if isinstance(value.get("en"), str) and _PERSIAN.search(value["en"]):
            self.fault(key, f"“{key}.en” holds Persian letters; they belong into “fa”.")

    def texts(self, key: str, allowed: Iterable[str] | None = None, default: Any = ()) -> tuple:
        """A list of texts, out of a closed list when one is given."""
        value = self.take(key, list, f'a list of texts: {key} = ["…"]', default) or ()
        for number, item in enumerate(value):
            if not isinstance(item, str):
                self.fault((key, number), f"“{key}” holds only texts.")
            elif allowed is not None and item not in set(allowed):
                self.fault((key, number), f"“{item}” is not known in “{key}”; "
                           f"{nearest(item, allowed)}")  # fmt: skip
        return tuple(value)

    def condition(self, key: str) -> Any:
        """A condition or None."""
        value = self.take(key, dict, 'a condition: { field = "…", is = … }', None)
        if value is not None:
            self.check_condition(value, (key,))
        return value

    def flag_or_condition(self, key: str, default: bool) -> Any:
        """True, false or a condition."""
        value = self.take(key, (bool, dict), "true, false or a condition", default)
        if isinstance(value, dict):
            self.check_condition(value, (key,))
        return value

    def check_condition(self, value: Any, path: Path) -> None:
        """The shape of a condition; what it speaks of is checked when all fields are known."""
        if not isinstance(value, dict):
            self.fault(path, 'A condition is a table: { field = "…", is = … }.')
            return
        heads = [name for name in (*COMPOSED, "field") if name in value]
        if len(heads) != 1:
            self.fault(path, "A condition has exactly one of: field, all, any, not, some.")
            return
        getattr(self, f"_check_{heads[0]}")(value, path)

    def _only(self, value: dict, allowed: set[str], path: Path) -> None:
        for key in set(value) - allowed:
            self.fault(path, f"“{key}” is not part of a condition; {nearest(key, allowed)}")

    def _check_all(self, value: dict, path: Path, head: str = "all") -> None:
        self._only(value, {head}, path)
        if not isinstance(value[head], list) or not value[head]:
            self.fault(path, f"“{head}” needs a list of conditions: {head} = [ {{…}}, {{…}} ].")
            return
        for number, part in enumerate(value[head]):
            self.check_condition(part, (*path, head, number))

    def _check_any(self, value: dict, path: Path) -> None:
        self._check_all(value, path, "any")

    def _check_not(self, value: dict, path: Path) -> None:
        self._only(value, {"not"}, path)
        self.check_condition(value["not"], (*path, "not"))

    def _check_some(self, value: dict, path: Path) -> None:
        self._only(value, {"some", "match"}, path)
        if "match" not in value:
            self.fault(path, 'Write what a row must match: { some = "children", match = {…} }.')
            return
        self.check_condition(value["match"], (*path, "match"))

    def _check_field(self, value: dict, path: Path) -> None:
        self._only(value, {"field", *OPERATORS}, path)
        used = [name for name in OPERATORS if name in value]
        if len(used) != 1:
            self.fault(path, f"Write exactly one operator beside “field”: {', '.join(OPERATORS)}.")
            return
        operand = value[used[0]]
        if used[0] in ("in", "not_in") and not isinstance(operand, (list, dict)):
            self.fault(path, f'“{used[0]}” needs a list: {used[0]} = ["…", "…"].')
        if used[0] in ("present", "blank") and not isinstance(operand, bool):
            self.fault(path, f"“{used[0]}” is true or false.")

    def node(self, key: str) -> "Node | None":
        """The table under that key, or None."""
        self.asked.add(key)
        if key not in self.data:
            return None
        return Node(self.data[key], (*self.path, key), self.faults)

    def nodes(self, key: str) -> list["Node"]:
        """The tables of the list under that key."""
        value = self.take(key, list, f"a list of tables: [[{key}]]", []) or []
        return [Node(item, (*self.path, key, number), self.faults)
                for number, item in enumerate(value)]  # fmt: skip

    def finish(self) -> None:
        """Every key that nobody asked for is a fault."""
        for key in self.data:
            if key not in self.asked:
                self.fault(key, f"“{key}” is not known here; {nearest(key, self.asked)}")


def _kinds(kinds: type | tuple[type, ...]) -> tuple[type, ...]:
    return kinds if isinstance(kinds, tuple) else (kinds,)
