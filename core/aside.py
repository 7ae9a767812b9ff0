"""Stepping aside: whoever waits for somebody else's work lets another request run meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

Step = Callable[[], AbstractContextManager[None]]
stepping: ContextVar[Step] = ContextVar("stepping", default=nullcontext)
"""How it is done here: `core.web.turnstile` says it for each request, elsewhere it is nothing."""


@contextmanager
def aside() -> Iterator[None]:
    """While the body waits (for a child process, a store, a scanner), our place is free.

    Whoever comes back goes on at once, even when the place has been taken: it may hold locks that
    those inside are waiting for.
    """
    step, told = stepping.get(), stepping.set(nullcontext)  # who has left can't leave again
    try:
        with step():
            yield
    finally:
        stepping.reset(told)
