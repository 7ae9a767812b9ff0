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
    picture = Image.new("RGB", (1240, 880), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((40, 40, 1200, 840), outline=LINE, width=4)
    pen.text((90, 90), f"SPECIMEN  {code}  {page}", fill=INK, font_size=64)
    for row in range(9):
        pen.line((90, 230 + row * 62, 1150 - (row % 3) * 140, 230 + row * 62), fill=LINE, width=10)
    return _jpeg(picture)


@cache
def _portrait(number: int) -> bytes:
    picture = Image.new("RGB", (900, 1200), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((150, 820 + 10 * number, 750, 1500), fill="#5a6b7b")
    pen.ellipse((270, 220, 630, 760), fill="#d9b99b")
    pen.arc((250, 190, 650, 700), 180, 360, fill="#3a2c25", width=90)
    pen.ellipse((370, 470, 410, 500), fill=INK)
    pen.ellipse((490, 470, 530, 500), fill=INK)
    return _jpeg(picture)


def _jpeg(picture: Image.Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=85)
    return stream.getvalue()
