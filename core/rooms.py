"""Rooms found by convention: what each offers lies in a module of a name that never varies."""

import pkgutil
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import core


@cache
def modules(name: str) -> tuple[ModuleType, ...]:
    """The module of that name (models, jobs, cli …) of every room that has one, in order."""
    rooms = sorted(room.name for room in pkgutil.iter_modules(core.__path__) if room.ispkg)
    found = [f"core.{room}.{name}" for room in rooms if find_spec(f"core.{room}.{name}")]
    return tuple(import_module(path) for path in found)
