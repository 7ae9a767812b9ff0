"""Words that people write beside an act: cleaned, limited, sometimes required."""

from flask_babel import lazy_gettext as _l

from core.errors import Invalid
from core.text import TextRefused, clean, figures

LONGEST = 2000


def said(text: str | None, field: str = "words", *, needed: bool = False) -> str:
    """The words in stored form. Raises Invalid when they are too long, refused or missing."""
    try:
        words = clean(text or "", lines=True)
    except TextRefused as error:
        raise Invalid({field: error.message}) from error
    if len(words) > LONGEST:
        told = _l("Write at most %(most)s characters; these are %(count)s.",
                  most=figures(LONGEST), count=figures(len(words)))  # fmt: skip
        raise Invalid({field: told})
    if needed and not words:
        raise Invalid({field: _l("Write this in a few words.")})
    return words
