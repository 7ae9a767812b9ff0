"""Clients on real HTTP: they submit and hand in papers, and repeat until they are answered."""

import html
import http.client
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from tests.faults.people import Applicant

TIMEOUT = 30.0
PATIENCE = 300.0
HIDDEN = re.compile(r'<input type="hidden" name="(csrf_token|_once|seen)"[^>]*value="([^"]*)"')
DECLARED = re.compile(r'name="declared" value="([^"]*)"')
CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b")
BOUNDARY = "----the-boundary-of-a-test"


class Unanswered(Exception):
    """Nobody answered although we repeated for minutes."""


@dataclass
class Answer:
    """What came back."""

    status: int
    location: str
    body: str


@dataclass
class Record:
    """What the clients were told, kept outside of the house."""

    submitted: dict[UUID, tuple[str, str]] = field(default_factory=dict)  # id → (office, code)
    handed_in: Counter[tuple[str, UUID]] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: str, seconds: float) -> None:
        """One try and how it ended."""
        with self.lock:
            self.answers[status] += 1
            self.slowest = max(self.slowest, seconds)

    def fault(self, what: str) -> None:
        """An answer that must never be given."""
        with self.lock:
            self.wrong.append(what)


class Browser:
    """One person's browser: host, cookies, one connection at a time."""

    def __init__(self, port: int, who: Applicant, record: Record) -> None:
        self.port, self.who, self.record = port, who, record
        self.cookies = {"mikhak": who.cookie, "lang": "en"}

    def once(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer | None:
        """Ask one time; None when the connection broke before the answer."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {
            "Host": self.who.host,
            "Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items()),
        }
        try:
            connection.request(method, path, body or None, headers | _typed(kind))
            got = connection.getresponse()
            text = got.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            self.record.note(type(error).__name__, time.monotonic() - began)
            return None
        finally:
            connection.close()
        for header in got.headers.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.record.note(str(got.status), time.monotonic() - began)
        return Answer(got.status, got.headers.get("Location", ""), text)

    def until_answered(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        """Ask, and ask the very same again, until there is an answer that is no excuse."""
        pause, deadline = 0.05, time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self.once(method, path, body, kind)
            if answer is not None and answer.status < 500 and answer.status != 429:
                return answer
            time.sleep(pause)
            pause = min(1.0, pause * 2)
        raise Unanswered(f"{method} {path}")

    def submit_plainly(self, draft: UUID) -> bool:
        """Submit without ever repeating; whether it was acknowledged."""
        page = self.once("GET", f"/requests/{draft}/check")
        if page is None or page.status != 200:
            return False
        answer = self.once("POST", f"/requests/{draft}/submit", _filled(page.body), "form")
        if answer is None or answer.status != 303:
            return False
        shown = self.once("GET", f"/requests/{draft}/submitted")
        found = CODE.search(shown.body) if shown else None
        with self.record.lock:
            self.record.submitted[draft] = self.who.slug, found[0].replace("-", "") if found else ""
        return True

    def submit(self, draft: UUID, dice: random.Random) -> None:
        """From the check page to the tracking code; sometimes the same form again."""
        page = self.until_answered("GET", f"/requests/{draft}/check")
        form = _filled(page.body)
        answer = self.until_answered("POST", f"/requests/{draft}/submit", form, "form")
        if answer.status != 303 or not answer.location.endswith(f"/{draft}/submitted"):
            self.record.fault(f"submit {answer.status} {answer.location}")
            return
        code = self._code(draft)
        with self.record.lock:
            self.record.submitted[draft] = (self.who.slug, code)
        if dice.random() < 0.3:
            again = self.until_answered("POST", f"/requests/{draft}/submit", form, "form")
            if (again.status, again.location) != (303, answer.location) or self._code(
                draft
            ) != code:
                self.record.fault(f"the same key: {again.status} {again.location}")
        if dice.random() < 0.1:
            other = form + b"&declared=something-else"
            refused = self.until_answered("POST", f"/requests/{draft}/submit", other, "form")
            if refused.status != 422:
                self.record.fault(f"the same key with another body: {refused.status}")

    def hand_in(self, draft: UUID, key: str, picture: bytes) -> None:
        """One paper through the page of the documents."""
        path = f"/requests/{draft}/documents"
        page = self.until_answered("GET", path)
        token = dict(HIDDEN.findall(page.body))["csrf_token"]
        body = _multipart({"csrf_token": html.unescape(token), "_key": key}, key, picture)
        answer = self.until_answered("POST", path, body, "file")
        if answer.status == 303:
            with self.record.lock:
                self.record.handed_in[self.who.slug, draft] += 1
        else:
            self.record.fault(f"hand in {answer.status}: {_error_of(answer.body)}")

    def _code(self, draft: UUID) -> str:
        found = CODE.search(self.until_answered("GET", f"/requests/{draft}/submitted").body)
        return found[0].replace("-", "") if found else ""


def _filled(page: str) -> bytes:
    """The check page's form with everything declared."""
    fields = [*HIDDEN.findall(page), *(("declared", key) for key in DECLARED.findall(page))]
    return urlencode([(name, html.unescape(value)) for name, value in fields]).encode()


def _typed(kind: str) -> dict[str, str]:
    if kind == "file":
        return {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return {"Content-Type": "application/x-www-form-urlencoded"} if kind else {}


def _multipart(fields: dict[str, str], key: str, picture: bytes) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
    ]
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return "".join([*parts, head]).encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()


def _error_of(body: str) -> str:
    found = re.search(r'class="error[^>]*>([^<]+)<', body)
    return found[1] if found else body[:80]


def all_at_once(work: list[Any], threads: int, do: Any) -> list[threading.Thread]:
    """Threads that take the pieces of work in turn."""
    waiting, lock = iter(work), threading.Lock()

    def run() -> None:
        while True:
            with lock:
                piece = next(waiting, None)
            if piece is None:
                return
            do(piece)

    started = [threading.Thread(target=run, daemon=True) for _ in range(threads)]
    for thread in started:
        thread.start()
    return started
