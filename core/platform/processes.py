"""Child processes that never outlive us, and the identity that servers get under root."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = Path(__file__).with_name("launch.py")


inherited: list[int] = []
"""Files that stay open in every child (the lock of a home)."""


class PlatformError(Exception):
    """A part could not be started; the message says which one and what to do."""


class Process(Protocol):
    """What is asked of a child process: a part of `subprocess.Popen`."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int, /) -> None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


@cache
def server_identity() -> str:
    """How a server that refuses root is started here (see launch.py)."""
    if os.name != "posix" or os.geteuid() != 0:
        return "same"
    probe = _launch_command("SIGKILL", "mapped", [sys.executable, "-I", "-S", "-c", ""])
    if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
        return "mapped"
    return f"uid:{':'.join(str(number) for number in _unprivileged_user())}"


def give_to_server(folder: Path, home: Path) -> None:
    """Hand a folder inside home to the identity that servers run under."""
    identity = server_identity()
    if identity == "same":
        return
    owner, group = (
        (int(number) for number in identity.split(":")[1:]) if ":" in identity else (0, 0)
    )
    if owner:
        _open_the_way(folder, home)
    if folder.stat().st_uid != owner:  # new, or left by a start under another identity
        for path in [folder, *folder.rglob("*")]:
            os.lchown(path, owner, group)


def _open_the_way(folder: Path, home: Path) -> None:
    """Let the server's user pass (not look) through home; what lies beside stays private."""
    for parent in folder.parents:
        if not parent.stat().st_mode & 0o001:
            if home != parent and home not in parent.parents:
                raise PlatformError(
                    f"User namespaces are not allowed here, and {parent} is closed to the user "
                    "that PostgreSQL would run as. Start Mikhak as an ordinary user, "
                    "or choose another MIKHAK_HOME."
                )
            parent.chmod(0o711)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None,
    identity: str = "same",
    death_signal: str = "SIGTERM",
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    handed: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches only the supervisor.

    Call it from the main thread: the kernel sends the death signal when the starting thread ends.
    """
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            _launch_command(death_signal, identity, command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            cwd=cwd,
            env=environ,
            start_new_session=True,
            pass_fds=[*inherited, *handed],
        )
    finally:
        if output:
            output.close()


def run_as_server(command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a short command under the identity of servers and return its output."""
    return subprocess.run(
        _launch_command("SIGKILL", server_identity(), command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        check=False,
    )


def stop(process: Process, first: signal.Signals, patience: float = 20) -> None:
    """Ask a child to end, wait, and only then insist."""
    if process.poll() is not None:
        return
    process.send_signal(first)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a log, for the message that explains why a part did not start."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


def _launch_command(death_signal: str, identity: str, command: Sequence[str | Path]) -> list[str]:
    head = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), death_signal, identity]
    return head + [str(part) for part in command]


def _unprivileged_user() -> tuple[int, int]:
    """User and group that servers get where root may not make a user namespace."""
    for name in ("postgres", "nobody"):
        try:
            facts = pwd.getpwnam(name)
        except KeyError:
            continue
        return facts.pw_uid, facts.pw_gid
    return 65534, 65534
