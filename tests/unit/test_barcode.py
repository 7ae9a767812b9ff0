"""Code 128: every sign is eleven modules, the check sign is right, the text comes back."""

import re

from core.papers import barcode

CODE = "K7QM2XWP9RTA"


def test_the_bars_read_back_as_the_text():
    widths = drawn(barcode.svg(CODE))
    signs = ["".join(map(str, widths[at : at + 6])) for at in range(0, len(widths) - 7, 6)]
    assert {sum(map(int, sign)) for sign in signs} == {11}
    table = [barcode._pattern(value) for value in range(106)]
    assert len(set(table)) == 106
    start, *letters, check = [table.index(sign) for sign in signs]
    assert start == 104 and "".join(chr(value + 32) for value in letters) == CODE
    assert check == (start + sum((n + 1) * value for n, value in enumerate(letters))) % 103
    assert "".join(map(str, widths[-7:])) == "2331112"


def drawn(svg: str) -> list[int]:
    """Bars and the spaces between them as the picture has them."""
    bars = [(int(at), int(width)) for at, width in re.findall(r"M(\d+) 0h(\d+)v", svg)]
    assert bars[0][0] == barcode.QUIET
    widths: list[int] = []
    for (at, width), following in zip(bars, [*bars[1:], (None, 0)], strict=True):
        widths.append(width)
        if following[0] is not None:
            widths.append(following[0] - at - width)
    return widths
