"""The turnstile before the application: offices take turns, so that a noisy one slows only itself.

Threads are cheap and are the waiting room; only a few requests run at once, and never all of them
for one office. Whoever comes for an office whose part of the room is full is told at once.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

RUNNING, OF_ONE_OFFICE, WAITING_OF_ONE_OFFICE = 4, 2, 8
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


class Turnstile:
    """WSGI middleware; one for each process."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app
        self._moved = threading.Condition()
        self._inside: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._served: dict[str, float] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Let in when it is this host's turn."""
        host = str(environ.get("HTTP_HOST", "")).partition(":")[0].lower()
        if not self._enter(host):
            start_response(BUSY, HEADERS)
            return [PAGE]
        try:
            return self.app(environ, start_response)
        finally:
            self._leave(host)

    def _enter(self, host: str) -> bool:
        with self._moved:
            if self._waiting[host] >= WAITING_OF_ONE_OFFICE:
                return False
            self._waiting[host] += 1
            while self._next() != host:
                self._moved.wait()
            self._less(self._waiting, host)
            self._inside[host] += 1
            self._served[host] = time.monotonic()
            self._moved.notify_all()  # there may be room for one more
        return True

    def _leave(self, host: str) -> None:
        with self._moved:
            self._less(self._inside, host)
            if host not in self._inside and host not in self._waiting:
                self._served.pop(host, None)
            self._moved.notify_all()

    def _next(self) -> str | None:
        """Whose turn it is: of those who may come in, the one that was served longest ago."""
        if self._inside.total() >= RUNNING:
            return None
        may = [host for host in self._waiting if self._inside[host] < OF_ONE_OFFICE]
        return min(may, key=lambda host: self._served.get(host, 0.0), default=None)

    @staticmethod
    def _less(counter: Counter[str], host: str) -> None:
        """Hosts that nobody asks for are forgotten; a client can invent as many as it likes."""
        counter[host] -= 1
        if not counter[host]:
            del counter[host]
