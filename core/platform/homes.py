"""What the embedded parts keep in MIKHAK_HOME: folders, kept secrets, short socket folders."""

import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path

from config.kept import kept_secret
from core.platform.processes import PlatformError

# A socket's path, with its own name, has to stay under 107 bytes.
LONGEST_FOLDER = 80


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner can enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def figures_folder(home: Path) -> Path:
    """The folder in which web workers count for /metrics, emptied: a new run begins at nought."""
    folder = private_folder(home) / "run" / "figures"
    shutil.rmtree(folder, ignore_errors=True)
    return private_folder(folder)


def kept_password(home: Path, name: str) -> str:
    """The password of an embedded server's login, made on first use and kept in home/keys."""
    return kept_secret(home, name, lambda: secrets.token_urlsafe(32))


def socket_folder(home: Path, name: str) -> Path:
    """A private folder for sockets: in home, or, where that path is too long, a short one."""
    folder = home / "run" / name
    if len(os.fsencode(folder)) > LONGEST_FOLDER:
        mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"mikhak-{os.getuid()}-{mark}"
    private_folder(folder)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or os.getuid() not in (0, facts.st_uid):
        raise PlatformError(f"{folder} belongs to somebody else; remove it and start again.")
    folder.chmod(0o700)
    return folder
