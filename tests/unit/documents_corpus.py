"""Files that strangers send, honest and hostile, each made here; name → (bytes, verdict).

The verdict is a reason code, or "clean" for what is taken. To extend the corpus write one more
function with `@file("name", "verdict")`.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import pikepdf
import pillow_heif
from PIL import Image, PngImagePlugin

from tests.unit.documents_pdfs import (
    WISHES,
    filters_upon_filters,
    page_of,
    pdf_with,
    stream_bomb,
)

FILES: dict[str, tuple[Callable[[], bytes], str]] = {}
CLEAN = "clean"


def file(name: str, verdict: str):
    """Add the function's bytes to the corpus."""

    def add(make):
        FILES[name] = (make, verdict)
        return make

    return add


def files(verdict: str, **contents: bytes) -> None:
    """Add several short files at once."""
    for name, content in contents.items():
        FILES[name] = (lambda content=content: content, verdict)


# Honest ones ----------------------------------------------------------------------------------


def picture(width: int = 450, height: int = 600, mode: str = "RGB") -> Image.Image:
    noise = Image.effect_noise((width // 10, height // 10), 40).resize((width, height))
    return noise.convert(mode)


def saved(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@cache
def jpeg() -> bytes:
    return saved(picture())


@cache
def png() -> bytes:
    return saved(picture(), "PNG")


@cache
def heic() -> bytes:
    pillow_heif.register_heif_opener()
    return saved(picture(), "HEIF")


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.js", "alert(1)")
    return out.getvalue()


FILES |= {
    "jpeg": (jpeg, CLEAN),
    "png": (png, CLEAN),
    "heic": (heic, CLEAN),
    "pdf": (pdf_with, CLEAN),
    "pdf behind a mark and an empty line": (lambda: b"\xef\xbb\xbf\r\n" + pdf_with(), CLEAN),
    "pdf of 40 pages": (lambda: pdf_with(pages=40), CLEAN),
    "jpeg in grey": (lambda: saved(picture(mode="L")), CLEAN),
    "jpeg in print colours": (lambda: saved(picture(mode="CMYK")), CLEAN),
    "jpeg progressive": (lambda: saved(picture(), progressive=True), CLEAN),
    "png with palette": (lambda: saved(picture(mode="P"), "PNG"), CLEAN),
    "png see-through": (lambda: saved(picture(mode="RGBA"), "PNG"), CLEAN),
    "png black and white": (lambda: saved(picture(mode="1"), "PNG"), CLEAN),
    "png of 16 bits": (lambda: saved(picture(mode="I;16"), "PNG"), CLEAN),
    "png animated": (
        lambda: saved(picture(), "PNG", save_all=True, append_images=[picture()]),
        CLEAN,
    ),
    "jpeg very long": (lambda: saved(picture(300, 12000)), CLEAN),
    "jpeg with a film behind it": (lambda: jpeg() + b"\0\0\0\x18ftypmp42" + bytes(5000), CLEAN),
}

# Nothing, something else, renamed ---------------------------------------------------------------

files("empty", **{"0 byte": b""})
files(
    "unknown_type",
    **{
        "one byte": b"\xff",
        "zeros": bytes(5000),
        "text": b"hello, this is my passport",
        "html": b"<!doctype html><script>alert(1)</script>",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "program for windows": b"MZ" + bytes(3000),
        "program for linux": b"\x7fELF" + bytes(3000),
        "shell script": b"#!/bin/sh\nrm -rf /\n",
        "postscript": b"%!PS-Adobe-3.0\n",
        "old word file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "film": b"\0\0\0\x18ftypmp42" + bytes(600),
        "pdf behind other words": b"junk\n" + pdf_with(),
        "xml bomb": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
    },
)
files(
    "other_picture",
    **{
        "gif": b"GIF89a" + bytes(100),
        "bitmap": b"BM" + bytes(100),
        "tiff": b"II*\0" + bytes(100),
        "tiff, big end first": b"MM\0*" + bytes(600),
        "webp": b"RIFF\x10\0\0\0WEBPVP8 " + bytes(100),
        "avif": b"\0\0\0\x18ftypavif" + bytes(600),
    },
)
FILES["zip, renamed"] = (zipped, "unknown_type")
FILES["noise"] = (lambda: random.Random(7).randbytes(20_000), "unknown_type")

# Broken -----------------------------------------------------------------------------------------

for cut in (4, 20, 200):
    FILES[f"jpeg cut at {cut}"] = (lambda cut=cut: jpeg()[:cut], "broken")
    FILES[f"png cut at {cut}"] = (lambda cut=cut: png()[: max(cut, 9)], "broken")
    FILES[f"heic cut at {cut}"] = (lambda cut=cut: heic()[: max(cut, 12)], "broken")
FILES |= {
    "jpeg cut in the middle": (lambda: jpeg()[: len(jpeg()) // 2], "broken"),
    "png cut in the middle": (lambda: png()[: len(png()) // 2], "broken"),
    "heic cut in the middle": (lambda: heic()[: len(heic()) // 2], "broken"),
    "jpeg header, then noise": (
        lambda: b"\xff\xd8\xff\xe0" + random.Random(8).randbytes(9000),
        "broken",
    ),
    "pdf header only": (lambda: b"%PDF-1.7\n", "broken"),
    "pdf of noise": (lambda: b"%PDF-1.7\n" + random.Random(9).randbytes(9000), "broken"),
    "pdf without its end": (lambda: pdf_with()[:150], "broken"),
}


@file("png with a wrong checksum", "broken")
def _wrong_checksum() -> bytes:
    raw = bytearray(png())
    raw[30] ^= 0xFF
    return bytes(raw)


# Two things at once -----------------------------------------------------------------------------

FILES |= {
    "jpeg and zip": (lambda: jpeg() + zipped(), "two_types"),
    "png and zip": (lambda: png() + zipped(), "two_types"),
    "pdf and zip": (lambda: pdf_with() + zipped(), "two_types"),
    "heic and zip": (lambda: heic() + zipped(), "two_types"),
    "jpeg and page behind": (lambda: jpeg() + b"\n<html><script>1</script>", "two_types"),
    "png and page behind": (lambda: png() + b"<script>alert(1)</script>", "two_types"),
    "jpeg and php behind": (lambda: jpeg() + b"<?php system($_GET[0]);", "two_types"),
    "jpeg and program behind": (lambda: jpeg() + b"MZ" + bytes(900), "two_types"),
    "jpeg and pdf behind": (lambda: jpeg() + pdf_with(), "two_types"),
    "png and archive behind": (lambda: png() + b"Rar!\x1a\x07\x01" + bytes(99), "two_types"),
    "pdf and page in front": (lambda: b"%PDF-1.7 <html><script>1</script>\n", "two_types"),
}


def jpeg_comment(words: bytes) -> bytes:
    return jpeg()[:2] + b"\xff\xfe" + struct.pack(">H", len(words) + 2) + words + jpeg()[2:]


FILES |= {
    "jpeg with a page in its comment": (
        lambda: jpeg_comment(b"<script>alert(1)</script>"),
        "two_types",
    ),
    "jpeg with a pdf in its comment": (lambda: jpeg_comment(b"%PDF-1.4 1 0 obj"), "two_types"),
    "jpeg with php deep in its comment": (
        lambda: jpeg_comment(b" " * 1500 + b"<?php system(1);"),
        CLEAN,  # taken: nothing of the file but its pixels is kept
    ),
}

# Bombs ------------------------------------------------------------------------------------------


def png_that_claims(width: int, height: int, rows: int = 200) -> bytes:
    """A picture of one colour: a few kilobytes that unpack to gigabytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(min(rows * (width * 3 + 1), 40_000_000)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg_that_claims(width: int, height: int) -> bytes:
    raw = bytearray(jpeg())
    at = raw.index(b"\xff\xc0") + 5
    raw[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(raw)


FILES |= {
    "png bomb": (lambda: png_that_claims(30_000, 30_000), "too_many_pixels"),
    "png bomb, one line": (lambda: png_that_claims(2**31 - 1, 1, 0), "too_many_pixels"),
    "png of two thousand million lines": (
        lambda: png_that_claims(2**31 - 1, 2**31 - 1, 0),
        "too_many_pixels",
    ),
    "jpeg bomb": (lambda: jpeg_that_claims(65_500, 65_500), "too_many_pixels"),
    "png of no pixels": (lambda: png_that_claims(0, 0, 0), "broken"),
    "png with a bomb of text": (lambda: _png_text_bomb(), "broken"),
    "pdf with a stream bomb": (stream_bomb, "too_complex"),
    "pdf with filters upon filters": (filters_upon_filters, "too_complex"),
    # Taken as cameras' cut pictures are: grey where nothing was, and nothing but pixels.
    "jpeg that claims to be of a camera of 50 million": (
        lambda: jpeg_that_claims(6144, 8192),
        CLEAN,
    ),
}


def _png_text_bomb() -> bytes:
    facts = PngImagePlugin.PngInfo()
    facts.add_text("Comment", "a" * 80_000_000, zip=True)
    return saved(picture(200, 200), "PNG", pnginfo=facts)


# PDFs that want something -----------------------------------------------------------------------

for wish, change in WISHES.items():
    FILES[f"pdf with {wish}"] = (lambda change=change: pdf_with(change), CLEAN)


@file("pdf with a password", "encrypted")
def _password() -> bytes:
    return pdf_with(encryption=pikepdf.Encryption(owner="o", user="u"))


@file("pdf with an owner's password only", "encrypted")
def _owner_password() -> bytes:
    return pdf_with(encryption=pikepdf.Encryption(owner="o", user=""))


FILES |= {
    "pdf of 41 pages": (lambda: pdf_with(pages=41), "too_many_pages"),
    "pdf without pages": (lambda: pdf_with(pages=0), "no_pages"),
    "pdf with a page as large as a field": (
        lambda: pdf_with(lambda pdf: page_of(pdf, 200_000)),
        "too_complex",
    ),
    "pdf with a page of no size": (lambda: pdf_with(lambda pdf: page_of(pdf, 0)), CLEAN),
}


# Pictures that know too much --------------------------------------------------------------------


def with_exif(orientation: int = 1) -> bytes:
    facts = Image.Exif()
    facts[0x010E] = "planted description"
    facts[0x0112] = orientation
    facts.get_ifd(0x8825)[2] = (51.0, 30.0, 26.0)
    return saved(picture(), exif=facts, comment=b"planted comment")


def _png_with_text() -> bytes:
    facts = PngImagePlugin.PngInfo()
    facts.add_text("Comment", "planted words")
    facts.add_itxt("XML:com.adobe.xmp", "<x>planted</x>")
    return saved(picture(), "PNG", pnginfo=facts)


# Lying on its side (6), and its resolution is a text where a number belongs.
STRANGE_FACTS = (
    b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\6\0\0\0"
    b"\x1a\x01\x02\0\x03\0\0\0abc\0\0\0\0\0"
)

FILES |= {
    "jpeg with place and comment": (with_exif, CLEAN),
    "jpeg lying on its side": (lambda: with_exif(6), CLEAN),
    "jpeg with a wrong direction": (lambda: with_exif(99), CLEAN),
    "jpeg with facts of a strange kind": (lambda: saved(picture(), exif=STRANGE_FACTS), CLEAN),
    "png with words": (_png_with_text, CLEAN),
    "jpeg with a broken colour profile": (
        lambda: saved(picture(), icc_profile=b"planted" * 50),
        CLEAN,
    ),
}

# More of what is not asked for ------------------------------------------------------------------

files(
    "unknown_type",
    **{
        "icon": b"\0\0\1\0\1\0" + bytes(600),
        "photoshop": b"8BPS\0\1" + bytes(600),
        "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(600),
        "jpeg xl": b"\xff\x0a" + bytes(600),
        "sound": b"ID3\x04" + bytes(600),
        "wave": b"RIFF\x24\0\0\0WAVEfmt " + bytes(600),
        "matroska": b"\x1aE\xdf\xa3" + bytes(600),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(600),
        "rar": b"Rar!\x1a\x07\x01\0" + bytes(600),
        "gzip": b"\x1f\x8b\x08\0" + bytes(600),
        "xz": b"\xfd7zXZ\0" + bytes(600),
        "tar": b"a" + bytes(256) + b"ustar\x0000" + bytes(600),
        "database": b"SQLite format 3\0" + bytes(600),
        "class of java": b"\xca\xfe\xba\xbe" + bytes(600),
        "shortcut of windows": b"L\0\0\0\x01\x14\x02\0" + bytes(600),
        "help file": b"ITSF\x03\0\0\0" + bytes(600),
        "rich text": b"{\\rtf1\\ansi {\\object\\objdata 00}}",
        "php": b"<?php system($_GET['c']); ?>",
        "script of windows": b"@echo off\r\ndel /q *.*\r\n",
        "a mail": b"From: a@example.org\r\nSubject: x\r\n\r\nhello",
        "word macro in text": b'Sub AutoOpen()\r\nShell "calc"\r\nEnd Sub',
        "byte order mark, then html": b"\xef\xbb\xbf<html><script>alert(1)</script>",
        "utf-16 html": "<html><script>alert(1)</script>".encode("utf-16"),
        "spaces before a jpeg": b"    \xff\xd8\xff\xe0" + bytes(600),
        "name of a picture only": b"passport.jpg",
    },
)
