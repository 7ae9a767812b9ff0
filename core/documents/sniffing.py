"""What a file is, by its bytes and never by its name."""

from __future__ import annotations

import io
import zipfile

HEAD = 1024  # PDF readers look for their header this far in, so a polyglot may hide it there
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
FOREIGN_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"PK\x03\x04",
    b"%PDF-",
)
FOREIGN_WORDS = (b"<script", b"<html", b"<?php", b"<svg", b"<!doctype")


def kind_of(raw: bytes) -> str | None:
    """`jpeg`, `png`, `heic`, `pdf`, or None for everything else."""
    if raw.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if raw[4:8] == b"ftyp" and raw[8:12] in HEIC_BRANDS:
        return "heic"
    if raw[:HEAD].lstrip(b"\xef\xbb\xbf\0\t\r\n ").startswith(b"%PDF-"):
        return "pdf"
    return None


def is_other_picture(raw: bytes) -> bool:
    """Whether it is a picture of a kind that we do not open: WebP, AVIF, TIFF, GIF, BMP."""
    named = raw.startswith((b"GIF8", b"II*\0", b"MM\0*", b"BM"))
    return named or raw[8:12] in (b"WEBP", b"avif", b"avis")


def is_two_things(raw: bytes, kind: str) -> bool:
    """Whether the file is also something else: a page, a program, an archive."""
    head = raw[:HEAD].lower()
    if any(word in head for word in FOREIGN_WORDS):
        return True
    if kind != "pdf" and b"%pdf-" in head:
        return True
    if zipfile.is_zipfile(io.BytesIO(raw)):
        return True
    return _is_foreign(_after_end(raw, kind))


def _after_end(raw: bytes, kind: str) -> bytes:
    """What follows the real end. Phones put a film behind a photo, so this may be honest."""
    marks = {"jpeg": b"\xff\xd9", "png": b"IEND\xaeB`\x82", "pdf": b"%%EOF"}
    if kind not in marks:
        return b""
    mark = marks[kind]
    # A JPEG may hold a small one, so the first end mark need not be the last: look at each tail.
    end = raw.rfind(mark)
    tail = raw[end + len(mark) :] if end >= 0 else b""
    return tail.lstrip(b"\x00\r\n\t ")


def _is_foreign(tail: bytes) -> bool:
    return tail.startswith(FOREIGN_STARTS) or any(
        word in tail[: 64 * HEAD].lower() for word in FOREIGN_WORDS
    )
