"""The parts of a running Mikhak: what is started, in which order, and how it is kept alive."""

import os
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from core.platform.homes import private_folder
from core.platform.nursery import Programs
from core.platform.processes import PlatformError, Process, last_lines, stop

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# A part that ran this long is taken for healthy: its next pause is short again.
HEALTHY_AFTER = 20.0


class Server(Protocol):
    """What the supervisor asks of a part."""

    @property
    def process(self) -> Process | None: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Program:
    """One of our own programs: `module:function` with its arguments."""

    def __init__(
        self,
        name: str,
        entry: str,
        arguments: Sequence[str],
        home: Path,
        programs: Programs,
        handed: Mapping[str, int] | None = None,
    ) -> None:
        self.entry, self.arguments, self.programs = entry, arguments, programs
        self.handed = handed  # open files of ours that it goes on with, by their names
        self.log = private_folder(home / "log") / f"{name}.log"
        self.process: Process | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = self.programs.start(
                self.entry,
                self.arguments,
                output=log.fileno(),
                errors=log.fileno(),
                environ=dict(os.environ),
                handed=self.handed,
            )

    def stop(self) -> None:
        if self.process:
            stop(self.process, signal.SIGTERM)


class MailSink(Program):
    """The demo's mail server on a port of its own."""

    def __init__(self, home: Path, programs: Programs) -> None:
        self.port = free_port()
        arguments = [str(self.port), str(private_folder(home) / "mail")]
        super().__init__("mail", "core.platform.mail:main", arguments, home, programs)

    def start(self) -> None:
        """Start it and wait until it greets."""
        super().start()
        assert self.process is not None
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise PlatformError(f"The demo's mail server did not start:\n{last_lines(self.log)}")


class Kept:
    """A part that is started again when it died: at once, and after ever longer pauses when it
    keeps dying."""

    def __init__(self, name: str, server: Server, say: Callable[[str], None]) -> None:
        self.name, self.server, self.say = name, server, say
        self.pause = 0.0
        self.started = self.next_try = 0.0
        self.down = False

    def start(self) -> None:
        self.started = time.monotonic()
        self.server.start()

    def look(self) -> None:
        """Notice a death, and bring the part back when its pause is over."""
        process, now = self.server.process, time.monotonic()
        if not self.down and process is not None and process.poll() is not None:
            if now - self.started > HEALTHY_AFTER:
                self.pause = 0.0
            self.down, self.next_try = True, now + self.pause
            self.say(f"{self.name} ended ({_how(process)}); starting it again.")
            self._wait_longer()
        if self.down and now >= self.next_try:
            self._bring_back()

    def ask_to_stop(self) -> None:
        """The first, polite signal, so that several parts end at the same time."""
        process = self.server.process
        if process and process.poll() is None:
            process.terminate()

    def _bring_back(self) -> None:
        try:
            self.start()
            self.down = False
        except (PlatformError, OSError) as error:  # a full disk too: it is tried again
            self.say(str(error))
            self.next_try = time.monotonic() + self.pause
            self._wait_longer()

    def _wait_longer(self) -> None:
        self.pause = min(max(2 * self.pause, FIRST_PAUSE), LONGEST_PAUSE)


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _how(process: Process) -> str:
    code = process.returncode or 0
    return f"signal {-code}" if code < 0 else f"status {code}"
