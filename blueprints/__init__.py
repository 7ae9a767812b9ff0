"""The doors: who comes in and what they see. Found by convention, there is no list of them."""

from collections.abc import Collection
from importlib import import_module
from pkgutil import iter_modules

from core.web.door import Door


def find_doors(only: Collection[str] | None = None) -> list[Door]:
    """Every package here (or only those named) shows its `door`, or its `doors`."""
    found: list[Door] = []
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        if only is not None and module.name not in only:
            continue
        package = import_module(f"blueprints.{module.name}")
        found.extend(package.doors if hasattr(package, "doors") else [package.door])
    return found
