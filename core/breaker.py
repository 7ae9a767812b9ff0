"""A breaker for a part that may be gone: after a failure nobody waits for it again for a while.

One for each part and process. It holds no truth, only impatience: when the pause is over, the next
one asks again.
"""

import time
from functools import cache


class Breaker:
    """Open after `trip`, closed again after `mend` or when the pause is over."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self._ask_again_at = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether asking would be a waste of time."""
        return time.monotonic() < self._ask_again_at

    def trip(self) -> None:
        """It did not answer."""
        self._ask_again_at = time.monotonic() + self.pause


@cache
def of(address: str, pause: float) -> Breaker:
    """This process's breaker for the part at an address."""
    return Breaker(pause)
