"""`mikhak staff …`: invite somebody to an office, and help who lost the second factor."""

import click
from flask.cli import with_appcontext

from core.actor import SYSTEM
from core.console import one_line
from core.errors import DomainError
from core.staff import actions, queries
from core.staff.roles import ROLES
from tenants.registry import UnknownOffice
from tenants.scope import office

OFFICE_ROLES = [role.code for role in ROLES.values() if not role.ministry]


@click.group()
def staff() -> None:
    """The people who work at an office."""


@staff.command()
@click.argument("slug", metavar="OFFICE")
@click.argument("email")
@click.option("--name-fa", required=True, help="The name in Persian.")
@click.option("--name-en", required=True, help="The name in Latin letters.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(OFFICE_ROLES),
    help="May be given several times.",
)
@click.option("--lang", type=click.Choice(["fa", "en"]), default="fa", show_default=True)
@with_appcontext
def invite(
    slug: str, email: str, name_fa: str, name_en: str, roles: tuple[str, ...], lang: str
) -> None:
    """Invite somebody to OFFICE; the link goes out by mail."""
    try:
        with office(slug):
            actions.invite(
                SYSTEM, email=email, name_fa=name_fa, name_en=name_en, roles=roles, lang=lang
            )
    except DomainError as error:
        raise click.ClickException(one_line(error)) from error
    except UnknownOffice as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{email} is invited to {slug}; the link is good for 7 days")


@staff.command("reset-second-factor")
@click.argument("slug", metavar="OFFICE")
@click.argument("email")
@with_appcontext
def reset_second_factor(slug: str, email: str) -> None:
    """End the second factor of EMAIL at OFFICE; a link for a new one goes out by mail."""
    try:
        with office(slug):
            person = queries.by_email(email)
            if person is None:
                raise click.ClickException(f"nobody at {slug} has the address {email}")
            actions.reset_second_factor(SYSTEM, person)
    except DomainError as error:
        raise click.ClickException(one_line(error)) from error
    except UnknownOffice as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{email} gets a link to set up a new second factor")


commands = [staff]
