"""Finds the line of a key in a TOML file, because tomli keeps no lines.

A path is a tuple such as ("sections", 0, "fields", 2, "type"). What stands inside an inline table
is found by the line on which that table begins.
"""

import re

Path = tuple[str | int, ...]
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\-\"]+)\s*=")


def line_of(text: str, path: Path) -> int:
    """The line (from 1) of the path, or of the nearest thing around it."""
    lines = lines_by_path(text)
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 1


def lines_by_path(text: str) -> dict[Path, int]:
    """Path → line for every header and every key of the file."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    current: Path = ()
    quoted = False
    for number, line in enumerate(text.splitlines(), 1):
        inside, quoted = quoted, quoted ^ (line.count('"""') % 2 == 1)
        if inside:
            continue
        if header := _HEADER.match(line):
            current = _enter(header[1] == "[[", _names(header[2]), counts)
            found.setdefault(current, number)
        elif key := _KEY.match(line):
            found.setdefault((*current, *_names(key[1])), number)
    return found


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip('"') for part in dotted.split("."))


def _enter(array: bool, names: tuple[str, ...], counts: dict[Path, int]) -> Path:
    path: Path = ()
    for depth, name in enumerate(names):
        path = (*path, name)
        last = depth == len(names) - 1
        if last and array:
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
    return path
