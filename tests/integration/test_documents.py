"""Documents from the upload to the shelf and back, at two real offices."""

import io
import socketserver
import threading
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from core.actor import Actor
from core.documents import actions, jobs, queries, rules, scanner, storage, streams
from core.documents import cabinet as cabinets
from core.documents.models import Document
from core.documents.quarantine import Quarantine, TooLarge
from core.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from core.requests.models import ServiceDefinition, ServiceRequest
from tenants.database import db
from tenants.scope import office
from tests.unit import documents_corpus as corpus

NOW = timedelta(seconds=-5)  # sweep everything, whatever the clocks of the stores say


@pytest.fixture
def house(app, tmp_path):
    """The app with an empty shelf of its own."""
    with app.app_context():
        before = app.extensions.get("documents")
        made = cabinets.from_settings(app.extensions["settings"])
        app.extensions["documents"] = SimpleNamespace(
            shelf=storage.LocalStorage(tmp_path / "shelf"),
            root_key=made.root_key,
            scanner=scanner.NoScanner(),
            office_key=made.office_key,
            document_key=made.document_key,
        )
        yield app.extensions["documents"]
        app.extensions["documents"] = before or made


def _anything(model) -> dict:
    """A value for every column that needs one: what a request says is not documents' business."""
    samples = {str: "x", int: 1, dict: {}}
    return {
        column.key: samples.get(column.type.python_type)
        for column in model.__table__.columns
        if not column.nullable and column.default is None and column.key != "id"
    }


@pytest.fixture
def asked(house):
    """A person with a request at London."""
    person = Actor(kind="applicant", id=uuid4(), office="london")
    with office("london"):
        definition = ServiceDefinition(**_anything(ServiceDefinition) | {"hash": uuid4().hex})
        db.session.add(definition)
        db.session.flush()
        known = {"account_id": person.id, "definition_hash": definition.hash, "status": "closed"}
        request = ServiceRequest(**_anything(ServiceRequest) | known)
        db.session.add(request)
        db.session.flush()
    return person, request


def give(asked, raw: bytes, kind: str = "NID", name: str = "scan.jpg", **more) -> Document:
    person, request = asked
    with office("london"):
        return actions.receive(person, request, kind, io.BytesIO(raw), name, **more)


def stored(house) -> list[str]:
    with office("london", read_only=True):
        return sorted(found.key for found in house.shelf.list("london/documents/"))


def on_disk(house) -> bytes:
    return b"".join(path.read_bytes() for path in house.shelf.root.rglob("*") if path.is_file())


def rows(request) -> list[Document]:
    with office("london", read_only=True):
        return list(db.session.scalars(select(Document).where(Document.request_id == request.id)))


def read(document: Document, page: int | None = None) -> bytes:
    with office("london", read_only=True):
        opened = streams.open_preview(document, page) if page else streams.open_original(document)
        return b"".join(opened)


def test_a_picture_is_taken_and_read_back(house, asked):
    document = give(asked, corpus.jpeg(), name="../../کارت‌ملی\u202e.jpg")
    assert document.state == "released" and document.scan == "off" and document.position == 1
    assert document.original_name == "کارت‌ملی.jpg"
    content = read(document)
    assert len(content) == document.size and content.startswith(b"\xff\xd8\xff")
    assert read(document, page=1).startswith(b"\xff\xd8\xff")
    assert document.download_name == "nid-1.jpg"


def test_a_pdf_is_shown_page_by_page(house, asked):
    document = give(asked, corpus.pdf_with(pages=3), kind="RES")
    assert document.pages == 3 and read(document).startswith(b"%PDF-")
    assert all(read(document, page).startswith(b"\xff\xd8\xff") for page in (1, 2, 3))
    with office("london"), pytest.raises(NotFound):
        streams.open_preview(document, 4)


def test_nothing_readable_lies_on_the_shelf(house, asked):
    document = give(asked, corpus.pdf_with())
    content = on_disk(house)
    assert content and b"%PDF" not in content and b"\xff\xd8\xff" not in content
    assert read(document)[100:140] not in content


def test_positions_count_up_for_each_kind(house, asked):
    first, second = give(asked, corpus.jpeg()), give(asked, corpus.png())
    other = give(asked, corpus.jpeg(), kind="SHEN")
    assert [first.position, second.position, other.position] == [1, 2, 1]
    _person, request = asked
    with office("london", read_only=True):
        assert [document.id for document in queries.of_request(request.id)] == [
            first.id,
            second.id,
            other.id,
        ]


@pytest.mark.parametrize(
    "name", ["0 byte", "html", "jpeg and zip", "pdf with a password", "png bomb", "pdf of noise"]
)
def test_a_refused_file_leaves_nothing_and_says_why_in_both_languages(house, asked, name):
    with pytest.raises(Invalid) as refusal:
        give(asked, corpus.FILES[name][0](), field="nid")
    assert rows(asked[1]) == [] and stored(house) == []
    said = set()
    for lang in ("fa", "en"):
        with force_locale(lang):
            said.add(str(refusal.value.errors["nid"]))
    assert len(said) == 2


def test_a_file_over_the_limit_is_refused_before_it_is_read_to_its_end(house, asked):
    class Endless:
        given = 0

        def read(self, size):
            self.given += size
            return b"\xff" * size

    person, request = asked
    endless = Endless()
    with office("london"), pytest.raises(Invalid):
        actions.receive(person, request, "NID", endless, "big.jpg")
    assert endless.given <= rules.ANY.max_bytes + 2 * 65536


def test_a_portrait_must_be_a_picture_and_gets_warnings(house, asked):
    with pytest.raises(Invalid):
        give(asked, corpus.pdf_with(), kind="PHOTO")
    photo = give(asked, corpus.saved(corpus.picture(400, 400)), kind="PHOTO")
    assert {"photo_small", "photo_shape"} <= set(photo.warnings)


def test_the_photo_of_an_account_needs_no_request(house):
    person = Actor(kind="applicant", id=uuid4(), office="london")
    with office("london"):
        photo = actions.receive_for_account(
            person, person.id, "PHOTO", io.BytesIO(corpus.jpeg()), "me.jpg"
        )
    with office("london", read_only=True):
        assert queries.find_of_account(person.id, photo.id).id == photo.id
        with pytest.raises(NotFound):
            queries.find_of_account(uuid4(), photo.id)


def test_nobody_gives_or_removes_documents_of_another(house, asked):
    strangers = [
        Actor(kind="applicant", id=uuid4(), office="london"),
        Actor(kind="staff", id=uuid4(), office="london", roles=frozenset({"cashier"})),
        Actor(),
    ]
    document = give(asked, corpus.jpeg())
    _person, request = asked
    with office("london"):
        for stranger in strangers:
            with pytest.raises(Forbidden):
                actions.receive(stranger, request, "NID", io.BytesIO(corpus.jpeg()), "x")
            with pytest.raises(Forbidden):
                actions.remove(stranger, request, document)
        with pytest.raises(NotFound):
            queries.find(uuid4(), document.id)


def test_another_office_finds_and_opens_nothing(house, asked):
    document = give(asked, corpus.jpeg())
    with office("istanbul"):
        with pytest.raises(NotFound):
            queries.find(asked[1].id, document.id)
        with pytest.raises((Unavailable, storage.ForeignKey)):
            streams.open_original(document)


def test_a_removed_document_can_not_be_read_again_and_its_objects_are_swept(house, asked):
    person, request = asked
    document = give(asked, corpus.jpeg())
    with office("london"):
        actions.remove(person, request, queries.find(request.id, document.id))
    with office("london"):
        with pytest.raises(NotFound):
            queries.find(request.id, document.id)
        with pytest.raises(NotFound):
            streams.open_original(db.session.get(Document, document.id))
        assert jobs.sweep(NOW) == 2
    assert stored(house) == []


def test_removing_twice_is_told(house, asked):
    person, request = asked
    document = give(asked, corpus.jpeg())
    with office("london"):
        actions.remove(person, request, queries.find(request.id, document.id))
    with office("london"), pytest.raises(Conflict):
        actions.remove(person, request, db.session.get(Document, document.id))


def test_a_replacement_takes_the_place_of_the_old_one(house, asked):
    person, request = asked
    old = give(asked, corpus.jpeg(), side="front")
    with office("london"):
        fresh = actions.replace(
            person, request, queries.find(request.id, old.id), io.BytesIO(corpus.png()), "b.png"
        )
    assert (fresh.position, fresh.side, fresh.replaces_id) == (old.position, "front", old.id)
    with office("london", read_only=True):
        assert [document.id for document in queries.of_request(request.id)] == [fresh.id]


def test_a_refused_replacement_leaves_the_old_one(house, asked):
    person, request = asked
    old = give(asked, corpus.jpeg())
    with pytest.raises(Invalid), office("london"):
        actions.replace(person, request, old, io.BytesIO(b"no picture"), "b.png")
    assert read(old).startswith(b"\xff\xd8\xff")


def test_what_was_replaced_after_submission_stays_readable_for_the_trail(house, asked):
    person, request = asked
    old = give(asked, corpus.jpeg())
    with office("london"):
        actions.replace(
            person,
            request,
            queries.find(request.id, old.id),
            io.BytesIO(corpus.png()),
            "b.png",
            erase=False,
        )
    with office("london"):
        assert jobs.sweep(NOW) == 0


def test_objects_of_a_transaction_that_did_not_happen_are_swept(house, asked):
    person, request = asked
    with pytest.raises(ZeroDivisionError), office("london"):
        actions.receive(person, request, "NID", io.BytesIO(corpus.jpeg()), "x")
        raise ZeroDivisionError
    assert rows(request) == [] and len(stored(house)) == 2
    with office("london"):
        assert jobs.sweep() == 0  # young ones may belong to somebody who is about to commit
        assert jobs.sweep(NOW) == 2
    assert stored(house) == []


def test_without_storage_nothing_is_half_written(house, asked):
    person, request = asked
    house.shelf = storage.from_url("s3://k:s@bucket?endpoint=http://127.0.0.1:9")
    with pytest.raises(Unavailable), office("london"):
        actions.receive(person, request, "NID", io.BytesIO(corpus.jpeg()), "x")
    assert rows(request) == []


@pytest.mark.parametrize("harm", ["changed", "cut", "lost", "swapped"])
def test_a_file_that_was_touched_on_the_shelf_is_not_shown(house, asked, harm):
    document, other = give(asked, corpus.jpeg()), give(asked, corpus.png())
    folder = next(house.shelf.root.rglob(str(document.id)))
    master, raw = folder / "master", (folder / "master").read_bytes()
    if harm == "lost":
        master.unlink()
    else:
        foreign = next(house.shelf.root.rglob(str(other.id))) / "master"
        swaps = {
            "changed": raw[:99] + bytes([raw[99] ^ 1]) + raw[100:],
            "cut": raw[: len(raw) // 2],
            "swapped": foreign.read_bytes(),
        }
        master.write_bytes(swaps[harm])
    with pytest.raises((Unavailable, streams.Tampered)):
        read(document)


def test_a_quarantined_upload_is_unreadable_on_disk_and_has_no_name(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Quarantine(io.BytesIO(b"planted " * 50_000), 10**6) as upload:
        assert list(tmp_path.iterdir()) == []
        upload._file.seek(0)
        assert b"planted" not in upload._file.read()
        assert b"".join(upload.chunks()) == b"planted " * 50_000
    with pytest.raises(TooLarge):
        Quarantine(io.BytesIO(bytes(1001)), 1000)


# The scanner ------------------------------------------------------------------------------------


@contextmanager
def clamd(answer: bytes):
    """Speaks PING and INSTREAM as clamd does, and always gives this answer."""

    class Line(socketserver.StreamRequestHandler):
        def handle(self):
            if (word := self.rfile.read(6)) == b"zPING\0":
                self.wfile.write(b"PONG\0")
                return
            assert word + self.rfile.read(4) == b"zINSTREAM\0"
            while size := int.from_bytes(self.rfile.read(4), "big"):
                self.rfile.read(size)
            self.wfile.write(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Line) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield scanner.from_url(f"tcp://127.0.0.1:{server.server_address[1]}")
        server.shutdown()


def test_only_a_plain_ok_is_clean():
    for answer, verdict in {
        b"stream: OK\0": "clean",
        b"stream: Eicar-Test-Signature FOUND\0": "infected",
        b"stream: Heuristics.Limits.Exceeded FOUND\0": "infected",
        b"INSTREAM size limit exceeded. ERROR\0": "unknown",
        b"stream: OK but ERROR\0": "unknown",
        b"OK\0": "unknown",
        b"": "unknown",
    }.items():
        with clamd(answer) as scan:
            assert scan.scan([b"x" * 100, b"", b"y"]) == verdict
    assert scanner.from_url("tcp://127.0.0.1:9").scan([b"x"]) == "unknown"
    assert scanner.from_url(None).scan([b"x"]) == "off"
    with pytest.raises(ValueError, match="MIKHAK_CLAMAV_URL"):
        scanner.from_url("http://clamav")


def test_an_infected_file_is_refused(house, asked):
    with clamd(b"stream: Eicar FOUND\0") as house.scanner, pytest.raises(Invalid):
        give(asked, corpus.jpeg())
    assert rows(asked[1]) == [] and stored(house) == []


def test_what_was_not_scanned_waits_unseen_until_the_scanner_answers(house, asked):
    house.scanner = scanner.from_url("tcp://127.0.0.1:9")
    document = give(asked, corpus.jpeg())
    assert document.state == "checking" and document.is_live
    with office("london"):
        with pytest.raises(Conflict):
            streams.open_original(document)
        assert jobs.rescan() == 0
        assert document.id in jobs.stranded(timedelta(0))
    with clamd(b"stream: OK\0") as house.scanner, office("london"):
        assert jobs.rescan() == 1
        assert queries.find(asked[1].id, document.id).state == "released"


def test_what_is_found_infected_later_is_refused_and_erased(house, asked):
    house.scanner = scanner.from_url("tcp://127.0.0.1:9")
    document = give(asked, corpus.jpeg())
    with clamd(b"stream: Eicar FOUND\0") as house.scanner, office("london"):
        jobs.rescan()
    with office("london"):
        (refused,) = queries.refused_of_request(asked[1].id)
        assert (refused.id, refused.refusal) == (document.id, "infected")
        with pytest.raises(NotFound):
            queries.find(asked[1].id, document.id)
        assert jobs.sweep(NOW) == 2
