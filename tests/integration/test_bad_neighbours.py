"""One that is broken, slow or unreadable hurts nobody but itself."""

import threading
import time
from io import BytesIO

import psycopg
import pytest
from werkzeug.test import create_environ, run_wsgi_app

from core import housekeeping
from core.documents import scanner
from core.outbox import actions as outbox
from core.outbox.relay import Relay
from tenants.database import db
from tenants.scope import office
from tests.integration import test_documents
from tests.integration.test_documents import clamd, give
from tests.unit import documents_corpus as corpus

house, asked = test_documents.house, test_documents.asked


@pytest.fixture
def broken_istanbul(settings):
    """An office whose outbox is not there."""
    rename = "ALTER TABLE office_istanbul.{} RENAME TO {}"
    with psycopg.connect(settings.owner_database_url, autocommit=True) as owner:
        owner.execute(rename.format("outbox", "outbox_away").encode())
        yield
        owner.execute(rename.format("outbox_away", "outbox").encode())


def test_a_broken_office_does_not_stop_the_relay(app, mailbox, broken_istanbul):
    letter = {"to": "beside@example.org", "message": "account_activated", "lang": "en"}
    with app.app_context(), office("london"):
        outbox.put("mail", {**letter, "values": {"name": "x"}})
    relay = Relay(app)
    relay.valkey.trip()  # nobody else is at work here

    def work():
        with app.app_context():
            relay.run()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        end = time.monotonic() + 60
        while not any(mail["To"] == letter["to"] for mail in mailbox.received):
            assert time.monotonic() < end, "London's mail was not sent"
            time.sleep(0.1)
    finally:
        relay.stop()
        thread.join(20)


def test_a_file_that_is_lost_does_not_stop_the_house(house, asked):
    house.scanner = scanner.from_url("tcp://127.0.0.1:9")
    lost, other = give(asked, corpus.jpeg()), give(asked, corpus.png())
    house.shelf.delete(f"{lost.storage_key}/master")
    with clamd(b"stream: OK\0") as house.scanner:
        housekeeping.keep("london", 0)
    with office("london", read_only=True):
        assert db.session.get_one(type(other), other.id).state == "released"


class Stalled:
    """A line over which nothing comes until it is let go."""

    def __init__(self):
        self.go = threading.Event()

    def read(self, *_size):
        self.go.wait(30)
        return b""


def test_slow_lines_hold_no_connection(app):
    """As many strangers as there are connections begin to send a form and then say nothing."""
    base, line = app.extensions["settings"].base_domain, Stalled()
    with app.app_context():
        connections = db.engine.pool.size()

    def stranger():
        form = create_environ("/enter", f"http://london.{base}", method="POST")
        form |= {
            "wsgi.input": line,
            "CONTENT_LENGTH": "1000",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "HTTP_COOKIE": "mikhak=nonsense",
        }
        run_wsgi_app(app.wsgi_app, form, buffered=True)

    threads = [threading.Thread(target=stranger) for _ in range(connections)]
    for thread in threads:
        thread.start()
    try:
        page = create_environ("/services", f"http://istanbul.{base}")
        assert run_wsgi_app(app.wsgi_app, page, buffered=True)[1].startswith("200")
        with app.app_context():
            assert db.engine.pool.checkedout() == 0
    finally:
        line.go.set()
        for thread in threads:
            thread.join(20)


def test_an_upload_is_never_a_plain_file(app):
    """A paper of two megabytes, while it is being received."""
    environ = create_environ(
        "/", method="POST", data={"paper": (BytesIO(bytes(2_000_000)), "scan.jpg")}
    )
    request = app.request_class(environ)
    assert isinstance(request.files["paper"].stream, BytesIO)
