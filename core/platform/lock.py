"""One supervisor for each home. The lock is inherited by every child, so it outlives a killed
supervisor exactly as long as anything of it still runs on the data."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

from core.platform.homes import private_folder
from core.platform.processes import PlatformError, inherited

PATIENCE = 30.0


def lock_home(home: Path, say: Callable[[str], None]) -> None:
    """Take the home for this process and its children, or say who has it."""
    path = private_folder(home / "run") / "supervisor.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + PATIENCE
    told = False
    while not _try(descriptor):
        pid = int(os.pread(descriptor, 20, 0) or 0)
        if _alive(pid):
            raise PlatformError(f"Mikhak already runs in {home} (process {pid}).")
        if time.monotonic() > deadline:
            raise PlatformError(f"Parts of an earlier run in {home} do not end; stop them first.")
        if not told:
            say("Waiting for the last parts of an earlier run to end")
            told = True
        time.sleep(0.1)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    inherited.append(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: int) -> bool:
    """Whether this process is a supervisor; a number can belong to another program by now."""
    try:
        return b"supervisor" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False
