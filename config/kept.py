"""Random secrets that a home makes on first use and keeps in its folder keys/."""

import os
from collections.abc import Callable
from pathlib import Path


def kept_secret(home: Path, name: str, make: Callable[[], str]) -> str:
    """The secret of this name; of two processes that make it at once, one's remains."""
    path = home / "keys" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # the other one was first
        finally:
            draft.unlink()
    return path.read_text().strip()
