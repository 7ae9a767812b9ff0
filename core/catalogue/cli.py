"""`mikhak catalogue …`: check the definition files, list them, show one."""

import json
from pathlib import Path

import click

from core.catalogue import coverage, reader
from core.catalogue.definition import Definition


@click.group("catalogue", help="The services of the consulate, as data.")
def catalogue() -> None:
    """Commands about config/catalogue."""


@catalogue.command("check", help="Check every definition; exit status 1 with all faults.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
                default=reader.FOLDER)  # fmt: skip
@click.option(
    "--coverage",
    "covered",
    is_flag=True,
    help="Also fail where no sample reaches something, and say what.",
)
def check(folder: Path, covered: bool) -> None:
    """Prints each fault with file, line and remedy."""
    good, faults = reader.check_all(folder)
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        raise click.exceptions.Exit(1)
    click.echo(f"{len(good)} definitions, no faults.")
    if covered:
        report = coverage.report(good.values())
        click.echo("\n".join(report.lines()))
        if not report.whole:
            raise click.exceptions.Exit(1)


@catalogue.command("list", help="Every service with its code, reference, version and flow.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def list_services(form: str) -> None:
    """One line a service."""
    rows = [_row(item) for item in _load().values()]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in sorted(rows, key=lambda row: (row["group"], row["ref"])):
        click.echo(f"{row['ref']:<5} {row['code']:<34} v{row['version']:<3} {row['flow']}  "
                   f"{row['title']}")  # fmt: skip


@catalogue.command("show", help="One service: its sections, questions, documents and fees.")
@click.argument("code")
@click.option("--lang", type=click.Choice(["fa", "en"]), default="en")
def show(code: str, lang: str) -> None:
    """Everything that a definition asks, as an outline."""
    definition = _load().get(code)
    if definition is None:
        raise click.ClickException(f"There is no service “{code}”; see: mikhak catalogue list")
    click.echo(f"{definition.title[lang]} ({definition.ref}, version {definition.version})")
    click.echo(f"hash {definition.hash}")
    for section in definition.sections:
        click.echo(f"\n{section.title[lang]}")
        for field in section.fields:
            mark = "" if field.when is None else " ?"
            click.echo(f"  {field.key:<24} {field.type:<12}{mark} {field.label[lang]}")
    click.echo("\n" + ", ".join(rule.key for rule in definition.documents))


def _load() -> dict[str, Definition]:
    try:
        return dict(reader.load_all())
    except reader.CatalogueError as error:
        raise click.ClickException(str(error)) from error


def _row(item: Definition) -> dict[str, object]:
    return {"code": item.code, "ref": item.ref, "version": item.version, "group": item.group,
            "flow": item.flow.name, "title": item.title["en"], "hash": item.hash}  # fmt: skip


commands = [catalogue]
