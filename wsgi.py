"""The key: puts the floors together. `gunicorn wsgi:app`, `flask --app wsgi …`."""

import os

from blueprints import find_doors
from config.settings import load
from core.app import create_app
from core.cli import command_groups

app = create_app(load(os.environ), find_doors(), turnstile=True)
for command in command_groups():
    app.cli.add_command(command)
