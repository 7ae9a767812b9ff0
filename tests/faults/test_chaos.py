"""The running tree, hurt in every way once while people submit: nothing is lost, nothing is double.

`make chaos MINUTES=30` is the long form of this.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults import chaos, crowd
from tests.faults.chaos import Stage
from tests.faults.clients import Browser, Record
from tests.faults.kills import Kills
from tests.faults.people import applicants
from tests.process_tree import everybody

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]


@pytest.fixture(scope="module")
def scene() -> Iterator[Stage]:
    with chaos.stage() as running:
        yield running


def test_a_thousand_silent_connections_keep_nobody_out(scene: Stage) -> None:
    found = crowd.thousand_connections(scene, 1000)
    assert found["pages answered beside them"] == 10


def test_slow_lines_keep_nobody_out(scene: Stage) -> None:
    found = crowd.slow_lines(scene)
    assert found["pages of the same office answered beside them"] == 5


def test_nothing_is_lost_and_nothing_is_double(scene: Stage) -> None:
    told = Record()
    _kill_a_worker_in_the_middle_of_a_mail(scene, told)
    dice = random.Random(int(os.environ.get("SEED", "7")))
    kills = Kills(scene.tree, dice, scene.store, frozen=1.0)
    result = chaos.run(
        scene, dice, kills, Kills.each_once, record=told, people=4, drafts=200, papers=20, pause=0.3
    )
    print(chaos.table(result.figures))
    assert result.figures["acknowledged"] > len(kills.ways)
    assert result.broken == {}


def test_one_ctrl_c_ends_all_of_it(scene: Stage) -> None:
    pids = {one.pid for one in scene.tree.processes()}
    scene.tree.stop()  # the last test of this file: nobody needs it any more
    assert scene.tree.process.returncode == 0
    _until(lambda: not pids & {one.pid for one in everybody()}, "something is left")


def _kill_a_worker_in_the_middle_of_a_mail(scene: Stage, told: Record) -> None:
    """Its mail must arrive all the same, under one Message-ID: the reckoning looks for it."""
    (mail,) = scene.tree.part("mail")
    (worker,) = scene.tree.part("worker")
    (who, *_) = applicants(scene.app, 2, drafts=1)
    scene.tree.kill(mail, signal.SIGSTOP)  # whoever sends now is in the middle of it
    assert Browser(scene.tree.port, who, told).submit_plainly(who.drafts[0])
    _until(lambda: _sends(worker, scene), "nobody took the job")
    scene.tree.kill(worker)
    scene.tree.kill(mail, signal.SIGCONT)


def _sends(worker: int, scene: Stage) -> bool:
    """Whether the worker talks to the mail server."""
    port = int(scene.app.extensions["settings"].smtp_url.rpartition(":")[2])
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    talking = {f"socket:[{line[9]}]" for line in lines if line[2].endswith(f":{port:04X}")}
    ours = set()
    for handle in Path(f"/proc/{worker}/fd").iterdir():
        with suppress(FileNotFoundError):
            ours.add(str(handle.readlink()))
    return bool(talking & ours)


def _until(holds: Callable[[], bool], otherwise: str, seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)
