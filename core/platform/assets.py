"""Front-end assets: npm packages from the lock and our own files, hashed and compressed.

`python -m core.platform.assets` (part of `make run` and `make test`) builds them into var/assets
when an input changed. Every file has one flat logical name ("theme.css") and is served under a name
with the hash of its content. `url(…)` in CSS, imports and `new URL(…)` in JavaScript name files the
same way.
"""

import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import brotli

from core.platform import stylesheets
from core.platform.processes import PlatformError
from core.platform.stylesheets import NPM, ROOT

BUILT = ROOT / "var" / "assets"
OWN = ROOT / "templates" / "assets"
LOCKED = (ROOT / "package.json", ROOT / "package-lock.json")

KEPT_AFTER_USE = 7 * 24 * 3600
COMPRESSIBLE = {".css", ".js", ".svg", ".json", ".txt"}
REFERENCES = {
    ".css": re.compile(r"""(?P<before>url\(\s*["']?)(?P<name>[^"')]+)(?P<after>["']?\s*\))"""),
    ".js": re.compile(
        r"""(?P<before>\b(?:from|import|new URL\()\s*["'])(?P<name>\.{1,2}/[^"']+)(?P<after>["'])"""
    ),
}
SOURCE_MAP = re.compile(rb"\n?/[/*]# sourceMappingURL=\S+( \*/)?")


def ensure() -> None:
    """Build what is missing or out of date; of two processes one builds, the other waits."""
    BUILT.mkdir(parents=True, exist_ok=True)
    with _alone(BUILT / ".lock"):
        install_packages()
        wanted = _inputs()
        if _manifest_or_empty().get("inputs") == wanted:
            return
        # Here, not above: the font tools are slow to import and seldom needed.
        from core.platform import fonts

        earlier = set(_manifest_or_empty().get("files", {}).values())
        files = _Build(fonts).files
        draft = BUILT / "manifest.new"
        draft.write_text(json.dumps({"inputs": wanted, "files": files}, indent=1, sort_keys=True))
        draft.replace(BUILT / "manifest.json")
        _forget_others(set(files.values()), earlier)


def manifest() -> dict[str, str]:
    """Logical name → name under which the file is served."""
    files = _manifest_or_empty().get("files")
    if not files:
        raise PlatformError("The assets are not built: run `python -m core.platform.assets`.")
    return files


def install_packages() -> None:
    """`npm ci` by the Node that pip brought, once for each lock."""
    mark = NPM / ".lock-digest"
    digest = _digest(*(path.read_bytes() for path in LOCKED))
    if mark.exists() and mark.read_text() == digest:
        return
    npm = _program("npm")
    cache_folder = BUILT.parent / "cache" / "npm"
    result = subprocess.run(
        [npm, "ci", "--no-progress", "--cache", str(cache_folder)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', '')}"},
    )
    if result.returncode != 0:
        raise PlatformError(f"npm could not install the front-end packages:\n{result.stderr}")
    mark.write_text(digest)


def _program(name: str) -> str:
    """Of the Node that pip brought, otherwise of the PATH."""
    own = Path(sys.executable).with_name(name)
    found = str(own) if own.exists() else shutil.which(name)
    if not found:
        raise PlatformError(f"{name} is missing; `make run` installs it into .venv.")
    return found


class _Build:
    """One build: reads each file, replaces the names in it, writes it under its hash."""

    def __init__(self, fonts: ModuleType) -> None:
        self.fonts = fonts
        self.sheets = stylesheets.cut(_program("node"))
        self.sources = self._sources()
        self.files: dict[str, str] = {}
        self.open: list[str] = []
        (BUILT / "files").mkdir(exist_ok=True)
        for name in sorted(self.sources):
            self.place(name)

    def _sources(self) -> dict[str, Path]:
        sources = dict(stylesheets.SHEETS)
        for path in _own_files():
            if path.name in sources or path.name in self.fonts.FONTS:
                raise PlatformError(f"Two assets are called {path.name}: {path}")
            sources[path.name] = path
        return sources | {name: NPM / font.source for name, font in self.fonts.FONTS.items()}

    def place(self, name: str) -> str:
        if name in self.files:
            return self.files[name]
        if name in self.open:
            raise PlatformError(f"Assets name each other in a circle: {' → '.join(self.open)}")
        self.open.append(name)
        is_font = name in self.fonts.FONTS
        content = self.fonts.web_font(name, NPM) if is_font else self._text(name)
        self.open.pop()
        path = Path(name)
        served = f"{path.stem}.{_digest(content)[:12]}{path.suffix}"
        _write(BUILT / "files" / served, content)
        self.files[name] = served
        return served

    def _text(self, name: str) -> bytes:
        content = self.sheets.get(name) or self.sources[name].read_bytes()
        content = SOURCE_MAP.sub(b"", content)
        pattern = REFERENCES.get(Path(name).suffix)
        if not pattern:
            return content
        return pattern.sub(lambda found: self._renamed(name, found), content.decode()).encode()

    def _renamed(self, name: str, found: re.Match[str]) -> str:
        target = found["name"]
        if target.startswith(("data:", "#")):
            return found[0]
        wanted = target.rsplit("/", 1)[-1]
        if wanted not in self.sources:
            raise PlatformError(f"{name} names {target}, which is no asset.")
        prefix = "./" if name.endswith(".js") else ""
        return found["before"] + prefix + self.place(wanted) + found["after"]


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    if path.suffix in COMPRESSIBLE:
        Path(f"{path}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        Path(f"{path}.br").write_bytes(brotli.compress(content))
    path.write_bytes(content)


def _forget_others(kept: set[str], earlier: set[str]) -> None:
    """Files that this build replaced stay for a week: running servers and open pages name them."""
    now = time.time()
    for path in (BUILT / "files").iterdir():
        name = re.sub(r"\.(gz|br)$", "", path.name)
        if name in kept:
            continue
        if name in earlier:
            os.utime(path)
        elif now - path.stat().st_mtime > KEPT_AFTER_USE:
            path.unlink()


def _own_files() -> list[Path]:
    return sorted(
        path for path in OWN.rglob("*") if path.is_file() and not path.name.startswith(".")
    )


def _inputs() -> str:
    """A digest of everything that the result depends on."""
    here = Path(__file__)
    cutters = here.with_name("fonts.py"), here.with_name("stylesheets.py")
    files = [part for path in (*LOCKED, here, *cutters, *_own_files()) for part in _named(path)]
    return _digest(*files, " ".join(stylesheets.used_words()).encode())


def _named(path: Path) -> tuple[bytes, bytes]:
    return path.name.encode(), path.read_bytes()


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def _manifest_or_empty() -> dict:
    try:
        return json.loads((BUILT / "manifest.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        ensure()
    except PlatformError as error:
        sys.exit(str(error))
