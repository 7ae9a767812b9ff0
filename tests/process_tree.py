"""`make run` as a process tree: started by a test, listened to, and each of its processes."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.platform.parts import free_port
from core.platform.processes import ROOT

PATIENCE = 240.0


@dataclass(frozen=True)
class Process:
    """A process that runs: whose child it is and how it was called."""

    pid: int
    parent: int
    command: str


class ProcessTree:
    """One supervisor, started as `make run` starts it, and everything below it."""

    process: subprocess.Popen[str]

    def __init__(self, home: Path, **environ: str) -> None:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("MIKHAK_")}
        self.home, self.port = home, free_port()
        self.environ = kept | {"MIKHAK_HOME": str(home), "PORT": str(self.port), **environ}
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()

    def launch(self) -> None:
        """Start the supervisor and listen to what it says."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "core.platform.supervisor"],
            cwd=ROOT,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("(the end)")

    def until(self, wanted: str) -> None:
        """Read what it says up to this very line."""
        while True:
            line = self._lines.get(timeout=PATIENCE)
            self.said.append(line)
            if line == wanted:
                return
            assert line != "(the end)", "\n".join(self.said)

    def processes(self) -> list[Process]:
        """Everything below the supervisor that still runs."""
        known = {one.pid: one for one in everybody()}
        below, found = {self.process.pid}, list[Process]()
        while more := [p for p in known.values() if p.parent in below and p.pid not in below]:
            below |= {one.pid for one in more}
            found += more
        return found


def everybody() -> Iterator[Process]:
    """Every process of this machine that runs; a zombie does not."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (
                (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            yield Process(int(folder.name), int(parent), command)
