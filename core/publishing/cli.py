"""`mikhak catalogue publish` and `mikhak catalogue diff`: the versions that are kept for good."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from core.actor import SYSTEM
from core.catalogue import differences, reader
from core.catalogue.cli import catalogue
from core.catalogue.definition import Definition
from core.catalogue.in_words import Plain
from core.errors import Conflict
from core.publishing import actions, national, queries
from tenants.scope import ministry

language = click.option("--lang", type=click.Choice(["fa", "en"]), default="en", show_default=True)


@catalogue.command("publish", help="Store each new version for good; without codes, of all.")
@click.argument("codes", nargs=-1, metavar="[CODE]…")
@with_appcontext
def publish(codes: tuple[str, ...]) -> None:
    """Exit status 1 when a version that was published says other things now."""
    wanted = [_file(code) for code in codes] or list(_offered().values())
    try:
        with force_locale("en"), ministry():
            new = actions.publish(SYSTEM, wanted)
    except Conflict as error:
        raise click.ClickException(str(error.sentence)) from error
    for definition in new:
        click.echo(f"{definition.code} version {definition.version} {definition.hash[:12]}")
    click.echo(f"{len(new)} published." if new else "Nothing is new.")


@catalogue.command("diff", help="What the file says otherwise than an older version.")
@click.argument("code")
@click.argument("old", required=False, metavar="[HASH|FILE]")
@language
@with_appcontext
def diff(code: str, old: str | None, lang: str) -> None:
    """OLD is a file or the beginning of a published hash; without it, what was published last."""
    file = _file(code)
    with force_locale(lang):
        changes = differences.between(_older(code, old), file)
        for change in changes:
            click.echo(change.text)
    if not changes:
        click.echo("No difference.")


def _older(code: str, old: str | None) -> Definition | Plain:
    if old and Path(old).is_file():
        try:
            return reader.parse(Path(old), walk=False)
        except reader.CatalogueError as error:
            raise click.ClickException(str(error)) from error
    with ministry():
        row = queries.by_hash(old) if old else next(iter(queries.history(code)), None)
        if row is not None and row.code == code:
            return row.content
    told = f"no version of {code} has such a hash" if old else f"{code} was never published"
    raise click.ClickException(told)


def _file(code: str) -> Definition:
    found = _offered().get(code)
    if found is None:
        raise click.ClickException(f"There is no service “{code}”; see: mikhak catalogue list")
    return found


def _offered() -> dict[str, Definition]:
    try:
        return dict(national.files())
    except reader.CatalogueError as error:
        raise click.ClickException(str(error)) from error


commands: list[click.Command] = []  # both belong to the catalogue's own group
