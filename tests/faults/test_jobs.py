"""The outbox without a process tree: one lease, any clock; deadlocks; a full shelf."""

import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, text
from sqlalchemy.exc import OperationalError

from core import clock
from core.outbox import work
from core.outbox.actions import put
from core.outbox.models import OutboxRow
from core.outbox.work import due_rows, perform
from core.web.errors import database_failed
from tenants import walls
from tenants.database import db
from tenants.scope import office
from tests.faults import disk, image

HOUR = timedelta(hours=1)


@pytest.fixture
def probe(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """A row of a kind of its own; its handler is what the test says."""

    def leave(handler) -> UUID:
        monkeypatch.setitem(work.handlers(), "probe", handler)
        with app.app_context(), office("london"):
            return put("probe", {})

    yield leave
    with app.app_context(), office("london"):
        db.session.execute(delete(OutboxRow).where(OutboxRow.kind == "probe"))


def test_two_never_work_at_one_row_at_once(app: Flask, probe) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), []

    def handler(*_) -> None:
        done.append(1)
        begun.set()
        go_on.wait(60)

    row = probe(handler)

    def first() -> None:
        with app.app_context():
            perform("london", row)

    worker = threading.Thread(target=first)
    worker.start()
    assert begun.wait(60)
    with app.app_context():
        assert perform("london", row) is False  # somebody holds its lease
        go_on.set()
        worker.join(60)
        assert perform("london", row) is True  # done before
    assert done == [1]


def test_what_a_failed_handler_wrote_is_gone_and_its_failure_is_kept(app: Flask, probe) -> None:
    def handler(*_) -> None:
        db.session.execute(text("SELECT 1 / 0"))

    row = probe(handler)
    with app.app_context():
        assert perform("london", row) is False
        with office("london"):
            kept = db.session.get_one(OutboxRow, row)
            assert (kept.attempts, kept.done_at) == (1, None)
            assert kept.outcome


@pytest.mark.parametrize("jump", [-HOUR, -24 * HOUR, HOUR, 24 * HOUR])
def test_a_clock_that_jumps_loses_no_work(app: Flask, probe, jump: timedelta) -> None:
    row = probe(lambda *_: None)
    with app.app_context():
        with clock.at(clock.now() + jump), office("london"):
            assert row in {one.id for one in due_rows()}  # told to nobody yet
            db.session.rollback()
        with office("london"):
            assert row in {one.id for one in due_rows()}
        with clock.at(clock.now() + jump), office("london"):
            assert row in {one.id for one in due_rows()}  # told, and the bell was not heard
        assert perform("london", row)


def test_of_two_that_lock_each_other_one_is_told_to_repeat(app: Flask, probe) -> None:
    rows = [probe(lambda *_: None) for _ in range(2)]
    both_have_one, failures = threading.Barrier(2), []

    def lock(order: list) -> None:
        statement = text("UPDATE outbox SET attempts = attempts WHERE id = :id")
        try:
            with app.app_context(), office("london"):
                db.session.execute(statement, {"id": order[0]})
                both_have_one.wait(60)
                db.session.execute(statement, {"id": order[1]})
        except OperationalError as error:
            failures.append(error)

    threads = [threading.Thread(target=lock, args=(o,)) for o in (rows, rows[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(failures) == 1
    with app.test_request_context("/", base_url="http://london.localhost"):
        assert database_failed(failures[0]).status_code == 409


def test_a_forgotten_transaction_ends(app: Flask) -> None:
    with app.app_context(), office("london"):
        limit = db.session.scalar(
            text("SELECT current_setting('idle_in_transaction_session_timeout')")
        )
    assert limit == f"{walls.LONGEST_SILENCE // 60}min"


def test_a_full_disk_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    if reason := image.why_not():
        pytest.skip(reason)
    (tmp_path / "shelf").mkdir()
    found = disk.full_shelf(tmp_path / "shelf")
    assert found == {"refused with words": True, "left behind": 0, "says so": True}
