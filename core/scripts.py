"""What a text is written with, and which of its signs cannot stand there.

persian  a name in Persian letters
prose    Persian, amid which foreign names and numbers may stand
latin    Latin letters of any language, as foreign papers have them
ascii    A to Z, as in a passport
free     anything
"""

import re

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

SCRIPTS = ("persian", "prose", "latin", "ascii", "free")
# What a script refuses: letters of another one, and signs that no paper prints.
_PERSIAN = r"\u0600-\u06ff\u200c"
_LATIN = r"A-Za-zªºÀ-ÖØ-öø-ɏ\u0300-\u036fḀ-ỿ"
_SIGNS = r"\s!-@\[-`{-~«»‘’‚“”„–—…•·°±×²³½€£¥§№®©™﷼"
_STRANGE = {
    "persian": re.compile(rf"[^{_PERSIAN}\s0-9.,:/()«»‘’“”'\"!%+–—…-]"),
    "prose": re.compile(rf"[^{_PERSIAN}{_LATIN}{_SIGNS}]"),
    "latin": re.compile(rf"[^{_LATIN}{_SIGNS}]"),
    "ascii": re.compile(r"[^A-Za-z0-9\s.,'():/&#+-]"),
}
_WRONG_SCRIPT = {
    "persian": _l("“%(sign)s” cannot stand here. Write this with Persian letters."),
    "prose": _l("“%(sign)s” cannot stand here. Write it with Persian or Latin letters."),
    "latin": _l("“%(sign)s” cannot stand here. Write this with Latin letters."),
    "ascii": _l("“%(sign)s” cannot stand here. Use the letters A to Z, as a passport does."),
}
_PERSIAN_LETTER = re.compile(r"[آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی]")
_FOREIGN_LETTER = re.compile(rf"[^\W\d_{_PERSIAN}]")
# Keyboards and texts that correct themselves put these in place of the plain signs; a post mark
# before a Japanese postal code is none of it.
_PLAIN_SIGNS = str.maketrans("‘’`´‐‑–—", "'" * 4 + "-" * 4, "〒")


def fault(script: str, text: str) -> LazyString | None:
    """What is wrong with a text in one of SCRIPTS, naming the sign that cannot stand there."""
    if script in _STRANGE and (strange := _STRANGE[script].search(text)):
        return LazyString(lambda: _WRONG_SCRIPT[script] % {"sign": strange[0]})
    if script == "prose" and not _PERSIAN_LETTER.search(text):
        return _l("Write this in Persian; foreign names and numbers may stand in it.")
    return None


def plain(text: str) -> str:
    """The signs that keyboards put in place of an apostrophe or a hyphen made plain again."""
    return text.translate(_PLAIN_SIGNS)


def has_foreign_letters(text: str) -> bool:
    """Whether letters of another script than the Persian stand in it."""
    return bool(_FOREIGN_LETTER.search(text))
