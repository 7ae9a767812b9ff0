"""Children born from a process that has already loaded what they need.

Starting Python and loading libraries takes longer than most work. A mother loads once and forks a
child for each wish, which reaches her over a socket together with the child's open files.
"""

import os
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Sequence

PID = struct.Struct("=i")
CHUNK, MOST_FILES = 65_536, 16
# A mother who says nothing for this many seconds, loading or loaded, is taken for dead.
LOADING, PATIENCE = 120.0, 15.0


class Nursery:
    """Our end: asks the mother for children. She is started when she is needed first."""

    def __init__(self, start: Callable[[int], subprocess.Popen[bytes]]) -> None:
        """`start` starts a mother who serves the socket with this descriptor, handed to her."""
        self._start = start
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._owner = 0
        self.mother: subprocess.Popen[bytes] | None = None

    def wake(self) -> None:
        """Start the mother now, so that she has loaded when a child is wanted."""
        with self._lock:
            self._reach()

    def child(self, files: Sequence[int], wish: bytes = b"") -> int:
        """The process id of a new child that got these open files and the wish (no newline in it).

        A mother that died or froze is replaced once; raises OSError when that does not help either.
        """
        with self._lock:
            try:
                return self._ask(files, wish)
            except OSError:
                return self._ask(files, wish)

    def _ask(self, files: Sequence[int], wish: bytes) -> int:
        try:
            control = self._reach()
            message = wish + b"\n"
            sent = socket.send_fds(control, [message], files)
            control.sendall(message[sent:])
            answer = control.recv(PID.size)
            if len(answer) != PID.size:
                raise ConnectionResetError("the nursery is gone")
            control.settimeout(PATIENCE)
            return int(PID.unpack(answer)[0])
        except BaseException:
            self._part()  # what she may still answer is for nobody
            raise

    def _part(self) -> None:
        """End this process's own mother, asleep or not, and what lies before her."""
        if self._control is not None and self._owner == os.getpid():
            self._control.close()
            if self.mother:
                self.mother.kill()
                self.mother.wait()
        self._control = None

    def _reach(self) -> socket.socket:
        """The connection to this process's own mother; a fork does not share its parent's."""
        if self._control is None or self._owner != os.getpid():
            ours, theirs = socket.socketpair()
            with theirs:
                self.mother = self._start(theirs.fileno())
            ours.settimeout(LOADING)
            self._control, self._owner = ours, os.getpid()
        return self._control


def next_wish(control: socket.socket) -> tuple[bytes, list[int]] | None:
    """The mother's end: the next wish and its files; None when whoever asks is gone."""
    message, files, _flags, _address = socket.recv_fds(control, CHUNK, MOST_FILES)
    while message and not message.endswith(b"\n"):
        more = control.recv(CHUNK)
        message = message + more if more else b""
    return (message[:-1], files) if message else None


def answer(control: socket.socket, pid: int, files: Sequence[int]) -> None:
    """The mother's end: say who was born, and keep none of the child's files open."""
    for file in files:
        os.close(file)
    control.sendall(PID.pack(pid))
