"""Pictures, made new: decoded, turned upright, pasted into an empty picture, saved as JPEG.

Runs in the inspector's process. Nothing of the file that came survives but its pixels. What
Pillow raises is left to end the process, which means "broken".
"""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms, ImageFilter, ImageStat
from pillow_heif import register_heif_opener

from core.documents.verdicts import Refused

MAX_PIXELS = 65_000_000  # the largest cameras of phones have 64 million
MASTER_SIDE = 3000
MASTER_BYTES = 1_500_000
PREVIEW_SIDE = 1200
PREVIEW_BYTES = 300_000
LONGEST = 16_000
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
QUARTERS = {TURNS[orientation] for orientation in (5, 6, 7, 8)}
FORMATS = {"jpeg": "JPEG", "png": "PNG", "heic": "HEIF"}  # the one reader, by what was sniffed


def clean(raw: bytes, kind: str) -> tuple[dict, list[bytes]]:
    """The facts, and master and preview as JPEG; `Refused` when it can't be opened safely."""
    size, picture = _decoded(raw, kind)
    master = _in_common_colours(_shrunk(picture, MASTER_SIDE), picture.info.get("icc_profile"))
    facts = {
        "media_type": "image/jpeg",
        "pages": 1,
        "width": size[0],
        "height": size[1],
        "look": _look(master),
    }
    preview = _shrunk(master, PREVIEW_SIDE)
    return facts, [
        jpeg_of(master, MASTER_BYTES, MASTER_SIDE),
        jpeg_of(preview, PREVIEW_BYTES, PREVIEW_SIDE),
    ]


def scale_to(width: float, height: float, side: int) -> float:
    """By what to multiply so that the longer side fits; a strip stays wide enough to be read.

    Shots of a whole chat or statement are ten times as long as wide: their shorter side keeps half
    of `side`, up to LONGEST for the longer one.
    """
    longer, shorter = max(width, height), min(width, height)
    return min(max(side / longer, side / 2 / shorter), LONGEST / longer)


def jpeg_of(picture: Image.Image, limit: int, side: int) -> bytes:
    """A picture as JPEG of at most so many bytes for a square of that side, more for a strip."""
    area = picture.width * picture.height
    return _jpeg(picture, round(limit * max(1, area / side**2)))


def _decoded(raw: bytes, kind: str) -> tuple[tuple[int, int], Image.Image]:
    if kind == "heic":
        register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # our own limit below, which refuses instead of warning
    with Image.open(io.BytesIO(raw), formats=(FORMATS[kind],)) as source:
        return _upright(source)


def _upright(source: Image.Image) -> tuple[tuple[int, int], Image.Image]:
    """The original's size as people see it, and its pixels in a new picture."""
    width, height = source.size
    if width * height > MAX_PIXELS:
        raise Refused("too_many_pixels")
    source.draft("RGB", (MASTER_SIDE, MASTER_SIDE))  # a JPEG decodes straight to a smaller size
    source.load()
    turn = TURNS.get(_orientation(source))
    if turn in QUARTERS:
        width, height = height, width
    turned = _of_eight_bits(source.transpose(turn) if turn else source)
    fresh = Image.new("RGB", turned.size, "white")
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        fresh.paste(layer, mask=layer.getchannel("A"))
    else:
        fresh.paste(turned.convert("RGB"))
    if turned.mode in ("RGB", "RGBA"):
        fresh.info["icc_profile"] = source.info.get("icc_profile")
    return (width, height), fresh


def _orientation(source: Image.Image) -> int:
    """How the camera was held; facts that can't be read are no reason to refuse the picture."""
    try:
        return int(source.getexif().get(ORIENTATION, 1))
    except (SyntaxError, TypeError, ValueError, KeyError, OSError, struct.error):
        return 1


def _in_common_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB: without this the wide colours of newer phones look dull, skin above all."""
    if not profile:
        return picture
    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(found):
            return picture
        common = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, found, common, outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError):  # a profile that is broken, or for other colours
        return picture


def _of_eight_bits(picture: Image.Image) -> Image.Image:
    """Greys of 16 bits, as scanners write them, scaled down: Pillow alone would make them white."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point(lambda grey: grey * (1 / 257)).convert("L")


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    scale = scale_to(*picture.size, side)
    if scale >= 1:
        return picture
    width, height = (max(1, round(length * scale)) for length in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2)


def _jpeg(picture: Image.Image, limit: int) -> bytes:
    """The best quality that fits; a picture that never fits is made smaller."""
    while True:
        for quality in (88, 80, 70, 60, 45):
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=quality, optimize=False)
            if out.tell() <= limit:
                return out.getvalue()
        picture = _shrunk(picture, max(picture.size) * 3 // 4)


def _look(picture: Image.Image) -> dict:
    """Plain measures for the photo rules: brightness, sharpness, how even the background is."""
    small = _shrunk(picture, 400)
    grey = small.convert("L")
    return {
        "brightness": round(ImageStat.Stat(grey).mean[0]),
        "sharpness": round(_sharpness(picture)),
        "background": round(_background(small)),
        "background_spread": round(_background_spread(small)),
    }


def _sharpness(picture: Image.Image) -> float:
    """Variance of the edges, on a copy of one size so that pictures compare."""
    grey = picture.convert("L")
    grey.thumbnail((800, 800))
    return ImageStat.Stat(grey.filter(ImageFilter.FIND_EDGES)).var[0]


def _corners(small: Image.Image) -> list[Image.Image]:
    """The upper corners, where a portrait shows nothing but its background."""
    width, height = small.size
    side, depth = max(1, width // 8), max(1, height // 5)
    return [small.crop((0, 0, side, depth)), small.crop((width - side, 0, width, depth))]


def _background(small: Image.Image) -> float:
    return min(ImageStat.Stat(corner.convert("L")).mean[0] for corner in _corners(small))


def _background_spread(small: Image.Image) -> float:
    return max(max(ImageStat.Stat(corner).stddev) for corner in _corners(small))
