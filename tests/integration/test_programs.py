"""Our programs are forked from a warm mother, and belong to whoever has asked for them."""

import json
import os
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from core import nursery
from core.platform.nursery import Birth, Programs, _adopting
from core.platform.processes import PlatformError, Process

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="adopts")


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """Programs of one mother (or her heirs), who goes at the end."""
    made = Programs(tmp_path_factory.mktemp("programs") / "nursery.log")
    yield made
    made.close()


def sleeper(programs: Programs) -> Process:
    """A program that waits for a signal."""
    with Path(os.devnull).open("wb") as nothing:
        return programs.start(
            "signal:pause", [], output=nothing.fileno(), errors=nothing.fileno(), environ={}
        )


def speak() -> None:
    """A program that says what it was given, and ends with 3."""
    with os.fdopen(int(os.environ["HANDED"])) as handed:
        named = " ".join(os.environ)
        print(f"{named}: {os.environ['TOLD']}, {sys.argv[1]}, {handed.read()}")
    print(os.environ["HANDED"])
    sys.exit(3)


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_program_is_ours_has_its_own_environment_and_outlives_its_mother(programs, tmp_path):
    first = sleeper(programs)
    mother = programs._nursery.mother
    assert parent(first.pid) == os.getpid()

    mother.kill()
    mother.wait()
    (tmp_path / "handed").write_text("by hand")
    with (tmp_path / "said").open("w+b") as said, (tmp_path / "handed").open("rb") as handed:
        second = programs.start(
            "tests.integration.test_programs:speak",
            ["by argument"],
            output=said.fileno(),
            errors=said.fileno(),
            environ={"TOLD": "by environment"},
            handed={"HANDED": handed.fileno()},
        )
        assert second.wait(60) == 3
        said.seek(0)
        words, number = said.read().decode().split("\n")[:2]
    assert words == "TOLD HANDED: by environment, by argument, by hand"
    # What she holds open goes on in the child: a number of hers would be closed under its feet.
    hers = Path(f"/proc/{programs._nursery.mother.pid}/fd").iterdir()
    assert number not in {file.name for file in hers}
    assert programs._nursery.mother.pid != mother.pid

    assert first.poll() is None
    first.terminate()
    assert first.wait(10) == -signal.SIGTERM


def test_a_mother_that_froze_is_ended_and_replaced(programs, monkeypatch):
    monkeypatch.setattr(nursery, "PATIENCE", 1.0)
    first = sleeper(programs)
    mother = programs._nursery.mother
    mother.send_signal(signal.SIGSTOP)
    second = sleeper(programs)
    assert mother.poll() == -signal.SIGKILL
    for one in (first, second):
        assert one.poll() is None
        one.kill()
        assert one.wait(10) == -signal.SIGKILL


def test_a_child_that_its_supervisor_does_not_know_does_nothing_and_is_buried(programs):
    known, tell = os.pipe()
    os.close(tell)  # as when the supervisor is stopped before it has heard who was born
    wish = Birth("signal:pause", [], {}, [], os.getpid())
    with Path(os.devnull).open("wb") as nothing, _adopting():
        files = [known, nothing.fileno(), nothing.fileno()]
        pid = programs._nursery.child(files, json.dumps(asdict(wish)).encode())
    os.close(known)
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists():
        programs.bury([programs._nursery.mother.pid])
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_program_that_does_not_exist_ends_with_its_reason(programs, tmp_path):
    with (tmp_path / "said").open("w+b") as said:
        number = said.fileno()
        lost = programs.start("core.cli:nothing", [], output=number, errors=number, environ={})
        assert lost.wait(60) == 1
        said.seek(0)
        assert b"has no attribute 'nothing'" in said.read()


def test_a_house_that_cannot_be_loaded_is_said_with_its_reason(tmp_path, monkeypatch):
    wrong = [sys.executable, "-c", "raise SystemExit('a wall is missing')"]
    monkeypatch.setattr("core.platform.nursery.MOTHER", wrong)
    with pytest.raises(PlatformError, match="a wall is missing"):
        sleeper(Programs(tmp_path / "nursery.log"))
