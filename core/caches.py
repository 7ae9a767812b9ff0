"""Folders below var/cache for what is run when it is read: compiled templates, kept definitions."""

import os
from pathlib import Path

CACHE = Path(__file__).parents[1] / "var" / "cache"


def private_cache(name: str) -> Path | None:
    """The folder of this name; None where it is not this user's or others may write to it.

    Else whoever could write there would choose what we run, root's commands included.
    """
    folder = CACHE / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.stat()
    except OSError:
        return None
    private = facts.st_uid == os.getuid() and not facts.st_mode & 0o022
    return folder if private and os.access(folder, os.W_OK) else None
