"""Reads definition files into Definitions, or says every fault with file, line and a remedy."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tomli

from core.catalogue import shelf
from core.catalogue.build_service import read_samples, service
from core.catalogue.checks import check_definition, check_samples, check_together
from core.catalogue.definition import Definition
from core.catalogue.locate import line_of
from core.catalogue.node import Fault, Node
from core.catalogue.reference import CONFIG

FOLDER = CONFIG / "catalogue"
BESIDE = "samples"  # folder of further samples: <code>.toml, read only by who wants them all


@dataclass(frozen=True)
class FileFault:
    """A fault as people see it."""

    file: str
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        where = f" [{self.where}]" if self.where else ""
        return f"{self.file}:{self.line}:{where} {self.message}"


class CatalogueError(ValueError):
    """One or more files cannot be used; `faults` says why."""

    def __init__(self, faults: list[FileFault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


def parse(path: Path, *, walk: bool = True) -> Definition:
    """The definition in a file. Raises CatalogueError with every fault at once."""
    return parse_text(path.read_text("utf-8"), path.name, walk=walk)


def parse_text(text: str, name: str = "definition.toml", *, walk: bool = True) -> Definition:
    """The definition in a text; `name` is what faults call the file.

    `walk=False` leaves out walking the samples: at boot they have been walked by the check.
    """
    faults: list[Fault] = []
    definition = service(Node(_table(text, name), (), faults))
    if not faults:
        faults = check_definition(definition, walk=walk)
    if faults:
        raise CatalogueError([_in_file(name, text, fault) for fault in faults])
    return definition


def with_samples_beside(
    definition: Definition, folder: Path = FOLDER, *, walk: bool = False
) -> Definition:
    """The same definition with the samples beside it too. Raises CatalogueError."""
    path = folder / BESIDE / f"{definition.code}.toml"
    if not path.exists():
        return definition
    text, name = path.read_text("utf-8"), f"{BESIDE}/{path.name}"
    faults: list[Fault] = []
    root = Node(_table(text, name), (), faults)
    more = read_samples(root, definition.samples)
    root.finish()
    whole = replace(definition, samples=(*definition.samples, *more))
    if not faults:
        faults = check_samples(whole, first=len(definition.samples), walk=walk)
    if faults:
        raise CatalogueError([_in_file(name, text, fault) for fault in faults])
    return whole


def _table(text: str, name: str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise CatalogueError([_syntax_fault(name, error)]) from error


def _syntax_fault(name: str, error: tomli.TOMLDecodeError) -> FileFault:
    line = getattr(error, "lineno", None) or _line_in(str(error))
    return FileFault(name, line, "", f"This is not TOML: {error}")


def _line_in(message: str) -> int:
    _, _, rest = message.partition("at line ")
    number = rest.split(",")[0].strip()
    return int(number) if number.isdecimal() else 1


def _in_file(name: str, text: str, fault: Fault) -> FileFault:
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.path)
    return FileFault(name, line_of(text, fault.path), where.lstrip("."), fault.message)


def check_all(
    folder: Path = FOLDER, *, walk: bool = True
) -> tuple[dict[str, Definition], list[FileFault]]:
    """All definitions that can be used, and all faults of all files.

    With `walk` the samples are walked, those beside the definitions too.
    """
    good: dict[str, Definition] = {}
    faults: list[FileFault] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            definition = parse(path, walk=walk)
            if walk:
                definition = with_samples_beside(definition, folder, walk=True)
        except CatalogueError as error:
            faults += error.faults
            continue
        if definition.code != path.stem:
            told = f"The file must be called {definition.code}.toml."
            faults.append(FileFault(path.name, 1, "code", told))
        good[definition.code] = definition
    faults += [
        FileFault(f"{code}.toml", _line(folder, code, fault), "", fault.message)
        for code, fault in check_together(good)
    ]
    return good, faults


def _line(folder: Path, code: str, fault: Fault) -> int:
    return line_of((folder / f"{code}.toml").read_text("utf-8"), fault.path)


def load_all(folder: Path = FOLDER) -> MappingProxyType[str, Definition]:
    """Every definition by its code, read once per process. Raises CatalogueError."""
    return _loaded(folder)  # the same entry whether the folder was named or not


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> MappingProxyType[str, Definition]:
    with _no_collecting():
        found = shelf.kept(folder, lambda: _read(folder)) if folder == FOLDER else _read(folder)
    return MappingProxyType(found)


def _read(folder: Path) -> dict[str, Definition]:
    good, faults = check_all(folder, walk=False)
    if faults:
        raise CatalogueError(faults)
    return good


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Nearly all that is made within comes to stay: the collector would only look through it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@lru_cache(maxsize=4)
def load_with_samples(folder: Path = FOLDER) -> MappingProxyType[str, Definition]:
    """Every definition with every sample, those beside it too. Raises CatalogueError."""
    found = load_all(folder).items()
    return MappingProxyType({code: with_samples_beside(one, folder) for code, one in found})


def get(code: str, folder: Path = FOLDER) -> Definition | None:
    """The definition with that code, or None."""
    return load_all(folder).get(code)


def by_ref(ref: str, folder: Path = FOLDER) -> Definition | None:
    """The definition with that code of the domain file (P02), or None."""
    return next((item for item in load_all(folder).values() if item.ref == ref), None)
