"""Habits of the house that a reader should be able to rely on, checked on the source itself."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("tenants", "core", "blueprints", "config")
COMMITTERS = {
    "core/web/gate.py",  # the one commit of a web request
    "tenants/scope.py",  # the one commit of a job, a command or a test
}
OWNERS = ("tenants/migrations", "tenants/provisioning", "tenants/walls", "tenants/cli")
PHYSICAL = re.compile(
    r"(?<![-\w])(?:(?:margin|padding|border)-(?:left|right)|left|right"
    r"|text-align\s*:\s*(?:left|right)|float)\s*:",
)


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def test_one_place_commits() -> None:
    found = set()
    for path, tree in sources(*OURS):
        if path.startswith(OWNERS):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "commit":
                found.add(path)
    assert found <= COMMITTERS, found - COMMITTERS


def test_no_sql_is_built_from_strings() -> None:
    """`text(...)` takes a constant: no f-string, no %, no format, no +."""
    for path, tree in sources("core", "blueprints"):
        for node in ast.walk(tree):
            named_text = isinstance(node, ast.Call) and (
                (isinstance(node.func, ast.Name) and node.func.id == "text")
                or (isinstance(node.func, ast.Attribute) and node.func.attr == "text")
            )
            if named_text and node.args:  # type: ignore[union-attr]
                argument = node.args[0]  # type: ignore[union-attr]
                assert not isinstance(argument, ast.JoinedStr | ast.BinOp | ast.Call), (
                    f"{path}:{node.lineno} builds SQL from strings"  # type: ignore[attr-defined]
                )


def test_every_module_says_what_it_is() -> None:
    silent = [path for path, tree in sources(*OURS) if tree.body and not ast.get_docstring(tree)]
    assert not silent


def test_imports_run_downwards() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates/assets").rglob("*.css")), ids=lambda p: p.name
)
def test_styles_know_no_left_and_right(path: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    assert not PHYSICAL.findall(css)
