"""Templates are code: they compile, hold no inline script or style, and no untranslated text."""

import re
from pathlib import Path

import pytest
from flask import Flask

from core.web.typed import SECRETS

ROOT = Path(__file__).parents[2] / "templates"
PAGES = sorted(p for p in ROOT.rglob("*.html"))
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.S)
TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.S)
ENTITY = re.compile(r"&#?\w+;")
LETTERS = re.compile(r"[A-Za-z\u0600-\u06FF]{2,}")
SPOKEN = re.compile(r"\b(?:alt|title|placeholder|aria-label)=\"([^\"]*)\"")
# Words that are the same in every language.
NAMES = re.compile(r"\b(?:Mikhak|English|PDF|QR|TOTP|Enter|Esc|JPG|PNG|HEIC|MB|فارسی|میخک)\b")


def without_jinja(source: str) -> str:
    return JINJA.sub(" ", source)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_template_compiles(bare_app: Flask, path: Path) -> None:
    bare_app.jinja_env.get_template(path.relative_to(ROOT).as_posix())


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_inline_script_style_or_handler(path: Path) -> None:
    if path.is_relative_to(ROOT / "messages"):
        pytest.skip("mail programs know no stylesheets")
    html = without_jinja(path.read_text())
    assert not re.search(r"<style|\sstyle=|\son\w+=", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert "|safe" not in path.read_text().replace(" ", "")


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_all_text_goes_through_the_words(path: Path) -> None:
    bare = NAMES.sub("", ENTITY.sub("", TAG.sub(" ", without_jinja(path.read_text()))))
    assert not LETTERS.findall(bare)
    for spoken in SPOKEN.findall(JINJA.sub("", path.read_text())):
        assert not LETTERS.findall(NAMES.sub("", spoken))


def test_nobody_types_beside_a_file():
    """A file may be too large for the server to read on: what is typed beside it would be lost."""
    boxes = re.compile(r"\{\{ (?:field|question|text|longtext|email|date|choice)\(")
    shown = ROOT / "public" / "style.html"  # the page of examples
    asking = 0
    for path in PAGES:
        for form in re.findall(r"<form.*?</form>", path.read_text(), re.DOTALL):
            takes_files = "{{ upload(" in form or "_uploads.html" in form
            asking += takes_files
            assert path == shown or not (takes_files and boxes.search(form)), path
    assert asking >= 3


def test_what_is_secret_is_never_handed_back_in_a_page() -> None:
    """Boxes for passwords and codes are known by name to who keeps forms for later."""
    asked = re.compile(r'\b(?:password|otp)\(\s*\{"key": "(\w+)"')
    named = {name for path in ROOT.rglob("*.html") for name in asked.findall(path.read_text())}
    assert len(named) > 4
    assert named <= SECRETS
