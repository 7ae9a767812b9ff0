"""gunicorn as in production, load on it, and what both cost in processor time."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.platform.parts import free_port
from core.platform.processes import ROOT, last_lines
from tests.bench.house import House

THREADS = 8
TICKS = os.sysconf("SC_CLK_TCK")
Visit = tuple[str, str, str]


@dataclass(frozen=True)
class Served:
    """An application on a port of the loopback."""

    name: str
    port: int
    pid: int
    log: Path

    def load(self, visits: Sequence[Visit], *, count: int, seconds: float, threads: int = THREADS):
        """Ask it, from another process; what came, with CPU per request where /proc tells it."""
        task = {"port": self.port, "visits": visits, "count": count, "seconds": seconds}
        before = self._cpu()
        result = subprocess.run(
            [sys.executable, "-m", "tests.bench.load"],
            input=json.dumps(task | {"threads": threads}),
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        found: dict[str, Any] = json.loads(result.stdout)
        if found["faults"] or not found["requests"]:
            failed = f"{found['faults']} of {found['requests']} failed"
            raise RuntimeError(f"{self.name}: {failed}\n{last_lines(self.log, 40)}")
        found["per_second"] = found["requests"] / found["seconds"]
        found["cpu_ms"] = (self._cpu() - before) * 1000 / found["requests"]
        return found

    def fetch(self, visit: Visit) -> bytes:
        """One page."""
        host, cookie, path = visit
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"Host": host, "Cookie": f"mikhak={cookie}"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            told = last_lines(self.log)
            raise RuntimeError(f"{self.name}: {path} answers {answer.status}\n{told}")
        return body

    def _cpu(self) -> float:
        """Seconds of processor time of the workers so far; the database's is the same for all."""
        return sum(_seconds(pid) for pid in _children(self.pid))


@contextmanager
def served(house: House, module: str) -> Iterator[Served]:
    """Serve a WSGI application of this name under the production server."""
    port = free_port()
    written = house.settings.home / f"{module}.log"
    log = written.open("wb")
    command = [sys.executable, "-m", "gunicorn", "-c", "python:core.platform.gunicorn"]
    process = subprocess.Popen(
        [*command, f"{module}:app"], cwd=ROOT, env=house.environ(port), stdout=log, stderr=log
    )
    try:
        _wait(port, process, written)
        yield Served(module, port, process.pid, written)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.close()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/live", headers={"Host": "localhost"})
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"gunicorn did not start\n{last_lines(log, 40)}")


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in listed.read_text().split()] if listed.exists() else []


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
