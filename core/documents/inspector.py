"""The life of the child process that opens what strangers send (born in `core.documents.nursery`).

Reads one upload from stdin, writes a verdict and the cleaned results to stdout, and dies. It puts
limits on its own memory, time and files before it looks at a single byte, has no secrets in its
environment and, where the kernel allows it, no network. If something in here goes wrong, this
process goes with it and the parent says "broken".

Out: one line of JSON (`refused` or the facts, with the sizes of the parts), then the parts.
"""

from __future__ import annotations

import ctypes
import json
import resource
import sys

from core.documents import sniffing
from core.documents.verdicts import Refused

MEMORY = 1024 * 2**20
CPU_SECONDS = 20
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def main() -> None:
    """Confine, read, inspect, answer."""
    confine()
    raw = sys.stdin.buffer.read()
    try:
        facts, parts = inspect(raw)
    except Refused as refusal:
        facts, parts = {"refused": refusal.code}, []
    except MemoryError:
        facts, parts = {"refused": "too_complex"}, []
    answer(facts, parts)


def confine() -> None:
    """Take away from this process what opening a file does not need."""
    limits = {
        "RLIMIT_AS": MEMORY,
        "RLIMIT_CPU": CPU_SECONDS,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 64,
    }
    for name, value in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (value, value))
        except (ValueError, OSError):  # macOS does not know each of them
            print(f"limit {name} not set", file=sys.stderr)
    if sys.platform == "linux":
        # An own, empty network. Containers may forbid it; nothing in here opens a socket anyway.
        ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)


def inspect(raw: bytes) -> tuple[dict, list[bytes]]:
    """Facts and parts (master first, then the page previews); `Refused` with a reason code."""
    if not raw:
        raise Refused("empty")
    kind = sniffing.kind_of(raw)
    if kind is None:
        raise Refused("other_picture" if sniffing.is_other_picture(raw) else "unknown_type")
    if sniffing.is_two_things(raw, kind):
        raise Refused("two_types")
    if kind == "pdf":
        from core.documents import pdfs

        return pdfs.clean(raw)
    from core.documents import pictures

    return pictures.clean(raw, kind)


def answer(facts: dict, parts: list[bytes]) -> None:
    """The line of JSON and the parts behind it."""
    out = sys.stdout.buffer
    out.write(json.dumps(facts | {"parts": [len(part) for part in parts]}).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()


if __name__ == "__main__":
    main()
