"""Commands about the running house: `mikhak worker`, `mikhak doctor`, `mikhak db url|walls`."""

import json
import os
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from config.settings import Settings, load
from core.platform.doctor import examine
from core.platform.worker import work
from tenants.walls import superuser_sql


def _settings() -> Settings:
    return current_app.extensions["settings"]


@click.command()
@with_appcontext
def worker() -> None:
    """Do the jobs that the offices have put into their outbox, until stopped."""
    work(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@with_appcontext
def doctor(form: str) -> None:
    """Check configuration, connections, schema versions and isolation; say what to do."""
    findings = list(examine(_settings()))
    if form == "json":
        rows = [{"check": f.what, "well": f.well, "advice": f.advice} for f in findings]
        click.echo(json.dumps(rows, indent=1))
    else:
        for finding in findings:
            mark = "NOTE" if finding.reminder else "ok  " if finding.well else "BAD "
            click.echo(f"{mark} {finding.what} {finding.advice}".rstrip())
    sys.exit(0 if all(finding.well for finding in findings) else 1)


@click.group()
def db() -> None:
    """The database as an operator sees it."""


@db.command()
@click.option("--owner", is_flag=True, help="The login of provisioning and migrations.")
def url(owner: bool) -> None:
    """Print the address of the database, for psql: psql "$(mikhak db url)"."""
    settings = load(os.environ)
    click.echo(settings.owner_database_url if owner else settings.database_url)


@db.command(name="walls")
def walls_sql() -> None:
    """Print the SQL that a superuser runs once in the database of a server of your own."""
    for statement in superuser_sql():
        click.echo(f"{statement};")


commands = [worker, doctor, db]
