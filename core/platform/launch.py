"""Starts one child program: `python -I -S launch.py <signal> <identity> program arguments…`.

Runs as a script of its own, on the standard library alone, so that the supervisor never has to
run Python between fork and exec. It ties the program to its parent (Linux: parent-death signal)
and, for servers that refuse to run as root, gives them another identity first:

    same      as the parent
    mapped    in a user namespace where the parent's files belong to an ordinary user
    uid:N:G   as user N of group G, to whom the caller has given the data folder
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
ORDINARY_ID = 1000


def map_to_ordinary_user() -> None:
    """Enter a user namespace where our files belong to an ordinary user, or raise OSError."""
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed here")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{ORDINARY_ID} {uid} 1"),
        ("gid_map", f"{ORDINARY_ID} {gid} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(text)


def become(identity: str) -> None:
    if identity == "mapped":
        map_to_ordinary_user()
    elif identity.startswith("uid:"):
        uid, gid = (int(number) for number in identity.split(":")[1:])
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def die_with_parent(name: str, parent: int) -> None:
    """Ask the kernel for this signal when the parent is gone; only Linux knows how."""
    if not sys.platform.startswith("linux"):
        return
    number = getattr(signal, name)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), number)


def main() -> None:
    parent, death_signal, identity, *command = sys.argv[1:]
    # A change of identity clears the parent-death signal: first the one, then the other.
    become(identity)
    die_with_parent(death_signal, int(parent))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
