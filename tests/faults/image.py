"""A file system of our own in an image, whose power can be cut and whose room can run out.

Root on Linux only. The cut is ext4's own (`EXT4_IOC_SHUTDOWN` without flushing its journal, what
xfstests uses): from that moment nothing reaches the device, and what was only in memory is gone.
What it does not show is a disk that lies about its cache.
"""

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHUTDOWN, WITHOUT_FLUSHING = 0x8004587D, 2
TOOLS = ("mkfs.ext4", "mount", "umount", "losetup")


class Image:
    """An ext4 in a file, mounted on a folder."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.file, self.mounted = folder / "image", folder / "disk"
        self.mounted.mkdir(parents=True)
        with self.file.open("wb") as image:
            image.truncate(megabytes * 1024 * 1024)
        _run("mkfs.ext4", "-q", "-F", str(self.file))

    def mount(self) -> None:
        """Mount it; after a cut the journal is replayed, as at a boot."""
        _run("mount", "-o", "loop", str(self.file), str(self.mounted))

    def unmount(self) -> None:
        """Let go of it; killed processes need a moment to do so."""
        deadline = time.monotonic() + 30
        while True:
            try:
                return _run("umount", str(self.mounted))
            except subprocess.CalledProcessError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def cut(self) -> None:
        """The power is gone: nothing that was not synced is there any more."""
        handle = os.open(self.mounted, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, struct.pack("I", WITHOUT_FLUSHING))
        finally:
            os.close(handle)


@contextmanager
def image(folder: Path, megabytes: int) -> Iterator[Image]:
    """A mounted image, unmounted afterwards."""
    made = Image(folder, megabytes)
    made.mount()
    try:
        yield made
    finally:
        made.unmount()


def why_not() -> str:
    """Why there can be no image here; empty when there can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "a file system image needs root on Linux"
    for tool in TOOLS:
        if not shutil.which(tool):
            return f"there is no {tool} here"
    try:
        with tempfile.TemporaryDirectory(prefix="mki") as folder, image(Path(folder), 16) as probe:
            probe.cut()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no image can be mounted and cut here ({error})"
    return ""


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
