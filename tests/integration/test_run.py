"""`make run` as a process tree: starts, answers, survives kill -9 of everything."""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from core.platform.postgres import EmbeddedPostgres
from core.platform.processes import ROOT
from tests.process_tree import PATIENCE, ProcessTree, everybody

pytestmark = pytest.mark.slow


class Run(ProcessTree):
    """A tree with demo data."""

    def page(self, path: str) -> str:
        """Fetch a page of the base domain."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        assert answer.status == 200, page
        return page

    def offices(self) -> list[str]:
        """What `mikhak offices list` says in a second terminal."""
        answer = subprocess.run(
            [sys.executable, "-m", "core.cli", "offices", "list", "--format", "json"],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return sorted(office["slug"] for office in json.loads(answer.stdout))

    def tree(self) -> dict[int, str]:
        """Process id → name, of the supervisor and all below it."""
        below = {one.pid: Path(one.command.split(" ")[0]).name for one in self.processes()}
        return {self.process.pid: "supervisor", **below}


def wait_until_gone(pids: dict[int, str], run: Run) -> None:
    """Nothing of the tree is left after a while."""
    deadline = time.monotonic() + 60
    while left := {one.pid: pids[one.pid] for one in everybody() if one.pid in pids}:
        run.process.poll()
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mkrun") as folder:
        yield Path(folder)


@pytest.fixture
def start(home: Path) -> Iterator[type[Run]]:
    """Starts runs and leaves none behind, whatever the test did."""
    runs: list[Run] = []

    def make() -> Run:
        runs.append(Run(home))
        runs[-1].launch()
        return runs[-1]

    yield make  # type: ignore[misc]
    for run in runs:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_run_from_the_first_start_to_the_last_kill(start, home: Path) -> None:
    # Ctrl-C in the middle of the very first start ends all of it.
    stopped = start()
    stopped.until("    Opening istanbul")
    tree = stopped.tree()
    stopped.process.send_signal(signal.SIGINT)
    assert stopped.process.wait(PATIENCE) == 0
    wait_until_gone(tree, stopped)
    stopped.until("(the end)")
    assert stopped.said[-2].endswith("Stopping")

    # The next start goes on from there. (That one Ctrl-C ends what is ready: tests/faults.)
    first = start()
    first.until("READY")
    assert first.page("/health/live")
    offices = first.offices()
    assert offices == ["baghdad", "istanbul", "london", "tokyo"]
    assert "    Opening london" not in first.said
    assert any("http://london.localhost:" in line for line in first.said)
    applicants = json.loads((home / "demo-people.json").read_text())["london"]
    assert applicants
    for email, national_id in applicants.items():
        assert any(line.split() == [email, national_id] for line in first.said)
    assert {"postgres", "valkey-server"} <= set(first.tree().values())

    # Nobody else can start on the same home.
    rival = start()
    assert rival.process.wait(PATIENCE) == 1
    rival.until(f"Mikhak already runs in {home} (process {first.process.pid}).")

    # Power is cut: everything is killed at once, and the next start has the data.
    tree = first.tree()
    for pid in tree:
        with suppress(ProcessLookupError):  # gone with its parent, or with its work
            os.kill(pid, signal.SIGKILL)
    wait_until_gone(tree, first)
    second = start()
    second.until("READY")
    home_page = second.page("/")
    assert all(f"http://{slug}.localhost:" in home_page for slug in offices)

    # Only the supervisor is killed: nothing survives it.
    tree = second.tree()
    os.kill(second.process.pid, signal.SIGKILL)
    wait_until_gone(tree, second)


def test_a_wrong_setting_stops_the_start_by_its_name(home: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "core.platform.supervisor"],
        cwd=ROOT,
        env=os.environ | {"MIKHAK_HOME": str(home), "MIKHAK_LOG_FORMAT": "xml", "PORT": "nine"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "MIKHAK_LOG_FORMAT" in answer.stderr
    assert "MIKHAK_PORT" in answer.stderr


def test_a_killed_database_that_nobody_has_buried_holds_up_nobody() -> None:
    """A zombie keeps its process id, so both of its lock files look like a living server's."""
    with tempfile.TemporaryDirectory(prefix="mkdead") as folder:
        dead = EmbeddedPostgres(Path(folder), {"fsync": "off"})
        dead.start()
        assert dead.process is not None
        os.kill(dead.process.pid, signal.SIGKILL)
        while any(one.pid == dead.process.pid for one in everybody()):
            time.sleep(0.1)
        heir = EmbeddedPostgres(Path(folder), {"fsync": "off"})
        heir.start()
        heir.stop()
        dead.process.wait()
