"""Papers as PDF: a view and a language in, accessible and archivable bytes out.

Data reaches typst only as JSON in `sys_inputs`, where it is inert. A compiler is not thread-safe,
so every thread has its own. PDF/UA-1 and PDF/A-2a are asked for together: a missing title or
alternative text fails here and not at the reader.
"""

from __future__ import annotations

import base64
import io
import json
import re
import threading
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

import segno
import typst

from core.clock import now
from core.papers import barcode, words
from core.papers.views import FormView, ReceiptView
from core.platform.assets import NPM

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FONTS = NPM / "vazirmatn" / "fonts" / "ttf"
STANDARDS: list[Any] = ["a-2a", "ua-1"]
BOX = "□"
_own = threading.local()


class FontsMissing(RuntimeError):
    """The paper's font is not there; the assets have not been built."""


def receipt_pdf(view: ReceiptView, lang: str) -> bytes:
    """The receipt with tracking code, documents, what to bring and what happens next."""
    return _render("receipt.typ", view, lang)


def form_pdf(view: FormView, lang: str) -> bytes:
    """The filled form with all answers, declarations and the boxes to sign at the office."""
    return _render("form.typ", view, lang)


def _render(template: str, view: ReceiptView, lang: str) -> bytes:
    data = _data(view, lang)
    try:
        return _compiled(template, data)
    except typst.TypstError as fault:
        unprintable = _without_glyph(fault)
        if not unprintable:
            raise
    # A Japanese street, say: nothing goes missing unseen, and the paper says what the boxes mean.
    plain = json.dumps(data | {"boxed": True}, ensure_ascii=False)
    return _compiled(template, json.loads(re.sub(f"[{''.join(unprintable)}]", BOX, plain)))


def _compiled(template: str, data: dict[str, Any]) -> bytes:
    made = _compiler().compile(
        input=str(TEMPLATES / "pdf" / template),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(now().timestamp()),
        pdf_standards=STANDARDS,
    )
    return cast(bytes, made)


def _without_glyph(fault: typst.TypstError) -> set[str]:
    """The letters, none of them ASCII, that the fault says no font has."""
    told = "".join(re.findall(r'the text `"(.+?)"` could not be displayed', fault.diagnostic))
    letters = re.sub(r"\\u\{(\w+)\}", lambda hit: chr(int(hit[1], 16)), told)
    return {letter for letter in letters if not letter.isascii()}


def _data(view: ReceiptView, lang: str) -> dict:
    photo = view.photo if isinstance(view, FormView) else None
    plain = asdict(replace(view, photo=None) if isinstance(view, FormView) else view)
    return plain | {
        "lang": lang,
        "words": words.for_language(lang),
        "code": " ".join(_groups(view.tracking_code)),
        "qr": _qr(view.track_url),
        "bars": barcode.svg("".join(_groups(view.tracking_code))),
        "photo": _photo(photo) if photo else "",
        "boxed": False,
    }


def _groups(code: str) -> list[str]:
    letters = "".join(letter for letter in code if letter.isalnum())
    return [letters[start : start + 4] for start in range(0, len(letters), 4)]


def _qr(content: str) -> str:
    out = io.BytesIO()
    segno.make(content, error="m", micro=False).save(out, kind="svg", border=2, scale=4)
    return out.getvalue().decode()


def _photo(jpeg: bytes) -> str:
    """The photo cut to three by four inside an SVG, since JSON can't carry bytes."""
    encoded = base64.b64encode(jpeg).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 400">'
        '<image width="300" height="400" preserveAspectRatio="xMidYMid slice" '
        f'href="data:image/jpeg;base64,{encoded}"/></svg>'
    )


def _compiler() -> typst.Compiler:
    if not hasattr(_own, "compiler"):
        if not any(FONTS.glob("*.ttf")):
            raise FontsMissing("run `python -m core.platform.assets`")
        _own.compiler = typst.Compiler(
            root=str(TEMPLATES), font_paths=[str(FONTS)], ignore_system_fonts=True
        )
    return _own.compiler
