"""The doors: who comes in and what they see. Found by convention, there is no list of them."""

from importlib import import_module
from pkgutil import iter_modules

from core.web.door import Door


def find_doors() -> list[Door]:
    """Every package here shows its `door`, or its `doors`."""
    found: list[Door] = []
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        package = import_module(f"blueprints.{module.name}")
        found.extend(package.doors if hasattr(package, "doors") else [package.door])
    return found
