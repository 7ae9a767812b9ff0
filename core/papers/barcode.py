"""Code 128 (set B) of a tracking code, for the scanner at the counter; an SVG.

A table and a sum; a library would bring no more. Source: ISO/IEC 15417.
"""

# Six widths (bar, space, bar, …) for each of the values 0 to 105, in order; then the stop sign.
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231"
    "113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211"
    "212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131"
    "113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111"
    "314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211"
    "241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214"
    "211232"
)
_STOP = "2331112"
_START_B = 104
_MODULO = 103
_FIRST_LETTER = 32
QUIET = 10  # blank modules on either side, without which no scanner begins
HEIGHT = 60


def svg(text: str) -> str:
    """The bars of a text of plain Latin letters and figures, one unit a module."""
    at, bars = QUIET, []
    for place, width in enumerate(map(int, _widths(text))):
        if place % 2 == 0:
            bars.append(f"M{at} 0h{width}v{HEIGHT}h-{width}z")
        at += width
    whole = at + QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {HEIGHT}" '
        f'preserveAspectRatio="none"><path fill="#000" d="{"".join(bars)}"/></svg>'
    )


def _widths(text: str) -> str:
    values = [_START_B, *(ord(letter) - _FIRST_LETTER for letter in text)]
    check = values[0] + sum(place * value for place, value in enumerate(values))
    return "".join(map(_pattern, [*values, check % _MODULO])) + _STOP


def _pattern(value: int) -> str:
    return _WIDTHS[6 * value : 6 * value + 6]
