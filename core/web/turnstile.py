"""The turnstile before the application: offices take turns, so that a noisy one slows only itself.

Threads are cheap and are the waiting room; two requests run at once, both of one office only while
nobody else comes: who does walks in as a third. More would only fight for the interpreter. Whoever
comes for an office whose part of the room is full is told at once. A request that waits for others
(`core.aside`) counts for nobody.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import count
from select import POLLIN, poll
from typing import Any

from core.aside import Step, stepping

RUNNING, WAITING_OF_ONE_OFFICE = 2, 8
BUSY = "503 Service Unavailable"
# A page of its own: whoever is busy has no time for templates.
PAGE = """<!doctype html>
<html lang="fa" dir="rtl"><head><meta charset="utf-8"><title>میخک</title></head><body>
<h1>در این لحظه مراجعه بسیار زیاد است</h1>
<p>چیزی از دست نرفته است. چند ثانیه دیگر صفحه را دوباره باز کنید یا فرم را دوباره بفرستید.</p>
<p lang="en" dir="ltr">Very many people are here right now. Nothing is lost. Open the page, or send
the form, again in a few seconds.</p>
</body></html>
""".encode()
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
    ("Retry-After", "2"),
]


class Patient:
    """What a request sends: waiting for a slow line keeps nobody out."""

    def __init__(self, stream: Any, line: Any, step: Step) -> None:
        self._stream, self._line, self._step = stream, line, step

    def read(self, *size: int) -> bytes:
        """As many bytes as there are, at most `size`."""
        with nullcontext() if self._has_come() else self._step():
            return bytes(self._stream.read(*size))

    def _has_come(self) -> bool:
        ready = poll()
        ready.register(self._line, POLLIN)
        return bool(ready.poll(0))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Turnstile:
    """WSGI middleware; one for each process.

    Whoever waits sleeps on a lock of their own, and each that leaves wakes exactly those who come
    in next. So while there is room nobody who may come in waits, and a newcomer just walks in.
    """

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app
        self._desk = threading.Lock()
        self._number = count(1)
        self._running = 0
        self._inside: Counter[str] = Counter()
        self._waiting: dict[str, deque[threading.Lock]] = {}
        self._served: dict[str, int] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Let in when it is this host's turn."""
        host = str(environ.get("HTTP_HOST", "")).partition(":")[0].lower()
        if not self._enter(host):
            start_response(BUSY, HEADERS)
            return [PAGE]
        if line := environ.get("gunicorn.socket"):
            step = partial(self._aside, host, self._come_back)
            environ["wsgi.input"] = Patient(environ["wsgi.input"], line, step)
        told = stepping.set(partial(self._aside, host, self._go_on))
        try:
            return self.app(environ, start_response)
        finally:
            stepping.reset(told)
            self._leave(host)

    @contextmanager
    def _aside(self, host: str, enter: Callable[[str], None]) -> Iterator[None]:
        self._leave(host)
        try:
            yield
        finally:
            enter(host)

    def _go_on(self, host: str) -> None:
        """Come back at once: it may hold locks that those inside are waiting for."""
        with self._desk:
            self._admit(host)

    def _come_back(self, host: str) -> None:
        """Come back when there is room, as the first of this office."""
        with self._desk:
            if self._may_come_in(host):
                self._admit(host)
                return
            turn = self._stand_in_line(host, first=True)
        turn.acquire()

    def _enter(self, host: str) -> bool:
        with self._desk:
            if self._may_come_in(host):
                self._admit(host)
                return True
            if len(self._waiting.get(host, ())) >= WAITING_OF_ONE_OFFICE:
                return False
            turn = self._stand_in_line(host)
        turn.acquire()  # opened by whoever makes room
        return True

    def _stand_in_line(self, host: str, *, first: bool = False) -> threading.Lock:
        turn = threading.Lock()
        turn.acquire()
        queue = self._waiting.setdefault(host, deque())
        queue.insert(0 if first else len(queue), turn)
        return turn

    def _leave(self, host: str) -> None:
        with self._desk:
            self._running -= 1
            self._inside[host] -= 1
            if not self._inside[host]:  # a client can invent as many hosts as it likes
                del self._inside[host]
            while (following := self._next()) is not None:
                queue = self._waiting[following]
                queue.popleft().release()
                self._admit(following)
                if not queue:
                    del self._waiting[following]
            if host not in self._inside and host not in self._waiting:
                self._served.pop(host, None)

    def _admit(self, host: str) -> None:
        self._running += 1
        self._inside[host] += 1
        self._served[host] = next(self._number)

    def _may_come_in(self, host: str) -> bool:
        """Alone an office has both places, beside others one; nobody waits for a single office."""
        alone = len(self._inside) == 1
        if host in self._inside:
            return alone and self._running < RUNNING
        return alone or self._running < RUNNING

    def _next(self) -> str | None:
        """Whose turn it is: of those who may come in, the one that was served longest ago."""
        may = filter(self._may_come_in, self._waiting)
        return min(may, key=lambda host: self._served.get(host, 0), default=None)
