"""The trail: append-only, and whatever the database's owner does to it, the doctor finds it."""

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import ProgrammingError

from config.settings import Settings
from core.actor import Actor
from core.audit import actions, anchors, queries
from core.platform.doctor import examine
from core.platform.postgres import EmbeddedPostgres
from core.requests.models import ServiceRequest
from tenants.database import db
from tenants.scope import ministry, office
from tests import world

CLERK = Actor(kind="staff", id=uuid.uuid4(), roles=frozenset({"consul"}))
TABLES = ("audit_entries", "audit_head")
HERE = "office_istanbul"
LAST = "(SELECT max(seq) FROM audit_entries)"
HASH = "sha256(convert_to(seq::text, 'utf8'))"
TAMPERING = {
    "edited act": f"UPDATE audit_entries SET act = 'nothing' WHERE seq = {LAST} - 2",
    "edited details": f"UPDATE audit_entries SET details = '{{}}' WHERE seq = {LAST} - 1",
    "edited actor": f"UPDATE audit_entries SET actor_id = gen_random_uuid() WHERE seq = {LAST}",
    "taken out": f"DELETE FROM audit_entries WHERE seq = {LAST} - 2",
    "taken out, closed up": (
        f"DELETE FROM audit_entries WHERE seq = {LAST} - 1;"
        f"UPDATE audit_entries SET seq = seq - 1 WHERE seq = {LAST}"
    ),
    "end cut off": f"DELETE FROM audit_entries WHERE seq > {LAST} - 2",
    "end cut off with its seal": (
        f"DELETE FROM audit_entries WHERE seq > {LAST} - 2; DELETE FROM audit_head;"
    ),
    "everything cut off": "DELETE FROM audit_entries; DELETE FROM audit_head",
    "end and seal put back to an hour ago": (
        "DELETE FROM audit_entries WHERE seq > (SELECT seq FROM public.hour_ago);"
        "UPDATE audit_head SET (seq, hash, seal) = (SELECT seq, hash, seal FROM public.hour_ago)"
    ),
    "two reordered": (
        f"UPDATE audit_entries SET seq = -1 WHERE seq = {LAST} - 1;"
        f"UPDATE audit_entries SET seq = seq - 1 WHERE seq = {LAST};"
        f"UPDATE audit_entries SET seq = {LAST} + 1 WHERE seq = -1"
    ),
    "one invented": (
        "INSERT INTO audit_entries SELECT seq + 1, at, actor_kind, actor_id, act, subject_kind,"
        f" subject_id, details, {HASH} FROM audit_entries WHERE seq = {LAST}"
    ),
    "another office's trail": (
        "DELETE FROM audit_entries; INSERT INTO audit_entries TABLE office_london.audit_entries;"
        "DELETE FROM audit_head; INSERT INTO audit_head TABLE office_london.audit_head"
    ),
}


def findings(app: Flask, settings: Settings) -> list[str]:
    """What the doctor says about the trails."""
    with app.app_context():
        return [f.advice for f in examine(settings) if f.what == "audit trail" and not f.well]


@pytest.fixture
def owner(app: Flask, postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    """The database's owner beside trails of a few entries; all is put back afterwards."""
    with app.app_context():
        for slug in ("istanbul", "london"):
            _act(slug, 2)
        with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE hour_ago AS TABLE office_istanbul.audit_head")
            _act("istanbul", 5)
            with office("istanbul", read_only=True):
                anchors.keep()
            for table in TABLES:
                connection.execute(f"CREATE TABLE kept_{table} AS TABLE {HERE}.{table}")
            connection.execute(f"SET search_path = {HERE}")
            yield connection
            for table in TABLES:
                connection.execute(f"DELETE FROM {HERE}.{table}")
                connection.execute(f"INSERT INTO {HERE}.{table} TABLE public.kept_{table}")
                connection.execute(f"DROP TABLE public.kept_{table}")
            connection.execute("DROP TABLE public.hour_ago")


def _act(slug: str, number: int) -> None:
    with office(slug):
        for one in range(number):
            actions.record(CLERK, "test.act", None, number=one)


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=list(TAMPERING))
def test_tampering_is_found(
    app: Flask, settings: Settings, owner: psycopg.Connection, statement: str
) -> None:
    owner.execute(statement.encode())
    found = findings(app, settings)
    assert found and all("of istanbul" in line for line in found)


def test_a_chain_computed_anew_is_found(
    app: Flask, settings: Settings, owner: psycopg.Connection
) -> None:
    """The owner knows how the hashes are made; the seals are what they can't make."""
    with app.app_context():
        with office("istanbul", read_only=True):
            rows = db.session.scalars(db.select(queries.trail_model()).order_by(db.text("seq")))
            entries = [{name: getattr(row, name) for name in queries.COVERED} for row in rows]
        entries[-3]["act"], chained = "something.else", actions.FIRST
        for seq, entry in enumerate(entries, 1):
            chained = actions.entry_hash(chained, seq, entry)
            owner.execute(
                "UPDATE audit_entries SET act = %s, hash = %s WHERE seq = %s",
                [entry["act"], chained, seq],
            )
        owner.execute("UPDATE audit_head SET hash = %s", [chained])
        with office("istanbul", read_only=True), pytest.raises(anchors.BrokenTrail):
            anchors.keep()
    found = findings(app, settings)
    assert len(found) == 2 and "beside the trail is not ours" in found[0] and "shelf" in found[1]


def test_untouched_trails_are_whole_also_after_a_restored_backup(
    app: Flask, settings: Settings, owner: psycopg.Connection
) -> None:
    assert findings(app, settings) == []
    owner.execute(TAMPERING["end and seal put back to an hour ago"].encode())
    assert findings(app, settings)
    run = app.test_cli_runner()
    from core.audit.cli import audit

    assert run.invoke(audit, ["check"]).exit_code == 1
    done = run.invoke(audit, ["accept", "istanbul", "--because", "restored"])
    assert done.exit_code == 0, done.output
    assert run.invoke(audit, ["check"]).exit_code == 0
    with app.app_context(), office("istanbul", read_only=True):
        newest = db.session.scalar(
            db.select(queries.trail_model()).order_by(db.text("seq DESC")).limit(1)
        )
        assert newest and newest.act == "audit.accepted"
    owner.execute("SET search_path = office_istanbul")
    with app.app_context(), office("istanbul", read_only=True):
        anchors.keep(anew=True)


def test_what_rolls_back_leaves_no_entry(app: Flask) -> None:
    with app.app_context():
        with office("london", read_only=True):
            before = queries.head()
        with pytest.raises(RuntimeError), office("london"):
            actions.record(CLERK, "test.undone")
            raise RuntimeError
        with office("london", read_only=True):
            assert queries.head() == before


def test_no_entry_no_act(app: Flask, postgres: EmbeddedPostgres) -> None:
    """Where the trail can't be written nothing is done, and a file is not even shown."""
    place = world.furnish_office(app, "london")
    clerk = world.visitor_as(app, place.people["notarial_clerk"])
    page = f"/desk/requests/{place.submitted}"
    assert clerk.get(page).status == 200
    insert = "INSERT ON office_london.audit_entries"

    def held() -> tuple[Any, ...]:
        with app.app_context(), office("london", read_only=True):
            kept = db.session.get_one(ServiceRequest, place.submitted)
            return kept.status, kept.holder_id, kept.version, queries.head()

    before = held()
    with psycopg.connect(postgres.admin_url, autocommit=True) as owner:
        owner.execute(f"REVOKE {insert} FROM office_london".encode())
        try:
            refused = clerk.submit(form=f"{page}/take")
            unseen = clerk.get(page)
        finally:
            owner.execute(f"GRANT {insert} TO office_london".encode())
    for answer in (refused, unseen):
        assert answer.status >= 500 and "office_london" not in answer.html
        assert answer.root is not None
    assert held() == before
    clerk.get(page)
    assert clerk.submit(form=f"{page}/take").status == 200
    assert held()[1] == place.people["notarial_clerk"].id


@pytest.mark.parametrize("place", ["london", "ministry"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET act = ''", "TRUNCATE {}"])
def test_nobody_at_work_can_change_a_trail(app: Flask, place: str, statement: str) -> None:
    table = "ministry.audit_entries_of_ministry" if place == "ministry" else "audit_entries"
    scope = ministry() if place == "ministry" else office(place)
    wanted = (ProgrammingError, RuntimeError)  # the fence refuses TRUNCATE before the server does
    with app.app_context(), pytest.raises(wanted), scope:
        db.session.execute(db.text(statement.format(table)))
