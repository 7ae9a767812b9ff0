"""Runs the inspector on an upload and takes only its answer.

The upload goes in and the cleaned file comes out through pipes: nothing readable touches a disk.
Whatever the child does (crash, hang, too much output), the worker only learns a reason code. One
that dies without an answer may have been killed from outside, so the file gets a second child; a
file that breaks the inspector breaks that one too.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import IO

from flask_babel import lazy_gettext as _l

from core.documents.nursery import start_mother
from core.documents.verdicts import Refused
from core.errors import Unavailable
from core.nursery import Nursery

log = logging.getLogger(__name__)

SECONDS = 25
MOST_OUTPUT = 64 * 2**20
# Each child may take a gigabyte, so only a few run at once in one worker process.
_turns = threading.BoundedSemaphore(3)
_nursery = Nursery(start_mother)

_remembered: ContextVar[dict[bytes, Inspected] | None] = ContextVar("remembered", default=None)

BUSY = _l("Many files are coming in right now. Try again in a minute.")


class _NoAnswer(Exception):
    """The child died before it had said everything."""


@dataclass(frozen=True)
class Inspected:
    """A file that was opened and made new: facts, the master, a preview of each page."""

    facts: dict
    master: bytes
    previews: list[bytes]


@contextlib.contextmanager
def remembering() -> Iterator[None]:
    """Within it equal files are looked at once: the demo hands in the same few pictures often."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def inspect(upload: Iterable[bytes], seconds: float = SECONDS) -> Inspected:
    """The cleaned file; `Refused` with a reason code, `Unavailable` when too many wait."""
    remembered = _remembered.get()
    if remembered is None:
        return _inspect(upload, seconds)
    content = b"".join(upload)
    if content not in remembered:
        remembered[content] = _inspect([content], seconds)
    known = remembered[content]
    return replace(known, facts=dict(known.facts))


def _inspect(upload: Iterable[bytes], seconds: float) -> Inspected:
    if not _turns.acquire(timeout=10):
        raise Unavailable(BUSY)
    try:
        return _ask_twice(list(upload), time.monotonic() + seconds)
    except OSError as error:
        raise Unavailable(BUSY) from error
    finally:
        _turns.release()


def _ask_twice(upload: list[bytes], deadline: float) -> Inspected:
    """What a child says about the upload, or the one after it; both have the time of one."""
    for _ in range(2):
        try:
            return _read(_ask_child(upload, deadline - time.monotonic()))
        except _NoAnswer:
            log.info("the inspector ended without an answer")
    raise Refused("broken")


def _ask_child(upload: list[bytes], seconds: float) -> bytes:
    """What a fresh child says about the upload; `Refused` when it took too long."""
    their_input, our_output = os.pipe()
    our_input, their_output = os.pipe()
    try:
        child = _nursery.child([their_input, their_output])
    except OSError:
        os.close(our_output)
        os.close(our_input)
        raise
    finally:
        os.close(their_input)
        os.close(their_output)
    late = threading.Event()
    alarm = threading.Timer(seconds, _end, args=(child, late))
    feeder = threading.Thread(target=_feed, args=(os.fdopen(our_output, "wb"), upload), daemon=True)
    alarm.start()
    feeder.start()
    try:
        output = _output(os.fdopen(our_input, "rb"), child)
    finally:
        alarm.cancel()
        feeder.join()
    if late.is_set():
        raise Refused("too_slow")
    return output


def _end(child: int, late: threading.Event) -> None:
    late.set()
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def _output(pipe: IO[bytes], child: int) -> bytes:
    """What the child says, up to a limit; it is not waited for after that."""
    with pipe:
        output = pipe.read(MOST_OUTPUT + 1)
    if len(output) > MOST_OUTPUT:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    return output


def _feed(pipe: IO[bytes], chunks: list[bytes]) -> None:
    try:
        with pipe:
            for chunk in chunks:
                pipe.write(chunk)
    except BrokenPipeError:
        log.debug("the inspector ended before it had read everything")


def _read(output: bytes) -> Inspected:
    """The child's answer; `_NoAnswer` when it is cut short (it crashed, it was killed)."""
    line, newline, rest = output.partition(b"\n")
    if not newline:
        raise _NoAnswer
    facts = json.loads(line)
    if "refused" in facts:
        raise Refused(facts["refused"])
    sizes = facts.pop("parts")
    if sum(sizes) != len(rest):
        raise _NoAnswer
    parts, start = [], 0
    for size in sizes:
        parts.append(rest[start : start + size])
        start += size
    return Inspected(facts, parts[0], parts[1:])
