"""`mikhak offices export`, `restore`, `erase`: one office as one file, back again, and gone."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from core.archive.envelope import BadArchive, Header, Lock, PassphraseLock, RootLock
from core.archive.erasing import NotYet, erase
from core.archive.exporting import export
from core.archive.restoring import restore
from core.console import one_line
from core.documents.cabinet import cabinet
from core.errors import DomainError
from tenants.cli import formatted, offices, slug_argument
from tenants.names import BadSlug
from tenants.progress import Line
from tenants.provisioning import CannotOpen
from tenants.registry import UnknownOffice

passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file whose first line is the passphrase.",
)
REFUSALS = (BadArchive, BadSlug, CannotOpen, UnknownOffice, OSError)


@offices.command("export")
@slug_argument
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file.",
)
@click.option("--passphrase", "asked", is_flag=True, help="Ask for a passphrase.")
@passphrase_file
@click.option("--skip-missing", is_flag=True, help="Documents that are gone count as erased.")
@formatted
@with_appcontext
def export_(
    slug: str,
    target: Path,
    asked: bool,
    passphrase_file: Path | None,
    skip_missing: bool,
    form: str,
) -> None:
    """Write an office, rows and documents, into one sealed file.

    It is sealed with this installation's root key, or with a passphrase so that it can be restored
    in another installation. The office works on meanwhile.
    """
    try:
        lock = _lock(asked, passphrase_file)
        settings = current_app.extensions["settings"]
        account = export(settings, slug, target, lock, Line().tell, skip_missing=skip_missing)
    except DomainError as error:
        raise click.ClickException(one_line(error)) from error
    except REFUSALS as error:
        raise click.ClickException(str(error)) from error
    _show(account, form, f"{slug} is in {target}, sealed with the {lock.kind}")


@offices.command("restore")
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--as", "as_slug", metavar="SLUG", help="Under another name: a copy, suspended.")
@passphrase_file
@formatted
@with_appcontext
def restore_(path: Path, as_slug: str | None, passphrase_file: Path | None, form: str) -> None:
    """Open the office that is in FILE, wholly or not at all."""

    def lock_for(header: Header) -> Lock:
        return _lock(header.lock == PassphraseLock.kind, passphrase_file, again=False)

    try:
        wanted = as_slug.replace("-", "_") if as_slug else None
        back = restore(current_app.extensions["settings"], path, lock_for, wanted)
    except DomainError as error:
        raise click.ClickException(one_line(error)) from error
    except REFUSALS as error:
        raise click.ClickException(str(error)) from error
    _show(back.account, form, f"{back.slug} is back and {back.status}; everybody signs in anew")
    for host in back.other_hosts:
        click.echo(f"{host} led to it: `mikhak offices hosts add {back.slug} {host}`", err=True)


@offices.command("erase")
@slug_argument
@click.option("--yes", is_flag=True, help="Don't ask again on the terminal.")
@formatted
@with_appcontext
def erase_(slug: str, yes: bool, form: str) -> None:
    """Erase a closed office for good, if two people of the ministry have confirmed it.

    Seven days after the closing at the earliest. Archives of it that you keep stay yours to delete.
    """
    if not yes:
        click.confirm(f"Erase {slug} with everything in it?", abort=True, err=True)
    try:
        record = erase(current_app.extensions["settings"], slug, Line().tell)
    except DomainError as error:
        raise click.ClickException(one_line(error)) from error
    except (NotYet, *REFUSALS) as error:
        raise click.ClickException(str(error)) from error
    if form == "json":
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        click.echo(f"{slug} is erased; the signed record is {record['erasure']}")


def _lock(asked: bool, file: Path | None, *, again: bool = True) -> Lock:
    if file is not None:
        return PassphraseLock(file.read_text(encoding="utf-8").partition("\n")[0])
    if asked:
        typed = click.prompt("Passphrase", hide_input=True, confirmation_prompt=again, err=True)
        return PassphraseLock(typed)
    return RootLock(cabinet().root_key)


def _show(account: dict[str, dict[str, int]], form: str, sentence: str) -> None:
    """The account as JSON for scripts, one sentence for people."""
    if form == "json":
        click.echo(json.dumps(account, indent=1))
        return
    rows = sum(entry["count"] for name, entry in account.items() if name.startswith("table "))
    objects = account.get("documents", {"count": 0})["count"]
    click.echo(f"{sentence}: {rows} rows, {objects} objects of documents")


commands: list[click.Command] = []
