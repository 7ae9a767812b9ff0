"""The trail: no entry, no act; what is changed, taken out, moved or invented is found."""

import uuid
from collections.abc import Callable

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import ProgrammingError

from core.actor import Actor
from core.audit import actions, queries
from core.platform.postgres import EmbeddedPostgres
from tenants.database import db
from tenants.scope import office

CLERK = Actor(kind="staff", id=uuid.uuid4(), roles=frozenset({"consul"}))


@pytest.fixture
def trail(app: Flask, postgres: EmbeddedPostgres) -> Callable[..., list[str]]:
    """`trail("UPDATE …")`: what is found after the owner has tampered; all undone afterwards."""

    def tampered(statement: str) -> list[str]:
        with app.app_context():
            with office("istanbul"):
                for number in range(5):
                    actions.record(CLERK, "test.act", None, number=number)
                    db.session.flush()
            with psycopg.connect(postgres.admin_url, autocommit=True) as owner:
                owner.execute("CREATE TABLE kept AS TABLE office_istanbul.audit_entries")
                try:
                    owner.execute("SET search_path = office_istanbul")
                    owner.execute(statement.encode())
                    with office("istanbul", read_only=True):
                        return list(queries.faults())
                finally:
                    owner.execute("DELETE FROM office_istanbul.audit_entries")
                    owner.execute("INSERT INTO office_istanbul.audit_entries TABLE public.kept")
                    owner.execute("DROP TABLE public.kept")

    return tampered


LAST = "(SELECT max(seq) FROM audit_entries)"


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE audit_entries SET act = 'nothing' WHERE seq = {LAST} - 2",
        f"UPDATE audit_entries SET details = '{{}}' WHERE seq = {LAST} - 1",
        f"UPDATE audit_entries SET actor_id = gen_random_uuid() WHERE seq = {LAST}",
        f"DELETE FROM audit_entries WHERE seq = {LAST} - 2",
        f"UPDATE audit_entries SET seq = seq + 100 WHERE seq = {LAST}",
        "INSERT INTO audit_entries SELECT seq + 1, at, actor_kind, actor_id, act, subject_kind,"
        f" subject_id, details, hash FROM audit_entries WHERE seq = {LAST}",
    ],
    ids=["edited act", "edited details", "edited actor", "taken out", "moved", "invented"],
)
def test_tampering_is_found(trail: Callable[..., list[str]], statement: str) -> None:
    assert trail(statement)


def test_an_untouched_trail_is_whole(trail: Callable[..., list[str]]) -> None:
    assert trail("SELECT 1") == []


def test_what_rolls_back_leaves_no_entry(app: Flask) -> None:
    with app.app_context():
        with office("london", read_only=True):
            before = queries.head()
        with pytest.raises(RuntimeError), office("london"):
            actions.record(CLERK, "test.undone")
            raise RuntimeError
        with office("london", read_only=True):
            assert queries.head() == before


@pytest.mark.parametrize(
    "statement", ["DELETE FROM audit_entries", "UPDATE audit_entries SET act = ''"]
)
def test_an_office_cannot_change_its_trail(app: Flask, statement: str) -> None:
    with app.app_context(), pytest.raises(ProgrammingError), office("london"):
        db.session.execute(db.text(statement))
