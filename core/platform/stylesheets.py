"""Bootstrap's style sheets, cut down to what our templates use: a tenth of their size.

A browser draws nothing before it has read them. PurgeCSS keeps a rule when all classes and tags of
its selector stand as words in a template, so a class that is put together there (`btn-{{ kind }}`)
has to stand in full somewhere; the crawl of every page names a class that it would miss.
"""

import json
import re
import subprocess
from pathlib import Path

from core.platform.processes import PlatformError

ROOT = Path(__file__).resolve().parents[2]
NPM = ROOT / "node_modules"
SHEETS = {
    "bootstrap.css": NPM / "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.rtl.css": NPM / "bootstrap/dist/css/bootstrap.rtl.min.css",
}
CUTTER = NPM / "purgecss/bin/purgecss.js"
WORD = re.compile(r"[A-Za-z0-9_-]+")  # what PurgeCSS takes for one


def used_words() -> list[str]:
    """The words of a style sheet that stand in a template: where they change, so may the cut."""
    known = set(WORD.findall(SHEETS["bootstrap.css"].read_text()))
    written = "\n".join(path.read_text() for path in _writers())
    return sorted(known.intersection(WORD.findall(written)))


def cut(node: str) -> dict[str, bytes]:
    """Each of SHEETS without the rules that no page needs; PlatformError if that fails.

    `node`: the Node to run PurgeCSS with.
    """
    sheets, content = [*map(str, SHEETS.values())], [*map(str, _writers())]
    result = subprocess.run(
        [node, str(CUTTER), "--css", *sheets, "--content", *content],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise PlatformError(f"PurgeCSS could not cut Bootstrap's style sheets:\n{result.stderr}")
    css = {Path(answer["file"]): answer["css"].encode() for answer in json.loads(result.stdout)}
    return {name: css[path] for name, path in SHEETS.items()}


def _writers() -> list[Path]:
    """Whatever writes tags into pages."""
    templates = ROOT / "templates"
    scripts = (templates / "assets" / "js").glob("*.js")
    return sorted([*templates.rglob("*.html"), *scripts, ROOT / "core" / "web" / "templating.py"])
