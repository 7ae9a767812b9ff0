"""How employed people come in: the same pages at an office's desk and at the ministry.

Two doors each: one for everybody (sign in, invitation), one for who is inside (own security).
The doors differ in site, path and audience; the views find the people by the scope.
"""

from core.web.door import Door
from core.web.entry import joining, security, sign_in

__all__ = ["hang_on"]


def hang_on(entry: Door, inside: Door) -> list[Door]:
    """Give both doors their pages."""
    sign_in.hang_on(entry)
    joining.hang_on(entry)
    security.hang_on(inside)
    return [entry, inside]
