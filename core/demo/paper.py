"""Pictures for the demo: clearly not anybody's real document."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

PAPER, INK, LINE = "#f4f1e8", "#3b4652", "#c9c3b4"


def document(code: str, page: int = 1) -> BytesIO:
    """A sheet that says which kind of document it stands for; each page is another picture."""
    return BytesIO(_sheet(code, page))


def portrait(number: int = 1) -> BytesIO:
    """A plain head and shoulders on white; each number is another picture."""
    return BytesIO(_portrait(number))


@cache
def _sheet(code: str, page: int) -> bytes:
    picture = Image.new("RGB", (900, 640), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((30, 30, 870, 610), outline=LINE, width=3)
    pen.text((66, 66), f"SPECIMEN  {code}  {page}", fill=INK, font_size=46)
    for row in range(9):
        pen.line((66, 168 + row * 45, 836 - (row % 3) * 100, 168 + row * 45), fill=LINE, width=7)
    return _jpeg(picture)


@cache
def _portrait(number: int) -> bytes:
    picture = Image.new("RGB", (600, 800), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((100, 546 + 7 * number, 500, 1000), fill="#5a6b7b")
    pen.ellipse((180, 146, 420, 506), fill="#d9b99b")
    pen.arc((166, 126, 434, 466), 180, 360, fill="#3a2c25", width=60)
    pen.ellipse((246, 313, 274, 341), fill=INK)
    pen.ellipse((326, 313, 354, 341), fill=INK)
    return _jpeg(picture)


def _jpeg(picture: Image.Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=85)
    return stream.getvalue()
