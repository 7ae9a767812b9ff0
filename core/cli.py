"""The console script `mikhak`: every room that has commands shows them in its cli.py.

Exit status: 0 done, 1 failed with one clear line, 2 wrong usage.
"""

import sys
from importlib import import_module

import click
import psycopg
from flask.cli import ScriptInfo
from redis import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError

from config.settings import SettingsError
from core import rooms
from core.console import one_line, unanswered
from core.errors import DomainError
from core.platform.processes import PlatformError
from tenants.registry import UnknownOffice

UNANSWERED = (InterfaceError, OperationalError, psycopg.OperationalError, RedisError)


def command_groups() -> list[click.Command]:
    """The commands of tenants/cli.py and of every core/*/cli.py."""
    modules = [import_module("tenants.cli"), *rooms.modules("cli")]
    return [command for module in modules for command in module.commands]


class Mikhak(click.Group):
    """Collects the commands only when one is wanted, and says failures in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._collect()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._collect()
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except DomainError as error:
            raise click.ClickException(one_line(error)) from error
        except (PlatformError, SettingsError, UnknownOffice) as error:
            raise click.ClickException(str(error)) from error
        except UNANSWERED as error:
            raise click.ClickException(unanswered(error)) from error

    def _collect(self) -> None:
        if not self.commands:
            for command in command_groups():
                self.add_command(command)


@click.group(cls=Mikhak, name="mikhak", context_settings={"help_option_names": ["-h", "--help"]})
def mikhak() -> None:
    """Mikhak: consular offices, each behind its own walls."""


def main() -> None:
    """Entry point of the console script."""
    # Commands that need the application say `@with_appcontext`, here as under `flask --app wsgi`.
    application = ScriptInfo(create_app=lambda: import_module("wsgi").app)
    sys.exit(mikhak.main(prog_name="mikhak", obj=application))


if __name__ == "__main__":
    main()
