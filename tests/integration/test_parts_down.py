"""Valkey, mail and storage frozen: people go on, and are told the truth about files."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from blueprints import find_doors
from config.settings import Settings
from core import clock
from core.app import create_app
from core.catalogue import reader
from core.outbox.relay import run_due
from tests.conftest import Mailbox
from tests.critic import Visitor
from tests.integration import applicants
from tests.integration.registration_steps import ask, code_in


@pytest.fixture(scope="module")
def silent() -> Iterator[int]:
    """A port that takes connections and never says a word, as a frozen server does."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield server.getsockname()[1]


@pytest.fixture(scope="module")
def crippled(app: Flask, settings: Settings, silent: int) -> Flask:
    """The same house with nothing but its database."""
    return create_app(
        replace(
            settings,
            redis_url=f"redis://127.0.0.1:{silent}/0",
            smtp_url=f"smtp://127.0.0.1:{silent}",
            storage_url=f"s3://key:secret@documents?endpoint=http://127.0.0.1:{silent}",
        ),
        find_doors(),
    )


def test_people_come_in_once_the_mail_is_back(
    app: Flask, crippled: Flask, mailbox: Mailbox, person
) -> None:
    mailbox.deliver()  # what other tests left would wait for the frozen server too, one by one
    who, guest = person(), Visitor(crippled, "london.localhost")
    assert ask(guest, who).url == "/enter/code"
    with crippled.app_context():
        run_due()  # the mail server does not take it; it waits
    with clock.at(clock.now() + timedelta(minutes=5)):
        code = code_in(mailbox, who["email"])
    assert guest.submit({"code": code}, form="code").url == "/register/identity"


@pytest.mark.parametrize("path", ["/", "/services", "/enter", "/track", "/desk/sign-in"])
def test_pages_open(crippled: Flask, path: str) -> None:
    assert Visitor(crippled, "london.localhost").get(path).status == 200


def test_a_request_is_filled_in_and_a_file_is_refused_with_words(crippled: Flask) -> None:
    definition = reader.load_all()["passport-renewal"]
    sample = next(item for item in definition.samples if item.kind == "plain")
    with clock.at(applicants.NOON):
        visitor, _ = applicants.sign_in(crippled, sample.profile, lang="en")
        request_id = applicants.begin(visitor, definition.code)
        applicants.fill_sections(crippled, visitor, request_id, sample)
        page = visitor.get(f"/requests/{request_id}/documents")
        assert page.status == 200
        assert "Files can't be received at the moment" in page.text
        kind = next(
            box.get("name") for form in page.forms() for box in form.iter("input")
            if box.get("type") == "file"
        )  # fmt: skip
        answer = visitor.submit({kind: (applicants.picture(), "a.jpg")}, form=kind)
        assert answer.status == 503
        assert visitor.get(f"/requests/{request_id}").status == 200


def test_the_health_page_names_what_is_missing(crippled: Flask) -> None:
    answer = Visitor(crippled, "london.localhost").get("/health/ready").response
    parts = {"database": True, "schemas": True, "valkey": False, "storage": False, "mail": False}
    found = answer.get_json()
    assert answer.status_code == 200 and found["status"] == "degraded"
    assert {name: found["parts"][name] for name in parts} == parts


@pytest.mark.parametrize("words", ["offices list", "offices migrate", "audit check", "worker"])
def test_a_command_says_in_one_line_which_part_is_gone(tmp_path, words: str) -> None:
    """Nothing of the address but the host is repeated: it holds a password."""
    gone = "postgresql://somebody:geheim@127.0.0.1:1/mikhak"
    settings = {
        "HOME": str(tmp_path),
        "DATABASE_URL": gone,
        "OWNER_DATABASE_URL": gone,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "STORAGE_URL": tmp_path.as_uri(),
        "SMTP_URL": "smtp://127.0.0.1:1",
    }
    answer = subprocess.run(
        [sys.executable, "-m", "core.cli", *words.split()],
        env=os.environ | {f"MIKHAK_{name}": value for name, value in settings.items()},
        capture_output=True,
        text=True,
        check=False,
    )
    part = "Valkey" if words == "worker" else "PostgreSQL"
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1), answer.stderr
    assert f"Error: {part} does not answer: " in answer.stderr
    assert "geheim" not in answer.stderr + answer.stdout
