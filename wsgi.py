"""The key: puts the floors together. `gunicorn wsgi:app`, `flask --app wsgi …`."""

import os
from importlib import import_module
from pkgutil import iter_modules

import blueprints
from config.settings import load
from core.app import create_app
from core.cli import command_groups
from core.web.door import Door


def doors() -> list[Door]:
    """Every package in blueprints/ shows its door, or its doors."""
    found: list[Door] = []
    for module in sorted(iter_modules(blueprints.__path__), key=lambda module: module.name):
        package = import_module(f"blueprints.{module.name}")
        found.extend(package.doors if hasattr(package, "doors") else [package.door])
    return found


app = create_app(load(os.environ), doors())
for command in command_groups():
    app.cli.add_command(command)
