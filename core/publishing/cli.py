"""`mikhak catalogue publish`, `diff`, `retire` and `return`: versions, and what is withdrawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from core.actor import SYSTEM
from core.catalogue import differences, reader
from core.catalogue.cli import catalogue
from core.catalogue.definition import Definition
from core.catalogue.in_words import Plain
from core.errors import Conflict, Invalid, NotFound
from core.publishing import actions, national, queries, retiring
from tenants.scope import ministry

language = click.option("--lang", type=click.Choice(["fa", "en"]), default="en", show_default=True)


@catalogue.command("publish", help="Store each new version for good; without codes, of all.")
@click.argument("codes", nargs=-1, metavar="[CODE]…")
@with_appcontext
def publish(codes: tuple[str, ...]) -> None:
    """Exit status 1 when a version that was published says other things now."""
    wanted = [_file(code) for code in codes] or [
        file for code, file in _offered().items() if code not in national.retired()
    ]
    try:
        with force_locale("en"), ministry():
            new = actions.publish(SYSTEM, wanted)
    except Conflict as error:
        raise click.ClickException(str(error.sentence)) from error
    for definition in new:
        click.echo(f"{definition.code} version {definition.version} {definition.hash[:12]}")
    click.echo(f"{len(new)} published." if new else "Nothing is new.")


@catalogue.command("retire", help="Withdraw a service from all offices; what was filed goes on.")
@click.argument("code")
@click.option("--reason", required=True, help="For the record; name no person.")
@click.option("--told-fa", required=True, help="What the public is told to do instead, in Persian.")
@click.option("--told-en", required=True, help="The same in English.")
@click.option("--successor", default="", metavar="CODE", help="The service in its place.")
@with_appcontext
def retire(code: str, reason: str, told_fa: str, told_en: str, successor: str) -> None:
    """In force everywhere within two seconds."""
    told = {"fa": told_fa, "en": told_en}
    with _refusals(code, "withdrawn already"):
        retiring.retire(SYSTEM, code, reason=reason, told=told, successor=successor)
    click.echo(f"{code} is withdrawn.")


@catalogue.command("return", help="Offer a withdrawn service again.")
@click.argument("code")
@click.option("--reason", required=True, help="For the record; name no person.")
@with_appcontext
def bring_back(code: str, reason: str) -> None:
    """In force everywhere within two seconds; publishing a new version does it too."""
    with _refusals(code, "offered already"):
        retiring.bring_back(SYSTEM, code, reason=reason)
    click.echo(f"{code} is offered again.")


@contextmanager
def _refusals(code: str, already: str) -> Iterator[None]:
    """The ministry's scope; why something is refused, in a line each."""
    try:
        with force_locale("en"), ministry():
            yield
    except Invalid as error:
        told = "\n".join(f"{name}: {said}" for name, said in error.errors.items())
        raise click.ClickException(told) from error
    except NotFound as error:
        raise click.ClickException(f"There is no service “{code}”") from error
    except Conflict as error:
        raise click.ClickException(f"{code} is {already}.") from error


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


commands: list[click.Command] = []  # they belong to the catalogue's own group
