"""Definitions that were read and checked before: with them a process starts a second and a half
sooner, as it does with compiled templates.

They lie under a hash of all that they were made of, which are the definitions, their reference data
and the code that reads them, so they can't be out of date.
"""

import os
import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from core.caches import private_cache
from core.catalogue.definition import Definition
from core.catalogue.reference import CONFIG, REFERENCE

CORE = CONFIG.parent / "core"
Definitions = dict[str, Definition]


def kept(folder: Path, read: Callable[[], Definitions]) -> Definitions:
    """What `read` makes of the definitions in this folder, from the shelf when it is there."""
    shelf = private_cache("catalogue")
    if shelf is None:
        return read()
    place = shelf / f"{_mark(folder)}.pickle"
    found = _taken(place)
    if found is None:
        found = read()
        with suppress(OSError):  # a full disk costs time and nothing else
            _keep(place, found)
    return found


def _taken(place: Path) -> Definitions | None:
    try:
        # Trusted like compiled Python: only who runs this may write to the folder.
        found: Definitions = pickle.loads(place.read_bytes())  # noqa: S301
    except Exception:  # noqa: BLE001  # not there or broken, in any of the ways that pickle knows
        return None
    return found


def _mark(folder: Path) -> str:
    made_of = blake2b(sys.version.encode(), digest_size=16)
    for path in _sources(folder):
        made_of.update(f"{path}\0".encode() + path.read_bytes())
    return made_of.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.toml"))
    yield from sorted(REFERENCE.rglob("*.toml"))
    yield from sorted((*CORE.glob("*.py"), *CORE.joinpath("catalogue").rglob("*.py")))


def _keep(place: Path, found: Definitions) -> None:
    for definition in found.values():
        _ = definition.hash  # it is kept with its definition
    draft = place.with_suffix(f".{os.getpid()}")
    try:
        draft.write_bytes(pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
        for old in place.parent.glob("*.pickle"):
            old.unlink(missing_ok=True)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
