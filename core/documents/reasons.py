"""Why a file was refused and what to do, and what looks doubtful about a photo, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from core.text import figures

REASONS: dict[str, Any] = {
    "empty": _l("This file is empty. Choose the file again, or take a new picture."),
    "unknown_type": _l("This is not a picture or a PDF. Send JPG, PNG, HEIC or PDF."),
    "other_picture": _l(
        "Pictures of this kind (WebP, AVIF, TIFF, GIF) are not taken. Save it as JPG or PNG, or"
        " take a new picture."
    ),
    "pictures_only": _l("Here a picture is needed: send JPG, PNG or HEIC."),
    "two_types": _l(
        "This file is two kinds of file at once. Take a new picture, or print it to a new PDF."
    ),
    "broken": _l("This file is damaged and can't be opened. Save it again or take a new picture."),
    "too_many_pixels": _l(
        "This picture has too many pixels. Take it again with the usual setting of your camera."
    ),
    "too_small": _l(
        "This picture is too small to be read. Take it again from close up, in full size."
    ),
    "encrypted": _l(
        "This PDF is locked (by a password, or against changes). Print it to a new PDF, or take"
        " pictures of its pages."
    ),
    "form_not_drawn": _l(
        "What was typed into this PDF form can't be shown. Print it to a new PDF and send that."
    ),
    "no_pages": _l("This PDF has no pages. Save it again and send it once more."),
    "too_many_pages": _l("This PDF has more than 40 pages. Send only the pages that are asked."),
    "too_complex": _l(
        "This file takes too much to open. Print the page to a new PDF or take a picture of it."
    ),
    "too_slow": _l(
        "Opening this file took too long. Print the page to a new PDF or take a picture of it."
    ),
    "infected": _l(
        "The virus scanner found something in this file. Check your device and send a clean file."
    ),
}

WARNINGS: dict[str, Any] = {
    "photo_small": _l("The photo has few pixels. At least 600 by 800 is needed to print it."),
    "photo_shape": _l("The photo should be upright, three wide to four high."),
    "photo_dark": _l("The photo is dark. Take it in daylight, facing the window."),
    "photo_bright": _l("The photo is too bright. Avoid direct light or a flash."),
    "photo_blurred": _l("The photo looks blurred. Hold the camera still and take it again."),
    "photo_background": _l("The background should be plain and white or light."),
}

ENOUGH = _l("There are enough files here already. Remove one before you add another.")


def words(code: str) -> Any:
    """The sentence for a reason or a warning."""
    return REASONS.get(code) or WARNINGS[code]


def too_large(most: int) -> Any:
    """The sentence for a file over its limit, with the limit."""
    return _l(
        "This file is too large. Send one of at most %(megabytes)s MB.",
        megabytes=figures(f"{most / 2**20:g}"),
    )
