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
import subprocess
import sys
import traceback
from pathlib import Path

from core import nursery
from core.documents import inspector

HOUSE = Path(__file__).resolve().parents[2]


def start_mother(control: int) -> subprocess.Popen[bytes]:
    """Start a mother who serves this socket, empty-handed."""
    return subprocess.Popen(
        [sys.executable, "-s", "-m", "core.documents.nursery", str(control)],
        cwd=HOUSE,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "2"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[control],
    )


def serve(control: socket.socket) -> None:
    """Fork a child for each request until whoever asks is gone."""
    # Loaded here, once, so that no child has to.
    from core.documents import pdfs, pictures  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the children
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for our owner, who then goes
    gc.freeze()
    while wish := nursery.next_wish(control):
        files = wish[1]
        pid = os.fork()
        if pid == 0:
            _live(control, *files)
        nursery.answer(control, pid, files)


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
