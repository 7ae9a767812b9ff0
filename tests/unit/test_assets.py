"""Assets: each name in a template exists, names carry the content, first visits stay small."""

import hashlib
import os
import re
from pathlib import Path

import pytest
from flask import Flask

from blueprints.health import doors
from core.app import create_app
from core.platform import assets, stylesheets
from tests.house.bare import bare_settings

FIRST_VISIT = ("bootstrap.rtl.css", "theme.css", "vazirmatn.woff2", "page.js", "favicon.svg")
KILOBYTE = 1024


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(bare_settings(), doors)


def served(name: str) -> Path:
    return assets.BUILT / "files" / assets.manifest()[name]


def on_the_wire(name: str) -> int:
    compressed = Path(f"{served(name)}.br")
    return (compressed if compressed.exists() else served(name)).stat().st_size


def test_every_asset_that_a_template_names_exists_and_none_is_built_for_nobody(app: Flask) -> None:
    named = {
        name
        for path in (assets.ROOT / "templates").rglob("*.html")
        for call in re.findall(r"asset\(([^)]*)\)", path.read_text())
        for name in re.findall(r"[\"']([\w.-]+\.\w+)[\"']", call)
    }
    assert named
    assert not named - set(assets.manifest())
    assert not set(stylesheets.SHEETS) - named


def test_names_change_with_the_content(app: Flask) -> None:
    for name in assets.manifest().values():
        content = (assets.BUILT / "files" / name).read_bytes()
        length = len(content).to_bytes(8, "big")
        assert hashlib.sha256(length + content).hexdigest()[:12] == name.split(".")[-2], name


def test_files_name_each_other_by_their_served_names(app: Flask) -> None:
    assert assets.manifest()["vazirmatn.woff2"] in served("theme.css").read_text()
    assert "sourceMappingURL" not in served("bootstrap.css").read_text()


def test_an_asset_comes_compressed_and_stays_for_a_year(app: Flask) -> None:
    address = f"/assets/{assets.manifest()['theme.css']}"
    answer = app.test_client().get(address, headers={"Accept-Encoding": "gzip, br"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["Cache-Control"] == "max-age=31536000, public, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_first_visit_leaves_room_for_the_page(app: Flask) -> None:
    """Of the 120 KB of a first page, at least half are the page's own."""
    assert sum(on_the_wire(name) for name in FIRST_VISIT) <= 60 * KILOBYTE


def test_a_build_keeps_what_running_servers_still_name(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(assets, "BUILT", tmp_path)
    (tmp_path / "files").mkdir()
    for name in ("now.js", "before.js", "before.js.br", "replaced-lately.js", "old.js"):
        (tmp_path / "files" / name).write_text("")
        os.utime(tmp_path / "files" / name, (0, 0))
    os.utime(tmp_path / "files" / "replaced-lately.js")
    assets._forget_others({"now.js"}, {"now.js", "before.js"})
    assets._forget_others({"now.js"}, {"now.js"})
    left = {path.name for path in (tmp_path / "files").iterdir()}
    assert left == {"now.js", "before.js", "before.js.br", "replaced-lately.js"}
