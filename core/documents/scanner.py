"""The virus scanner: clamd over its socket, or off, and then it says so.

Everything but a plain OK is not clean: an answer that we don't know, a limit, a closed socket.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote, urlsplit

from core.breaker import Breaker

SECONDS, SECONDS_TO_GREET, DEAD_SECONDS = 10, 1, 10


class Verdict(StrEnum):
    """What a scan came to."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNKNOWN = "unknown"  # no answer: the file waits
    OFF = "off"  # no scanner is set; the interface says so


class Scanner(Protocol):
    """What documents ask of a scanner."""

    def scan(self, chunks: Iterable[bytes]) -> Verdict: ...


class NoScanner:
    """The honest twin: looks at nothing and says so."""

    def scan(self, chunks: Iterable[bytes]) -> Verdict:
        """Always `OFF`."""
        return Verdict.OFF


class Clamd:
    """A clamd behind TCP or a Unix socket, asked with INSTREAM."""

    def __init__(self, family: socket.AddressFamily, address: tuple[str, int] | str) -> None:
        self.family = family
        self.address = address
        self.breaker = Breaker(DEAD_SECONDS)

    def scan(self, chunks: Iterable[bytes]) -> Verdict:
        """`CLEAN` for a plain OK, `INFECTED` for a find, `UNKNOWN` for everything else.

        One that did not answer a moment ago is not waited for again: the file waits instead.
        """
        if self.breaker.is_open:
            return Verdict.UNKNOWN
        try:
            self._greet()
            answer = self._ask(chunks)
        except OSError:
            self.breaker.trip()
            return Verdict.UNKNOWN
        if answer == b"stream: OK":
            return Verdict.CLEAN
        return Verdict.INFECTED if answer.endswith(b" FOUND") else Verdict.UNKNOWN

    def _greet(self) -> None:
        """A frozen clamd takes connections and never speaks: that is found out quickly."""
        with socket.socket(self.family, socket.SOCK_STREAM) as line:
            line.settimeout(SECONDS_TO_GREET)
            line.connect(self.address)
            line.sendall(b"zPING\0")
            if not line.recv(16).startswith(b"PONG"):
                raise ConnectionError("clamd does not greet")

    def _ask(self, chunks: Iterable[bytes]) -> bytes:
        with socket.socket(self.family, socket.SOCK_STREAM) as line:
            line.settimeout(SECONDS)
            line.connect(self.address)
            line.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                if chunk:
                    line.sendall(struct.pack(">I", len(chunk)) + chunk)
            line.sendall(struct.pack(">I", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < 4096:
                part = line.recv(4096)
                if not part:
                    break
                answer += part
        return answer.rstrip(b"\0\n ")


def from_url(url: str | None) -> Scanner:
    """The scanner of a setting: `tcp://host:3310`, `unix:///path/clamd.ctl`, or none."""
    if not url:
        return NoScanner()
    parts = urlsplit(url)
    if parts.scheme == "tcp" and parts.hostname:
        return Clamd(socket.AF_INET, (parts.hostname, parts.port or 3310))
    if parts.scheme == "unix" and parts.path:
        return Clamd(socket.AF_UNIX, unquote(parts.path))
    raise ValueError("MIKHAK_CLAMAV_URL must be tcp://host:port or unix:///path")
