"""`mikhak keys rotate` and `mikhak keys root`: changing keys while the house is open."""

import time

import click
from flask.cli import with_appcontext

from core.documents import rotation
from core.documents.keys import Tampered
from tenants import registry
from tenants.registry import UnknownOffice
from tenants.scope import ministry, office

# Whoever took the former key in hand to write has written by then: no request lives longer.
LONGEST_REQUEST = 65


@click.group()
def keys() -> None:
    """The keys of documents: each its own, wrapped by the office's, wrapped by the root key."""


@keys.command()
@click.argument("slug", metavar="OFFICE")
@click.option("--pause", type=float, default=LONGEST_REQUEST, show_default=True, help="Seconds.")
@with_appcontext
def rotate(slug: str, pause: float) -> None:
    """Change an office's key; documents stay readable all the while. Killed, run it again."""
    slug = slug.replace("-", "_")
    try:
        registry.get(slug)
    except UnknownOffice as error:
        raise click.ClickException(str(error)) from error
    with ministry():
        rotation.begin(slug)
    registry.forget()
    changed = _rewrap(slug)
    time.sleep(pause)
    changed += _rewrap(slug)
    left = _rewrap(slug)
    with ministry():
        rotation.finish(slug, left)
    registry.forget()
    click.echo(f"{slug} has a new key; {changed} documents are wrapped by it")


@keys.command()
@with_appcontext
def root() -> None:
    """Wrap all offices' keys by MIKHAK_ROOT_KEY; the one before is MIKHAK_OTHER_ROOT_KEY.

    First give every process the new key as the other one and restart, then exchange the two and
    restart, then run this, then take the other one away.
    """
    try:
        with ministry():
            changed = rotation.rewrap_by_root()
    except Tampered as error:
        raise click.ClickException("an office's key is wrapped by neither root key") from error
    registry.forget()
    click.echo(f"{len(changed)} offices' keys are now wrapped by the root key")


def _rewrap(slug: str) -> int:
    with office(slug):
        return rotation.rewrap()


commands = [keys]
