"""Keys are changed while people read; and what must be secret lies nowhere in clear."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO

import pytest
from click.testing import Result
from sqlalchemy import select

from core.actor import Actor
from core.documents import actions, cabinet, cli, rotation
from core.documents.keys import LocalRootKey
from core.documents.models import Document
from core.platform.doctor import examine
from core.requests.models import ServiceRequest
from tenants import registry
from tenants.database import db
from tenants.scope import ministry, office
from tests.isolation.conftest import World
from tests.unit import documents_corpus as corpus
from tests.world import visitor_as

SLUG = "istanbul"
PATIENCE = 30.0


def command(world: World, *words: str) -> Result:
    """A command of `mikhak keys`, run to its end."""
    result = world.app.test_cli_runner().invoke(cli.keys, list(words))
    assert result.exit_code == 0, result.output
    return result


@contextmanager
def reading(world: World) -> Iterator[list[tuple[int, bytes]]]:
    """Two people read the owner's document over and over; what they were answered.

    Each has read it before the change begins and reads it once more after its end.
    """
    answers: list[tuple[int, bytes]] = []
    path = f"/requests/{world.istanbul.submitted}/files/{world.istanbul.document}/original"
    begun, done = threading.Barrier(3), threading.Event()

    def read() -> None:
        someone = visitor_as(world.app, world.istanbul.people["owner"])

        def once() -> None:
            answer = someone.get(path).response
            answers.append((answer.status_code, answer.get_data()))

        once()
        begun.wait(PATIENCE)
        while not done.is_set():
            once()
        once()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        begun.wait(PATIENCE)
        yield answers
    finally:
        done.set()
        for reader in readers:
            reader.join()


def hand_in(world: World) -> str:
    """One more document of the owner's draft, by the registry as this process knows it."""
    place = world.istanbul
    owner = Actor(kind="applicant", id=place.people["owner"].id, office=SLUG)
    with office(SLUG):
        draft = db.session.get_one(ServiceRequest, place.draft)
        return str(actions.receive(owner, draft, "NID", BytesIO(corpus.jpeg()), "scan.jpg").id)


def findings(world: World) -> list[str]:
    with world.app.app_context():
        found = examine(world.app.extensions["settings"])
        return [one.advice for one in found if one.what == "keys"]


def test_an_offices_key_is_changed_while_people_read(furnished: World) -> None:
    with furnished.app.app_context():
        before = registry.get(SLUG).wrapped_key
        with reading(furnished) as answers:
            with ministry():
                assert rotation.begin(SLUG)
            late = hand_in(furnished)  # taken by somebody who doesn't know of the new key yet
            registry.forget()
            assert "being changed" in findings(furnished)[0]
            command(furnished, "rotate", SLUG, "--pause", "0.3")
        facts = registry.get(SLUG)
        assert facts.wrapped_key != before and facts.former_wrapped_key is None
        assert findings(furnished) == [""]
    assert len(answers) >= 4 and {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1
    someone = visitor_as(furnished.app, furnished.istanbul.people["owner"])
    path = f"/requests/{furnished.istanbul.draft}/files/{late}/original"
    assert someone.get(path).status == 200


def test_the_root_key_is_changed_while_people_read(
    furnished: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = furnished.app
    with app.app_context():
        usual = cabinet.cabinet()
        old, new = app.extensions["settings"].root_key, b"\x07" * 32
        with reading(furnished) as answers:
            for secret, other in ((old, new), (new, old)):  # two restarts
                root = LocalRootKey(secret, other)
                monkeypatch.setitem(app.extensions, "documents", replace(usual, root_key=root))
            command(furnished, "root")
            alone = replace(usual, root_key=LocalRootKey(new))
            monkeypatch.setitem(app.extensions, "documents", alone)
        wrapped = registry.get(SLUG).wrapped_key
        with pytest.raises(Exception, match="wrapped key"):
            LocalRootKey(old).unwrap(SLUG, wrapped or b"")
        back = replace(usual, root_key=LocalRootKey(old, new))
        monkeypatch.setitem(app.extensions, "documents", back)
        command(furnished, "root")
        with office(SLUG, read_only=True):
            assert db.session.scalar(select(Document.id).limit(1))
    assert len(answers) >= 4 and {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1
