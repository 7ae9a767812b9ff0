"""What random texts are made of: the scripts that people type here, and what hides among them.

All of Unicode would have to be sorted first, which costs each test process five seconds.
"""

_RANGES = (
    (0x00, 0x250),  # control characters, Latin with its accents
    (0x300, 0x310),  # marks that combine
    (0x600, 0x700),  # Arabic and Persian, all digits
    (0x2000, 0x2070),  # spaces, joiners, marks of direction
    (0xFB50, 0xFBFF),  # letters in their written forms
    (0xFEFF, 0xFF00),  # the mark of byte order
    (0xFFFD, 0xFFFF),
    (0x1D7CE, 0x1D800),  # mathematical digits
    (0x1F468, 0x1F470),  # people, who join into one
)
TYPED = "".join(chr(code) for first, end in _RANGES for code in range(first, end))
