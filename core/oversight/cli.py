"""`mikhak ministry …`, and `mikhak offices open`, which does what the ministry's page does."""

from collections.abc import Callable

import click
from flask import current_app
from flask.cli import with_appcontext

from core.actor import SYSTEM
from core.console import one_line
from core.errors import DomainError
from core.oversight import actions, queries
from core.staff import actions as people
from core.staff.roles import ROLES
from tenants import names
from tenants.cli import offices, on_change
from tenants.progress import Line, watched
from tenants.reference import NewOffice
from tenants.scope import ministry as ministry_scope

MINISTRY_ROLES = [role.code for role in ROLES.values() if role.ministry]


@click.group()
def ministry() -> None:
    """The people of the ministry."""


@ministry.command()
@click.argument("email")
@click.option("--name-fa", required=True, help="The name in Persian.")
@click.option("--name-en", required=True, help="The name in Latin letters.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    default=["superadmin"],
    show_default=True,
    type=click.Choice(MINISTRY_ROLES),
    help="May be given several times.",
)
@click.option("--lang", type=click.Choice(["fa", "en"]), default="fa", show_default=True)
@with_appcontext
def invite(email: str, name_fa: str, name_en: str, roles: tuple[str, ...], lang: str) -> None:
    """Invite somebody to the ministry; the link goes out by mail."""
    try:
        with ministry_scope():
            people.invite(
                SYSTEM, email=email, name_fa=name_fa, name_en=name_en, roles=roles, lang=lang
            )
    except DomainError as error:
        raise click.ClickException(one_line(error)) from error
    click.echo(f"{email} is invited to the ministry; the link is good for 7 days")


@offices.command("open")
@click.argument("slug", required=False)
@click.option("--all", "everyone", is_flag=True, help="All that the reference list calls active.")
@click.option(
    "--admin-email", help="The first admin, invited by mail; {slug} stands for the office."
)
@click.option("--admin-name-fa", help="The admin's name in Persian.")
@click.option("--admin-name-en", help="The admin's name in Latin letters.")
@click.option("--lang", type=click.Choice(["fa", "en"]), default="fa", show_default=True)
@with_appcontext
def open_(slug: str | None, everyone: bool, **admin: str | None) -> None:
    """Open an office of the reference list, or --all of them; repeat it after any failure."""
    if bool(slug) == everyone:
        raise click.UsageError("name one office, or say --all")
    if everyone:
        _open_all(admin)
        return
    assert slug is not None
    if not admin["admin_email"]:
        raise click.UsageError("--admin-email is needed: somebody must run the office")
    try:
        office = queries.reference_office(slug)
    except DomainError as error:
        raise click.ClickException(f"the reference list knows no office {slug!r}") from error
    try:
        opened = _open_one(office, admin, _tell)
    except DomainError as error:
        raise click.ClickException(one_line(error)) from error
    click.echo(f"{office.slug} is open" if opened else f"{office.slug} was open already")


def _open_all(admin: dict[str, str | None]) -> None:
    """One after the other; whatever can't be opened is named at the end and holds up nobody."""
    waiting = queries.active_but_not_here()
    line, failed = Line(), {}
    for number, office in enumerate(waiting, 1):
        try:
            _open_one(office, admin, lambda _stage: None)
        except DomainError as error:
            failed[office.slug] = one_line(error)
        line.tell(number, len(waiting), office.slug)
    click.echo(
        f"{len(waiting) - len(failed)} opened" if waiting else "all of them are here already"
    )
    if failed:
        names = "; ".join(f"{slug}: {why}" for slug, why in failed.items())
        raise click.ClickException(f"not opened, run again: {names}")


def _open_one(
    office: NewOffice, admin: dict[str, str | None], progress: Callable[[str], None]
) -> bool:
    email = (admin["admin_email"] or "").replace("{slug}", names.host_label(office.slug))
    first = actions.FirstAdmin(
        email=email,
        name_fa=admin["admin_name_fa"] or f"راهبر {office.city['fa']}",
        name_en=admin["admin_name_en"] or f"Admin of {office.city['en']}",
        lang=admin["lang"] or "fa",
    )
    settings = current_app.extensions["settings"]
    return actions.open_office(SYSTEM, settings, office, first if email else None, progress)


def _tell(stage: str) -> None:
    """Progress for somebody who watches; scripts hear nothing."""
    if watched():
        click.echo(f"  {stage.replace('_', ' ')}", err=True)


on_change.append(actions.note_command)
commands = [ministry]
