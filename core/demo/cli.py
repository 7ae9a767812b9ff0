"""`mikhak demo load`: for demo runs; production refuses."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from config.settings import Settings
from core.demo import cast
from core.demo.load import load as load_demo


@click.group()
def demo() -> None:
    """The demo's people and requests."""


@demo.command()
@with_appcontext
def load() -> None:
    """Make demo people and requests where there are none yet; print how to sign in."""
    settings: Settings = current_app.extensions["settings"]
    if settings.env == "production":
        raise click.ClickException("demo people are refused in production")
    load_demo(settings, _say)
    click.echo(sign_ins(settings))


def sign_ins(settings: Settings) -> str:
    """How to sign in, as a table for the terminal."""
    lines = [
        f"  Password of every demo person: {cast.PASSWORD}",
        f"  Second factor of staff: {settings.origin(f'mail.{settings.base_domain}')}/codes",
        "  Applicants, at /enter/password with their national ID, for example in London:",
    ]
    applicants = cast.remembered(settings).get("london", {})
    lines += [f"    {email:24} {national_id}" for email, national_id in applicants.items()]
    lines += [
        "  Staff of an office, at /desk (admin at /office), for example in London:",
    ]
    lines += [f"    {one.email('london'):24} {one.en}" for one in cast.STAFF]
    lines.append("  Ministry:")
    lines += [f"    {one.email('ministry'):24} {one.en}" for one in cast.MINISTRY]
    return "\n".join(lines)


def _say(what: str) -> None:
    """Progress goes to the terminal, beside what the command prints."""
    print(f"    {what}", file=sys.stderr, flush=True)


commands = [demo]
