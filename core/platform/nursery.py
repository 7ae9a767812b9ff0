"""Our programs, born from a mother that has loaded the house: `python -m core.platform.nursery`.

A part that died is back in a moment instead of seconds, and what all of them load is in memory
once. The mother has no connection and serves nobody. Each child gets the environment and the files
of its program and becomes the supervisor's own (Linux: by adoption), so that it is watched and
ended as any other child, and outlives the mother.
"""

import ctypes
import gc
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from setproctitle import getproctitle, setproctitle

from core import nursery
from core.platform.homes import private_folder
from core.platform.launch import die_with_parent
from core.platform.processes import (
    ROOT,
    PlatformError,
    Process,
    inherited,
    last_lines,
    spawn,
    stop,
)

MOTHER = [sys.executable, "-m", "core.platform.nursery"]
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Birth:
    """What becomes of a child: `module:function` with arguments, and whose child it is."""

    entry: str
    arguments: Sequence[str]
    environ: dict[str, str]
    handed: Sequence[str]
    parent: int

    def live(self, files: Sequence[int]) -> None:
        """Become the program, with these files as output, errors and what is handed to it.

        The first file says whether the supervisor knows of us: who is not known, nobody watches.
        """
        known, output, errors, *handed = files
        if not os.read(known, 1):
            return
        os.close(known)
        os.setsid()
        die_with_parent("SIGTERM", self.parent)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _connect(output, errors)
        os.environ.clear()
        # What is handed keeps the number that it came with: any other could be in use.
        os.environ.update(self.environ | _numbers(self.handed, handed))
        sys.argv = [self.entry, *self.arguments]
        setproctitle(" ".join(["mikhak", *sys.argv]))
        pkgutil.resolve_name(self.entry)()


class Child:
    """A process that is ours by adoption, with the face of a `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status (negative: a signal) once it has ended."""
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:  # buried by somebody else, as `Popen` has it
                pid, status = self.pid, 0
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        deadline = time.monotonic() + timeout if timeout is not None else float("inf")
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(0.02)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Programs:
    """Starts our programs for the supervisor; call it from its main thread."""

    def __init__(self, log: Path) -> None:
        """What the mother has to say goes to the log."""
        self.log = log
        self._nursery = nursery.Nursery(self._mother)

    def wake(self) -> None:
        """Let the mother load while something else is done."""
        if _can_adopt():
            self._nursery.wake()

    def start(
        self,
        entry: str,
        arguments: Sequence[str],
        *,
        output: int,
        errors: int,
        environ: dict[str, str],
        handed: Mapping[str, int] | None = None,
    ) -> Process:
        """Start `module:function` with these open files. Raises PlatformError.

        `handed` are more files that it goes on with, by the names under which its environment tells
        their numbers.
        """
        names, files = list(handed or ()), list((handed or {}).values())
        try:
            if _can_adopt():
                birth = Birth(entry, arguments, environ, names, os.getpid())
                return self._adopt(birth, [output, errors, *files])
            return subprocess.Popen(
                [*MOTHER, entry, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                cwd=ROOT,
                env=environ | _numbers(names, files),
                start_new_session=True,
                pass_fds=[*inherited, *files],
            )
        except OSError as error:
            raise PlatformError(f"{entry} did not start:\n{last_lines(self.log, 15)}") from error

    def bury(self, ours: Collection[int]) -> None:
        """Take one who has ended and is none of ours off the list of processes.

        Whoever lost its parent while a child of ours was born has become ours as well.
        """
        if not _can_adopt():
            return
        with suppress(ChildProcessError):
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended and ended.si_pid not in ours:
                os.waitpid(ended.si_pid, 0)

    def _adopt(self, birth: Birth, files: Sequence[int]) -> Child:
        known, tell = os.pipe()
        try:
            with _adopting():
                wish = json.dumps(asdict(birth)).encode()
                child = Child(self._nursery.child([known, *files], wish))
            os.write(tell, b"!")
            return child
        finally:
            os.close(known)
            os.close(tell)

    def close(self) -> None:
        """Let the mother go; her children stay."""
        if mother := self._nursery.mother:
            stop(mother, signal.SIGTERM)

    def _mother(self, control: int) -> subprocess.Popen[bytes]:
        private_folder(self.log.parent)
        command = [*MOTHER, str(control)]
        return spawn(command, log=self.log, cwd=ROOT, environ=os.environ, handed=[control])


def load() -> None:
    """Everything that our programs need and that is the same for all."""
    # By name: the platform starts what stands above it, as `wsgi` does.
    import_module("blueprints").find_doors()
    import_module("core.cli").command_groups()
    for name in ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "core.outbox.relay"):
        import_module(name)
    for service in import_module("core.catalogue.reader").load_all().values():
        _ = service.hash
    getproctitle()  # finds its room now, before the environment is another
    gc.collect()
    gc.freeze()  # shared with the children for as long as nobody looks through it


def serve(control: socket.socket) -> tuple[Birth, list[int]] | None:
    """Fork a child for each wish. Returns in the child, and None when the supervisor is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the supervisor
    while wish := nursery.next_wish(control):
        told, files = wish
        reads, writes = os.pipe()
        midwife = os.fork()
        if midwife == 0:
            if child := os.fork():
                os.write(writes, nursery.PID.pack(child))
                os._exit(0)
            control.close()
            os.close(reads)
            os.close(writes)
            return Birth(**json.loads(told)), files
        os.close(writes)
        pid = nursery.PID.unpack(os.read(reads, nursery.PID.size))[0]
        os.close(reads)
        os.waitpid(midwife, 0)  # then the child is the supervisor's
        nursery.answer(control, pid, files)
    return None


def _connect(output: int, errors: int) -> None:
    """Let the three usual files be nothing to read, the output and the errors."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, output, errors)):
        os.dup2(file, number)
        os.close(file)


def _numbers(names: Sequence[str], files: Sequence[int]) -> dict[str, str]:
    return {name: str(file) for name, file in zip(names, files, strict=True)}


def _can_adopt() -> bool:
    """Only Linux lets a process take its grandchildren for its own."""
    return sys.platform.startswith("linux")


@contextmanager
def _adopting() -> Iterator[None]:
    """Whoever among our descendants loses its parent becomes our child meanwhile."""
    prctl: Any = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "children cannot be adopted here")
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def main() -> None:
    """The mother, who is told a socket; or one program alone, by its entry and arguments."""
    first, *rest = sys.argv[1:]
    if not first.isdecimal():
        sys.argv = [first, *rest]
        pkgutil.resolve_name(first)()
        return
    control = socket.socket(fileno=int(first))
    load()
    if born := serve(control):
        birth, files = born
        birth.live(files)


if __name__ == "__main__":
    main()
