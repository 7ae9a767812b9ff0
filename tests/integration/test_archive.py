"""An office in one file: exported while it works, restored elsewhere, equal to the byte."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from blueprints import find_doors
from core import jobs
from core.actor import Actor
from core.app import create_app
from core.archive import actions, contents, erasing, queries
from core.audit import anchors, examination
from core.audit.queries import faults
from core.cli import mikhak
from core.clock import now, today
from core.crypto import unseal
from core.documents import rotation
from core.documents.cabinet import cabinet
from core.documents.models import Document
from core.documents.streams import open_original, open_preview
from core.errors import Conflict
from core.outbox import actions as outbox
from core.outbox.models import OutboxRow
from core.oversight import figures
from core.oversight import queries as oversight
from core.staff import factors
from core.staff.models import StaffMember
from tenants import registry
from tenants.database import db
from tenants.migrations import steps, write
from tenants.scope import ministry, office
from tests import world
from tests.integration import tenancy_house
from tests.world import furnish_office

DIFFERENT = {"documents": {"wrapped_key", "storage_key"}, "staff_members": {"totp_secret"}}
SECRET = "JBSWY3DPEHPK3PXP"
MOVED = {
    "day": today(oversight.HOME_ZONE).isoformat(),
    "service": "passport-renewal",
    "status_from": "draft",
    "submitted_on": "2026-01-05",
}
PASSPHRASE = "a phrase that nobody else knows"


@pytest.fixture(scope="module")
def furnished(app):
    """London with people, requests, documents, a waiting mail and a sealed secret."""
    furnish_office(app, "london")
    with app.app_context(), office("london"):
        person = db.session.scalars(db.select(StaffMember)).first()
        factors.keep_secret(person, SECRET, 1)
        factors.new_recovery_codes(person.id)
        waiting = outbox.put("statistic", {"never": "done"}, due=now() + timedelta(days=1))
    yield person.id
    with app.app_context(), office("london"):
        db.session.delete(db.session.get_one(OutboxRow, waiting))


@pytest.fixture
def phrase(tmp_path):
    path = tmp_path / "phrase"
    path.write_text(PASSPHRASE + "\n")
    return str(path)


def run(app, *arguments):
    with app.app_context():
        registry.forget()
        return CliRunner().invoke(mikhak, ["offices", *arguments])


TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = CAST(:s AS regnamespace) AND relkind='r'"
)


def rows(slug):
    """Every exported table's rows, without what differs by place; in the office's scope."""
    found = {}
    for name in db.session.scalars(sa.text(TABLES), {"s": f"office_{slug}"}).all():
        if name not in contents.LEFT_BEHIND | contents.ONLY_AT_HOME | {"audit_entries"}:
            skip = DIFFERENT.get(name, set()) | {"extra", "payload", "done_at", "outcome"}
            lines = db.session.scalars(sa.text(f"SELECT to_jsonb(t) FROM {name} t"))
            found[name] = sorted(
                str({key: value for key, value in line.items() if key not in skip})
                for line in lines
            )
    return found


def trail():
    columns = "SELECT seq, act, details, encode(hash, 'hex') FROM audit_entries ORDER BY seq"
    return db.session.execute(sa.text(columns)).all()


def papers():
    """What each released document holds, page by page; in the office's scope."""
    held = db.select(Document).where(Document.wrapped_key.is_not(None))
    return {
        str(row.id): [
            b"".join(open_original(row)),
            *(b"".join(open_preview(row, page)) for page in range(1, row.pages + 1)),
        ]
        for row in db.session.scalars(held)
        if row.is_released
    }


def with_figures(app):
    """Something for the ministry's table to know of London; its line there."""
    with app.app_context(), ministry():
        figures.fold(uuid4(), "london", MOVED | {"status_to": "submitted"})
        figures.fold(uuid4(), "london", MOVED | {"status_to": "approved"})
        line = oversight.one("london")
        assert line.open and line.decided
        return line


def one_step_newer(tmp_path, monkeypatch):
    """The code of a release that has a step more; its number."""
    newer = tmp_path / "migrations"
    shutil.copytree(steps.FOLDER, newer)
    number = steps.head("office") + 1
    (newer / "office" / f"{number:04}_extra.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n\ndef upgrade():\n"
        "    op.add_column('outbox', sa.Column('extra', sa.Text()))\n"
    )
    monkeypatch.setattr("tenants.provisioning.load", lambda line: steps.load(line, newer))
    for place in ("tenants.provisioning.head", "core.archive.restoring.newest"):
        monkeypatch.setattr(place, lambda line: steps.head(line, newer))
    return number


def another_installation(settings, house, tmp_path):
    """With secrets and a shelf of its own."""
    return create_app(
        replace(
            settings,
            database_url=house.app_url,
            owner_database_url=house.owner_url,
            secret_key="another secret of another installation",
            root_key=b"\x07" * 32,
            storage_url=f"file://{tmp_path}/elsewhere",
        ),
        find_doors(),
    )


def test_a_copy_in_another_newer_installation_is_equal_to_the_byte(
    app, settings, furnished, phrase, postgres, tmp_path, monkeypatch
):
    line = with_figures(app)
    file = tmp_path / "london.mikhak"
    went = run(app, "export", "london", "--to", str(file), "--passphrase-file", phrase)
    assert went.exit_code == 0, went.output
    assert file.stat().st_mode & 0o077 == 0
    with app.app_context(), office("london"):
        expected, documents, entries = rows("london"), papers(), trail()
    assert len(documents) >= 3 and len(expected["service_requests"]) >= 2

    number = one_step_newer(tmp_path, monkeypatch)
    house = tenancy_house.build(postgres)
    there = another_installation(settings, house, tmp_path)
    try:
        again = house.slug("london")
        house.slugs.append(again)
        back = run(there, "restore", str(file), "--as", again, "--passphrase-file", phrase)
        assert back.exit_code == 0, back.output
        with there.app_context():
            assert again not in dict(examination.faults())
            facts = registry.get(again)
            assert (facts.status, facts.schema_version) == ("suspended", number)
            with ministry():
                told = oversight.one(again)
                assert (told.open, told.decided) == (line.open, line.decided)
            with office(again):
                assert rows(again) == expected
                assert papers() == documents
                assert trail()[: len(entries)] == entries
                assert anchors.kept() and not list(faults(anchors.kept()))
                person = db.session.get_one(StaffMember, furnished)
                assert unseal(factors.TOTP_SEAL, person.totp_secret) == SECRET.encode()
                codes = sa.text("SELECT count(*) FROM staff_recovery_codes")
                assert db.session.scalar(codes) == 0
                waiting = sa.text("SELECT count(*) FROM outbox WHERE done_at IS NULL")
                assert db.session.scalar(waiting) == 0
    finally:
        registry.forget()
        with there.app_context():
            db.engine.dispose()
        tenancy_house.tear_down(postgres, house)


def test_what_is_damaged_or_in_the_way_leaves_nothing(app, furnished, tmp_path):
    file, cut = tmp_path / "whole", tmp_path / "cut"
    assert run(app, "export", "london", "--to", str(file)).exit_code == 0
    cut.write_bytes(file.read_bytes()[:-20])
    there = run(app, "restore", str(file))
    assert there.exit_code == 1 and "there is an office london" in there.output
    for path, why in ((cut, "damaged"), (tmp_path / "phrase", "no archive")):
        (tmp_path / "phrase").write_text("something else")
        bad = run(app, "restore", str(path), "--as", "london_cut")
        assert (bad.exit_code, bad.output.count("\n")) == (1, 1) and why in bad.output, bad.output
    with app.app_context():
        with ministry():
            left = sa.text("SELECT count(*) FROM pg_roles WHERE rolname = 'office_london_cut'")
            assert db.session.scalar(left) == 0
        assert not list(cabinet().shelf.list("london_cut/"))


def test_nothing_new_is_forgotten():
    """A column of bytes may be sealed, and rows of a shared table may belong to an office: whoever
    adds one says in core/archive/contents.py whether it travels, and how."""
    named = {*contents.SEALED, *contents.PLAIN_BYTES, (contents.DOCUMENTS, contents.DOCUMENT_KEY)}
    shared = {one.table for one in contents.SHARED} | contents.STAYS_SHARED
    for table in write.import_models().tables.values():
        if table.schema is None and table.name not in contents.LEFT_BEHIND | contents.ONLY_AT_HOME:
            for column in table.columns:
                if isinstance(column.type, sa.LargeBinary):
                    assert (table.name, column.name) in named, f"{table.name}.{column.name}"
                if column.name == contents.SHELF_KEY:
                    assert table.name == contents.DOCUMENTS
        if table.schema == "ministry" and "office" in table.columns:
            assert table.name in shared, table.name


def two_admins(app):
    """Browsers of two superadmins of the ministry, signed in."""
    with app.app_context(), ministry():
        people = [world._employee("superadmin", "ministry") for _ in range(2)]
    return [world.visitor_as(app, person) for person in people]


def test_erasing_needs_two_people_and_seven_days_and_leaves_a_signed_record(
    app, settings, furnished, tmp_path, visitor
):
    file, slug = tmp_path / "office", "london_gone"
    assert run(app, "export", "london", "--to", str(file)).exit_code == 0
    assert run(app, "restore", str(file), "--as", slug).exit_code == 0
    assert run(app, "export", slug, "--to", str(file)).exit_code == 0
    first, second = two_admins(app)
    path = f"/offices/{slug}/erasure"
    assert "closed for good can be erased" in first.get(path).text
    assert run(app, "close", slug, "--successor", "london").exit_code == 0
    first.get(path)
    assert first.submit({"reason": " "}, form="reason").status == 422
    assert "second person must confirm" in first.submit({"reason": "Merged"}, form="reason").text
    assert "waits for a second person" in run(app, "erase", slug, "--yes").output
    second.get(path)
    with pytest.raises(AssertionError):  # who asked has no such button
        first.page.form(f"{path}/confirm")
    with app.app_context(), ministry(), pytest.raises(Conflict):
        asked = queries.of_office(slug)
        person = Actor(kind="ministry", id=asked.asked_by, roles=frozenset({"superadmin"}))
        actions.confirm(person, slug)
    assert "called back" in second.submit(form=f"{path}/call-back").text
    first.get(path)
    first.submit({"reason": "Merged with London"}, form="reason")
    second.get(path)
    assert "is confirmed" in second.submit(form=f"{path}/confirm").text
    early = run(app, "erase", slug, "--yes")
    assert early.exit_code == 1 and "can't be erased before" in early.output

    with app.app_context():
        jobs.enqueue(slug, furnished)
        shelf = cabinet().shelf
        assert list(shelf.list(f"{slug}/documents/")) and list(shelf.list(f"{slug}/audit/"))
        with ministry():
            rotation.begin(slug)  # and its key is being changed
        erasing.now = lambda: now() + timedelta(days=7, minutes=1)
    try:
        gone = run(app, "erase", slug, "--yes", "--format", "json")
    finally:
        erasing.now = now
    assert gone.exit_code == 0, gone.output
    record = json.loads(gone.stdout)
    assert record["documents"] >= 3 and record["trail"]["entries"] > 0
    with app.app_context():
        assert not list(shelf.list(f"{slug}/"))
        assert slug not in [job.args[0] for job in jobs.queue().get_jobs()]
        with ministry():
            left = sa.text(
                "SELECT (SELECT count(*) FROM pg_roles WHERE rolname = :n)"
                " + (SELECT count(*) FROM pg_namespace WHERE nspname = :n)"
                " + (SELECT count(*) FROM ministry.office_hosts WHERE office = :s)"
                " + (SELECT count(*) FROM ministry.offices WHERE slug = :s"
                "    AND (wrapped_key <> '' OR former_wrapped_key IS NOT NULL))"
            )
            assert db.session.scalar(left, {"n": f"office_{slug}", "s": slug}) == 0
    assert visitor(slug.replace("_", "-")).get("/").status == 404
    assert "fits to the record" in first.get(path).text
    with app.app_context(), ministry():
        row = queries.of_office(slug)
        row.record = row.record | {"documents": 0}
    assert "does not fit" in first.get(path).text
    assert "nobody has asked" in run(app, "erase", slug, "--yes").output

    assert run(app, "restore", str(file)).exit_code == 0  # from a copy that somebody kept
    with app.app_context():
        assert slug not in dict(examination.faults())
        with office(slug):
            assert papers() and anchors.kept()
