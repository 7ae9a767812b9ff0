"""Hostile texts in every box of every page that anybody may open: words and 4xx, never a fault."""

import os
import subprocess
import sys
import time
from http.client import HTTPConnection

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from config.settings import Settings
from core.platform.parts import free_port
from tests.conftest import Mailbox
from tests.critic import Page, Visitor, filled
from tests.integration import registration_steps
from tests.integration.registration_steps import IDENTITY, Visit, ask, come_in, fill_in

newcomer = registration_steps.newcomer
FORM = "application/x-www-form-urlencoded"
HOSTILE = {
    "nul": "a\x00b",
    "direction": "\u202eabc\u2066",
    "emoji": "😀👩‍👩‍👧",
    "html": '"><script>alert(1)</script>',
    "formula": "=cmd|' /C calc'!A0",
    "template": "{{ 7*7 }} %(a)s %s {0}",
    "long": "ن" * 10_000,
    "figures": "۱۲۳٤٥٦½²Ⅷ",
    "broken": b"\xff\xfe\xed\xa0\x80",
}
PUBLIC = [
    ("london", "/enter"),
    ("london", "/enter/password"),
    ("london", "/enter/forgotten"),
    ("london", "/track"),
    ("london", "/desk/sign-in"),
    ("ministry", "/sign-in"),
]


def boxes(page: Page, of: str | None = None) -> list[str]:
    """What a person could type into: everything but what our own page carries along."""
    form = page.form(of)
    hidden = {e.get("name") for e in form.iter("input") if e.get("type") == "hidden"}
    return [name for name, _ in filled(form) if name not in hidden]


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("site", "path"), PUBLIC, ids=lambda value: value)
def test_a_form_for_everybody_answers_with_words(
    visitor: Visit, site: str, path: str, kind: str
) -> None:
    guest = visitor(site)
    page = guest.get(path)
    assert page.status == 200
    answer = guest.submit(dict.fromkeys(boxes(page), HOSTILE[kind]))
    assert 400 <= answer.status < 500, answer.text[:300]
    assert answer.root is not None and answer.root.get("lang") == "fa"
    assert "<script>alert" not in answer.html
    assert "\x00" not in answer.html


@pytest.mark.parametrize("kind", HOSTILE)
def test_hidden_boxes_too(visitor: Visit, kind: str) -> None:
    guest = visitor("london")
    for site, path in PUBLIC[:4]:
        page = visitor(site)
        form = page.get(path).form()
        names = [e.get("name") for e in form.iter("input") if e.get("name") != "csrf_token"]
        assert 400 <= page.submit(dict.fromkeys(names, HOSTILE[kind])).status < 500
    assert guest.get("/").status == 200


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_one_time_code(visitor: Visit, person, kind: str) -> None:
    guest = visitor("london")
    ask(guest, person())
    assert guest.submit({"code": HOSTILE[kind]}, form="code").status == 422


@pytest.mark.parametrize("kind", [kind for kind in HOSTILE if kind not in ("direction",)])
def test_the_identity_of_a_new_person(newcomer: Visitor, kind: str) -> None:
    page = newcomer.get("/register/identity")
    typed = {**IDENTITY, **dict.fromkeys(boxes(page, "first_name_fa"), HOSTILE[kind])}
    answer = newcomer.submit(typed, form="first_name_fa")
    # Many pages of text in each box are more than a form may hold.
    assert answer.status == (413 if kind == "long" else 422), answer.text[:300]
    assert newcomer.get("/register/photo").url == "/register/identity"


@pytest.mark.parametrize(
    "query", ["%00", "%ff%fe", "%ED%A0%80", "%E2%80%AE", "x" * 3000, "%3Cscript%3E", "{{7*7}}"]
)
@pytest.mark.parametrize(
    "path",
    [
        "/services?q=",
        "/services/",
        "/enter?next=",
        "/enter/link/",
        "/enter/reset/",
        "/enter/picture/",
        "/requests/",
        "/requests/new/",
        "/account/profile/",
        "/desk/sign-in?next=",
        "/desk/invitation/",
        "/?lang=",
        "/?theme=",
        "/assets/",
    ],
)
def test_odd_addresses(visitor: Visit, path: str, query: str) -> None:
    answer = visitor("london").get(path + query)
    assert answer.status < 500, answer.text[:300]
    assert "<script>" not in answer.html.lower() or "%3Cscript" not in query


HOSTS = (
    *("", "[", "[::1", "a" * 300, "london.localhost:99999999", "lon don", "london..localhost"),
    *("london.localhost.", "LONDON.localhost", "london.localhost@evil.example", "۱.localhost"),
    *("xn--.localhost", "london.localhost\\evil", "evil.example"),
)


@pytest.mark.parametrize("host", HOSTS)
def test_odd_hosts(app: Flask, host: str) -> None:
    """The name of the house in any spelling, or a refusal; nothing else and no fault."""
    environ = EnvironBuilder(headers={"Host": host}).get_environ()
    body, status, _ = run_wsgi_app(app, environ)
    assert status[:3] in ("200", "400", "404"), status
    assert b"evil.example" not in b"".join(body)


def test_a_form_sent_twice_has_one_effect(visitor: Visit, mailbox: Mailbox, person) -> None:
    """A replayed form: the same answer; with another body: words."""
    someone = visitor("london")
    come_in(someone, mailbox, person())
    fill_in(someone)
    page = someone.get("/register/preview")
    pairs = [*filled(page.form("consent_terms")), ("consent_terms", "1405-1")]
    first = someone.post("/register/preview", pairs, follow=False)
    again = someone.post("/register/preview", pairs, follow=False)
    assert first.status == 303 and again.status in (303, 409, 422)


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_body_over_the_limit_is_answered_in_the_persons_language(
    visitor: Visit, lang: str
) -> None:
    someone = visitor("london", lang=lang)
    someone.get("/enter")
    page = someone.submit({"email": "x" * 2_000_000}, form="email")
    assert page.status == 413
    assert page.root is not None and page.root.get("lang") == lang
    assert ("too large" in page.text) == (lang == "en")
    assert "/enter" in page.links()


def test_a_browser_that_sends_too_much_sees_the_page(settings: Settings, app: Flask) -> None:
    """Through the real server: the answer comes after the last byte, not with a broken line."""
    port, size = free_port(), 20_000_000
    command = [sys.executable, "-m", "gunicorn", "-c", "python:core.platform.gunicorn", "wsgi:app"]
    with subprocess.Popen(command, env=environment(settings, port)) as server:
        try:
            connection = connect(port)
            headers = {
                "Host": "london.localhost",
                "Content-Type": FORM,
                "Content-Length": str(size),
            }
            connection.putrequest("POST", "/enter", skip_host=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            for _ in range(size // 100_000):
                connection.send(b"x" * 100_000)
            answer = connection.getresponse()
            assert answer.status == 413
            assert 'lang="fa"' in answer.read().decode()
        finally:
            server.terminate()


def connect(port: int) -> HTTPConnection:
    """Once the server listens."""
    deadline = time.monotonic() + 60
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.connect()
            return connection
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def environment(settings: Settings, port: int) -> dict[str, str]:
    """For a process that serves this house."""
    names = ("database_url", "owner_database_url", "redis_url", "storage_url", "smtp_url")
    addresses = {f"MIKHAK_{name.upper()}": getattr(settings, name) for name in names}
    random = "k7Qe0Zr3VbN1xWc9TtY5uHs2JpLm8dFg4"
    keys = {"MIKHAK_SECRET_KEY": random, "MIKHAK_HOME": str(settings.home)}
    return os.environ | addresses | keys | {"MIKHAK_ENV": "demo", "PORT": str(port)}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/services", "/enter", "/track", "/health/ready"])
def test_asking_changes_nothing_and_carries_the_headers(
    visitor: Visit, path: str, method: str
) -> None:
    guest: Visitor = visitor("london")
    answer = guest.client.open(
        path, method=method, base_url="http://london.localhost", headers={"Host": guest.host}
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if method == "HEAD":
        assert answer.data == b""
