"""The commands `mikhak offices …` that need nothing above the ground floor.

`open`, which invites the first admin, is added to the group by core/oversight/cli.py; a command
added there under a name that exists here takes its place.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask, has_app_context

from config.settings import load
from tenants import database, lifecycle, registry
from tenants.migrations import runner
from tenants.migrations.steps import head
from tenants.progress import Line
from tenants.registry import UnknownOffice
from tenants.scope import ministry

formatted = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


on_change: list[Callable[[str, str], None]] = []
"""Told each change and its office, inside the transaction; the rooms above add theirs."""

slug_argument = click.argument(
    "slug", callback=lambda _context, _parameter, given: given.replace("-", "_")
)


@contextmanager
def application() -> Iterator[None]:
    """An application context with the database, the running one where there is one."""
    if has_app_context():
        yield
        return
    app, settings = Flask("mikhak"), load(os.environ)
    app.config["SECRET_KEY"] = settings.secret_key  # the seal of the trail needs it
    database.init_app(app, settings, threads=1)
    with app.app_context():
        yield


@contextmanager
def one_line() -> Iterator[None]:
    """Turn a refusal into one clear line and exit status 1."""
    try:
        yield
    except (UnknownOffice, lifecycle.Refused) as error:
        raise click.ClickException(str(error)) from error


def show(rows: Sequence[dict[str, Any]], form: str) -> None:
    """Print rows as JSON or as a plain table."""
    if form == "json":
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2))
        return
    if not rows:
        return
    lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@click.group()
def offices() -> None:
    """The offices: open, migrate, suspend, close, host names."""


@offices.command("list")
@formatted
def list_offices(form: str) -> None:
    """All offices with status, schema version and host names."""
    with application():
        expected = head("office")
        rows = [
            {
                "slug": office.slug,
                "name": office.name["en"],
                "status": office.status,
                "schema_version": office.schema_version,
                "behind": office.schema_version < expected,
                "hosts": list(office.hosts) if form == "json" else " ".join(office.hosts),
            }
            for office in registry.all_offices()
        ]
    show(rows, form)


@offices.command()
@click.option("--canary", help="The office that goes first, alone; when it breaks, nobody follows.")
@click.option("--parallel", type=click.IntRange(1, 32), default=1, show_default=True)
@formatted
def migrate(canary: str | None, parallel: int, form: str) -> None:
    """Bring the shared schema and all offices to this release; repeat it after any failure."""
    settings = load(os.environ)
    plan = runner.Plan(parallel=parallel, canary=canary and canary.replace("-", "_"))
    with one_line():
        report = runner.migrate(settings.owner_database_url, plan, Line().tell)
    if form == "json":
        rows = {"shared": report.shared_steps, "done": report.done, "skipped": report.skipped}
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif report.shared_steps or report.done or report.skipped:
        click.echo(f"shared steps {report.shared_steps}, offices {len(report.done)}")
    else:
        click.echo("nothing to do")
    if not report.complete:
        names = "; ".join(f"{slug}: {why}" for slug, why in report.skipped.items())
        raise click.ClickException(f"not migrated, run again: {names}")


@offices.command()
@slug_argument
def suspend(slug: str) -> None:
    """Close an office to the public for the time being."""
    _change("suspended", slug, lambda: lifecycle.suspend(slug))
    click.echo(f"{slug} is suspended")


@offices.command()
@slug_argument
def resume(slug: str) -> None:
    """Open a suspended office again."""
    _change("resumed", slug, lambda: lifecycle.resume(slug))
    click.echo(f"{slug} is active")


@offices.command()
@slug_argument
@click.option("--successor", required=True, help="The office that takes over open cases.")
def close(slug: str, successor: str) -> None:
    """Close an office for good; its data stays."""
    successor = successor.replace("-", "_")
    _change("closed", slug, lambda: lifecycle.close(slug, successor))
    click.echo(f"{slug} is closed, {successor} takes over")


@offices.group()
def hosts() -> None:
    """Host names that lead to an office."""


@hosts.command("list")
@slug_argument
@formatted
def list_hosts(slug: str, form: str) -> None:
    """The host names of an office."""
    with application(), one_line():
        show([{"host": host} for host in registry.get(slug).hosts], form)


@hosts.command("add")
@slug_argument
@click.argument("host")
def add_host(slug: str, host: str) -> None:
    """Let a host name lead to an office."""
    _change("host_added", slug, lambda: lifecycle.add_host(slug, host))
    click.echo(f"{host} leads to {slug}")


@hosts.command("remove")
@slug_argument
@click.argument("host")
def remove_host(slug: str, host: str) -> None:
    """Take a host name away from an office."""
    _change("host_removed", slug, lambda: lifecycle.remove_host(slug, host))
    click.echo(f"{host} leads nowhere now")


def _change(name: str, slug: str, act: Callable[[], object]) -> None:
    """Do it as the ministry; whoever keeps the trail notes it in the same transaction."""
    with application(), one_line():
        with ministry():
            act()
            for note in on_change:
                note(name, slug)
        registry.forget()


commands = [offices]
