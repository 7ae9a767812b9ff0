"""A full disk: under the files, and under everything."""

import errno
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.documents.storage import LocalStorage, StorageDown
from tests.faults.clients import Browser, Record
from tests.faults.image import image, why_not
from tests.faults.people import applicants, house_of
from tests.faults.powercut import lost
from tests.faults.reckoning import wait_for_calm
from tests.faults.tree import tree

KEY = "london/documents/a/master"


def full_shelf(folder: Path) -> dict[str, Any]:
    """Put a file that does not fit, make room, put it again."""
    with image(folder, 16) as disk:
        shelf = LocalStorage(disk.mounted / "shelf")
        shelf.root.mkdir()
        try:
            shelf.put(KEY, _megabytes(64))
            refused = False
        except StorageDown as fault:
            refused = getattr(fault.__cause__, "errno", 0) == errno.ENOSPC
        left = [path for path in shelf.root.rglob("*") if path.is_file()]
        shelf.put(KEY, _megabytes(1))
        return {
            "refused with words": refused,
            "left behind": len(left),
            "says so": not shelf.answers(),
        }


def full_disks() -> dict[str, Any]:
    """A running tree whose whole disk fills up while people submit, and gets room again."""
    with tempfile.TemporaryDirectory(prefix="mkd", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if reason := why_not():
            return {"skipped": reason}
        (folder / "shelf").mkdir()
        (folder / "all").mkdir()
        found = {f"files: {what}": value for what, value in full_shelf(folder / "shelf").items()}
        return found | _full_house(folder / "all")


def _full_house(folder: Path) -> dict[str, Any]:
    with image(folder, 1024) as disk, tree(disk.mounted / "home") as running:
        app = house_of(running.settings())
        (who,) = applicants(app, 2, drafts=60)[:1]
        told = Record()
        browser = Browser(running.port, who, told)
        drafts = iter(who.drafts)
        acknowledged = sum(browser.submit_plainly(next(drafts)) for _ in range(5))
        ballast = disk.mounted / "ballast"
        _fill(ballast)
        told.answers.clear()
        while_full = sum(browser.submit_plainly(next(drafts)) for _ in range(30))
        answers = dict(told.answers)
        ballast.unlink()
        began = time.monotonic()
        while not browser.submit_plainly(next(drafts)):
            time.sleep(1)
        found = {
            "acknowledged before, while full": f"{acknowledged}, {while_full}",
            "answers while full": answers,
            "seconds until it takes requests again": round(time.monotonic() - began, 1),
        }
        wait_for_calm(running, app)
        return found | {"lost": lost(app, told), "health": running.health().get("status")}


def _fill(path: Path) -> None:
    """Until nothing more goes."""
    with path.open("wb", buffering=0) as ballast:
        for size in (1 << 20, 1 << 12):
            try:
                while ballast.write(b"\0" * size):
                    pass
            except OSError as fault:
                if fault.errno != errno.ENOSPC:
                    raise


def _megabytes(number: int) -> Iterator[bytes]:
    return iter([b"x" * (1 << 20)] * number)
