"""`mikhak audit check` and `mikhak audit accept`: the trails as an operator sees them."""

import sys
from typing import Any

import click
from flask.cli import with_appcontext

from core.audit import actions, anchors, examination
from tenants.names import SHARED_SCHEMA
from tenants.registry import UnknownOffice
from tenants.scope import ministry, office


@click.group()
def audit() -> None:
    """The audit trails: whether they are whole."""


@audit.command()
@with_appcontext
def check() -> None:
    """Look through every trail; exit status 1 where one is broken."""
    broken = 0
    for name, fault in examination.faults():
        broken += 1
        click.echo(f"BAD  {name}: {fault}")
    if not broken:
        click.echo(f"ok   {len(examination.names())} trails are whole")
    sys.exit(1 if broken else 0)


@audit.command()
@click.argument("name", metavar="OFFICE|ministry")
@click.option("--because", "why", type=click.Choice(["restored", "new-key"]), required=True)
@with_appcontext
def accept(name: str, why: str) -> None:
    """Seal a trail as it is now: its backup was restored, or the secret key is a new one.

    Noted in the trail itself. What is broken inside the chain stays broken.
    """
    try:
        with _writing(name):
            actions.accept(why)
        with examination.scope_of(name):
            anchors.keep(anew=True)
    except UnknownOffice as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"the trail of {name} is sealed anew")


def _writing(name: str) -> Any:
    return ministry() if name == SHARED_SCHEMA else office(name)


commands = [audit]
