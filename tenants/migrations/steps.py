"""The steps of a line: found by number, rendered to single statements once per process."""

import importlib.util
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from tenants import names

FOLDER = Path(__file__).resolve().parents[2] / "migrations"
LINES = ("shared", "office")
OFFICE_ROLE = "@office"
"""Stands for the role of the office in the statements of an office step."""

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.py\Z")


class BrokenLine(Exception):
    """The numbers of a line have a gap, a duplicate or a file that is no step."""


@dataclass(frozen=True)
class Step:
    """One step, ready to run; `removes_after` names the step since which nothing uses what goes."""

    number: int
    name: str
    statements: tuple[str, ...]
    removes_after: int | None = None


class _Statements(list[str]):
    """Where Alembic writes to: each write is one whole statement."""

    def write(self, text: str) -> None:
        self.append(text.strip().removesuffix(";").rstrip())

    def flush(self) -> None:
        """Alembic flushes its output; a list needs none."""


def files(line: str, folder: Path = FOLDER) -> list[Path]:
    """The files of a line in order; raises BrokenLine."""
    found = sorted((folder / line).glob("[0-9]*.py"))
    for number, path in enumerate(found, 1):
        match = _NAME.match(path.name)
        if not match or int(match[1]) != number:
            raise BrokenLine(f"{line}/{path.name} should be step {number:04}_….py")
    return found


@lru_cache
def head(line: str, folder: Path = FOLDER) -> int:
    """The number of the last step of a line: what this code expects."""
    return len(files(line, folder))


def load(line: str, folder: Path = FOLDER) -> Sequence[Step]:
    """All steps of a line, rendered once, by one thread: Alembic's `op` is global."""
    with _rendering:
        return _load(line, folder)


_rendering = threading.Lock()


@lru_cache
def _load(line: str, folder: Path) -> Sequence[Step]:
    return tuple(_render(number, path) for number, path in enumerate(files(line, folder), 1))


def for_office(statements: Sequence[str], slug: str) -> list[str]:
    """Statements of an office step with the office's own role."""
    return [statement.replace(OFFICE_ROLE, names.office_schema(slug)) for statement in statements]


def _render(number: int, path: Path) -> Step:
    module = _module(path)
    statements = _Statements()
    # Imported here: every process reads this module, and hardly any of them renders a step.
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    context = MigrationContext.configure(
        dialect_name="postgresql",
        opts={"as_sql": True, "output_buffer": statements, "literal_binds": True},
    )
    with Operations.context(context):
        module.upgrade()
    removes_after = getattr(module, "removes_after", None)
    return Step(number, path.stem, tuple(s for s in statements if s), removes_after)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"mikhak_step_{path.parent.name}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
