"""Children for the inspector, born from a process that has already loaded what they need.

Starting Python and its picture libraries takes longer than looking at a file. So each of our
processes keeps one warm, empty-handed mother (`python -m core.documents.nursery`): no secrets in
its environment, nothing of ours in its memory. For each upload it forks a child that confines
itself, opens that one file and dies.
"""

import gc
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from pathlib import Path

from core.documents import inspector

HOUSE = Path(__file__).resolve().parents[2]
PID = struct.Struct("=i")


class Nursery:
    """Our end: asks the mother for a child that reads one pipe and writes another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._owner = 0
        self.mother: subprocess.Popen[bytes] | None = None

    def child(self, reads: int, writes: int) -> int:
        """The process id of a new child whose input and output are these two descriptors.

        A mother that died is replaced once; raises OSError when that does not help either.
        """
        with self._lock:
            try:
                return self._ask(reads, writes)
            except OSError:
                self._control = None
                return self._ask(reads, writes)

    def _ask(self, reads: int, writes: int) -> int:
        control = self._mother()
        socket.send_fds(control, [b"!"], [reads, writes])
        answer = control.recv(PID.size)
        if len(answer) != PID.size:
            raise ConnectionResetError("the nursery is gone")
        return int(PID.unpack(answer)[0])

    def _mother(self) -> socket.socket:
        """The connection to this process's own mother; a fork does not share its parent's."""
        if self._control is None or self._owner != os.getpid():
            ours, theirs = socket.socketpair()
            with theirs:
                self.mother = subprocess.Popen(
                    [sys.executable, "-s", "-m", "core.documents.nursery", str(theirs.fileno())],
                    cwd=HOUSE,
                    env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "2"},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                )
            self._control, self._owner = ours, os.getpid()
        return self._control


def serve(control: socket.socket) -> None:
    """Fork a child for each request until whoever asks is gone."""
    # Loaded here, once, so that no child has to.
    from core.documents import pdfs, pictures  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the children
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for our owner, who then goes
    gc.freeze()
    while True:
        message, descriptors, _flags, _address = socket.recv_fds(control, 1, 2)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            _live(control, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        control.sendall(PID.pack(pid))


def _live(control: socket.socket, reads: int, writes: int) -> None:
    """A child's whole life; it never returns."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        os.dup2(reads, 0)
        os.dup2(writes, 1)
        os.close(reads)
        os.close(writes)
        inspector.main()
        status = 0
    except BaseException:  # noqa: BLE001 - whatever happens in here must end here
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
