"""The web fonts: Vazirmatn cut down to what pages need, so that a first visit stays small.

vazirmatn.woff2 has Persian, Arabic and basic Latin letters (about a third of the whole font);
vazirmatn-more.woff2 has the rest, which a browser loads only when a name needs it.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

VARIABLE = "vazirmatn/fonts/webfonts/Vazirmatn[wght].woff2"
# The weights that pages use; the axis ends there.
WEIGHTS = (400, 400, 700)
FEATURES = "ccmp locl isol init medi fina rlig liga calt kern mark mkmk tnum curs"
# Sources: the letters of Persian and Arabic, their marks and digits, ASCII, and common signs.
CORE = {
    *range(0x20, 0x7F),
    *(ord(sign) for sign in "\u00a0«»©·×–—‘’“”•…←→−،؛؟ـ\u200c\u200d\u200e\u200f"),
    *range(0x621, 0x63B),
    *range(0x641, 0x656),
    *(ord(letter) for letter in "ٰٱپچژکگھۀہۂیە٪٫٬"),
    *range(0x660, 0x66A),
    *range(0x6F0, 0x6FA),
}


@dataclass(frozen=True)
class WebFont:
    source: str
    core: bool


FONTS = {
    "vazirmatn.woff2": WebFont(VARIABLE, core=True),
    "vazirmatn-more.woff2": WebFont(VARIABLE, core=False),
}


def web_font(name: str, packages: Path) -> bytes:
    """One of FONTS, cut from the font in the npm package."""
    facts = FONTS[name]
    font = TTFont(packages / facts.source, recalcTimestamp=False)
    wanted = CORE if facts.core else set(font.getBestCmap()) - CORE
    options = subset.Options(
        flavor="woff2", layout_features=FEATURES.split(), hinting=False, name_IDs=[1, 2]
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS})
    font.flavor = "woff2"
    result = io.BytesIO()
    font.save(result)
    return result.getvalue()
