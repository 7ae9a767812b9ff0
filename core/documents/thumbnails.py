"""A page's preview once more, small: lists of files need not carry whole pages.

It is made when it is asked for. What is opened here was made by us, sealed, and checked on its way
back; a stranger's file never comes this far.
"""

import io

from PIL import Image

from core.documents import streams
from core.documents.models import Document

SIDE = 240
QUALITY = 75


def thumbnail(document: Document, page: int = 1) -> bytes:
    """The page as a JPEG of at most `SIDE` pixels. Errors as in `streams.open_preview`."""
    whole = b"".join(streams.open_preview(document, page))
    small = io.BytesIO()
    with Image.open(io.BytesIO(whole), formats=("JPEG",)) as picture:
        picture.draft("RGB", (SIDE, SIDE))  # decodes straight to a size near what is wanted
        picture.thumbnail((SIDE, SIDE))
        picture.save(small, "JPEG", quality=QUALITY)
    return small.getvalue()
