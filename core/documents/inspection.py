"""Runs the inspector on an upload and takes only its answer.

The upload goes in and the cleaned file comes out through pipes: nothing readable touches a disk.
Whatever the child does (crash, hang, too much output), the worker only learns a reason code.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask_babel import lazy_gettext as _l

from core.documents.verdicts import Refused
from core.errors import Unavailable

log = logging.getLogger(__name__)

SECONDS = 25
INSPECTOR = ["-m", "core.documents.inspector"]
MOST_OUTPUT = 64 * 2**20
HOUSE = Path(__file__).resolve().parents[2]
# Each child may take a gigabyte, so only a few run at once in one worker process.
_turns = threading.BoundedSemaphore(3)


@dataclass(frozen=True)
class Inspected:
    """A file that was opened and made new: facts, the master, a preview of each page."""

    facts: dict
    master: bytes
    previews: list[bytes]


def inspect(upload: Iterable[bytes], seconds: float = SECONDS) -> Inspected:
    """The cleaned file; `Refused` with a reason code, `Unavailable` when too many wait."""
    if not _turns.acquire(timeout=10):
        raise Unavailable(_l("Many files are coming in right now. Try again in a minute."))
    try:
        status, output = _run_child(INSPECTOR, upload, seconds)
    finally:
        _turns.release()
    if status is None:
        raise Refused("too_slow")
    return _read(status, output)


def _run_child(
    what: list[str], upload: Iterable[bytes], seconds: float
) -> tuple[int | None, bytes]:
    """Exit status (None when killed for its time) and output of one child."""
    child = subprocess.Popen(
        [sys.executable, "-s", *what],
        cwd=HOUSE,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "2"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    late = threading.Event()
    alarm = threading.Timer(seconds, _end, args=(child, late))
    feeder = threading.Thread(target=_feed, args=(child.stdin, list(upload)), daemon=True)
    alarm.start()
    feeder.start()
    try:
        output = _output(child)
    finally:
        status = child.wait()
        alarm.cancel()
        feeder.join()
    return (None if late.is_set() else status), output


def _end(child: subprocess.Popen, late: threading.Event) -> None:
    late.set()
    child.kill()


def _output(child: subprocess.Popen) -> bytes:
    """What the child says, up to a limit; it is not waited for after that."""
    assert child.stdout is not None
    with child.stdout as pipe:
        output = pipe.read(MOST_OUTPUT + 1)
    if len(output) > MOST_OUTPUT:
        child.kill()
    return output


def _feed(pipe: IO[bytes], chunks: list[bytes]) -> None:
    try:
        with pipe:
            for chunk in chunks:
                pipe.write(chunk)
    except BrokenPipeError:
        log.debug("the inspector ended before it had read everything")


def _read(status: int, output: bytes) -> Inspected:
    line, _newline, rest = output.partition(b"\n")
    if status != 0 or not line:
        log.info("inspector ended with status %s", status)
        raise Refused("broken")
    facts = json.loads(line)
    if "refused" in facts:
        raise Refused(facts["refused"])
    sizes = facts.pop("parts")
    if sum(sizes) != len(rest):
        raise Refused("broken")
    parts, start = [], 0
    for size in sizes:
        parts.append(rest[start : start + size])
        start += size
    return Inspected(facts, parts[0], parts[1:])
