"""`mikhak ministry …`, and `mikhak offices open`, which does what the ministry's page does."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from core.actor import SYSTEM
from core.errors import DomainError
from core.oversight import actions, queries
from core.staff import actions as people
from core.staff.cli import one_line
from core.staff.roles import ROLES
from tenants.cli import offices, on_change
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
@click.argument("slug")
@click.option("--admin-email", required=True, help="The first admin, invited by mail.")
@click.option("--admin-name-fa", help="The admin's name in Persian.")
@click.option("--admin-name-en", help="The admin's name in Latin letters.")
@click.option("--lang", type=click.Choice(["fa", "en"]), default="fa", show_default=True)
@with_appcontext
def open_(
    slug: str, admin_email: str, admin_name_fa: str | None, admin_name_en: str | None, lang: str
) -> None:
    """Open an office of the reference list; repeat it after any failure."""
    try:
        office = queries.reference_office(slug)
    except DomainError as error:
        raise click.ClickException(f"the reference list knows no office {slug!r}") from error
    admin = actions.FirstAdmin(
        email=admin_email,
        name_fa=admin_name_fa or f"راهبر {office.city['fa']}",
        name_en=admin_name_en or f"Admin of {office.city['en']}",
        lang=lang,
    )
    settings = current_app.extensions["settings"]
    try:
        opened = actions.open_office(SYSTEM, settings, office, admin, _tell)
    except DomainError as error:
        raise click.ClickException(one_line(error)) from error
    click.echo(f"{office.slug} is open" if opened else f"{office.slug} was open already")


def _tell(stage: str) -> None:
    """Progress for somebody who watches; scripts hear nothing."""
    if sys.stderr.isatty():
        click.echo(f"  {stage.replace('_', ' ')}", err=True)


on_change.append(actions.note_command)
commands = [ministry]
