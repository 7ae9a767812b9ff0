"""The two lines: models equal steps, fresh equals migrated, one office at a time, resumable."""

import multiprocessing
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.schema import BLANK_SCHEMA

from tenants.database import db
from tenants.migrations import runner, steps, write
from tenants.registry import UnknownOffice
from tenants.scope import office
from tests.integration import tenancy_house

CATALOGUE = """
SELECT c.relname, c.relkind::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    replace(pg_get_expr(d.adbin, d.adrelid), n.nspname, '@'),
    replace(c.relacl::text, n.nspname, '@'), c.relreplident::text, c.relpersistence::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE n.nspname = %(schema)s
UNION ALL
SELECT conname, contype::text, replace(pg_get_constraintdef(k.oid), n.nspname, '@'),
    NULL, convalidated, NULL, NULL, NULL, NULL
FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE n.nspname = %(schema)s
UNION ALL
SELECT indexname, replace(indexdef, schemaname, '@'), NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_indexes WHERE schemaname = %(schema)s
UNION ALL
SELECT 'schema', replace(nspacl::text, nspname, '@'), NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_namespace WHERE nspname = %(schema)s
UNION ALL
SELECT 'defaults', defaclobjtype::text, replace(defaclacl::text, nspname, '@'),
    NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_default_acl JOIN pg_namespace n ON n.oid = defaclnamespace WHERE nspname = %(schema)s
ORDER BY 1, 2, 3
"""


AN_OFFICE = """
INSERT INTO ministry.offices (slug, kind, name_fa, name_en, city_fa, city_en, country_code,
    country_fa, country_en, timezone, currency, locales, weekend, jurisdictions, status,
    schema_version, contact, wrapped_key, created_at, status_changed_at)
VALUES ('aa', '', '', '', '', '', '', '', '', 'UTC', 'EUR', '[]', '[]', '[]', 'erased',
    1, '{}', '', now(), now())
"""
ARRIVED = """
INSERT INTO ministry.office_statistics (office, service, day, status, n)
VALUES ('aa', 's', %s, %s, %s)
"""
WAITING = """
INSERT INTO ministry.office_backlog (office, service, submitted_on, n) VALUES ('aa', 's', %s, %s)
"""


@pytest.fixture(scope="module")
def house(postgres):
    house = tenancy_house.build(postgres)
    yield house
    tenancy_house.tear_down(postgres, house)


@pytest.fixture
def branch(postgres, tmp_path, monkeypatch):
    """A house of its own with three offices, and a folder where further steps can be written."""
    for line in steps.LINES:
        (tmp_path / line).mkdir()
        for path in steps.files(line):
            (tmp_path / line / path.name).write_text(path.read_text())
    house = tenancy_house.build(postgres)
    house.folder = tmp_path
    with house.app().app_context():
        house.first, house.second, house.third = (house.open(f"{name}{name}") for name in "abc")
    yield house
    tenancy_house.tear_down(postgres, house)


def add_step(house, body, line="office", name="next", head=""):
    number = len(steps.files(line, house.folder)) + 1
    path = house.folder / line / f"{number:04}_{name}.py"
    path.write_text(
        f"from alembic import op\nimport sqlalchemy as sa\n{head}\n\ndef upgrade():\n    {body}\n"
    )
    steps.head.cache_clear()
    steps._load.cache_clear()


COLUMN = "op.add_column('outbox', sa.Column('extra', sa.Text()))"


def versions(house):
    with house.owner() as owner:
        return runner.versions(owner)[1]


def migrate(house, **plan):
    given = {"folder": house.folder, "lock_timeout": 0.2, "pause": 0.1, **plan}
    return runner.migrate(house.owner_url, runner.Plan(**given))


def catalogue(house, slug):
    with house.owner() as owner:
        return owner.execute(CATALOGUE, {"schema": f"office_{slug}"}).fetchall()


def difference(house, metadata, schema):
    engine = sa.create_engine(house.owner_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        connection.execute(sa.text(f"SET search_path = {schema}, extensions"))
        connection.dialect.default_schema_name = schema
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_schemas": False}
        )
        found = compare_metadata(context, metadata)
    engine.dispose()
    return found


def without_schema(metadata, schema):
    """The tables of one line as if they had no schema: the search path says where they are."""
    copy = sa.MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        if table.schema == schema:
            table.to_metadata(
                copy,
                schema=None,
                referred_schema_fn=lambda _t, _to, _key, to: BLANK_SCHEMA if to == schema else to,
            )
    return copy


@pytest.mark.parametrize("line", steps.LINES)
def test_the_steps_make_what_the_models_say(house, line):
    with house.app().app_context():
        slug = house.open(f"m{line[0]}")
    metadata = write.import_models()
    shared = line == "shared"
    own = without_schema(metadata, "ministry" if shared else None)
    assert own.tables
    assert difference(house, own, "ministry" if shared else f"office_{slug}") == []


@pytest.mark.parametrize("line", steps.LINES)
def test_the_first_step_is_written_from_the_models_and_always_the_same(line):
    assert steps.head(line) > 1 or (steps.FOLDER / line / "0001_first_tables.py").read_text() == (
        write.script(line, write.import_models())
    )


def test_every_table_has_a_primary_key_and_no_key_leaves_its_schema_but_to_the_shared_one():
    for table in write.import_models().tables.values():
        assert table.primary_key.columns, table.name
        assert table.schema in (None, "ministry")
        for key in table.foreign_key_constraints:
            assert key.referred_table.schema in (table.schema, "ministry"), table.name


def test_every_step_is_split_into_single_statements():
    for line in steps.LINES:
        for step in steps.load(line):
            assert step.statements
            for statement in step.statements:
                assert not statement.rstrip().endswith(";")


def test_a_fresh_office_equals_a_migrated_one_to_the_letter(branch, monkeypatch):
    add_step(branch, COLUMN)
    add_step(branch, "op.create_index('ix_outbox_extra', 'outbox', ['extra'])", name="index")
    report = migrate(branch)
    assert sorted(report.done) == sorted([branch.first, branch.second, branch.third])
    monkeypatch.setattr("tenants.provisioning.load", lambda line: steps.load(line, branch.folder))
    monkeypatch.setattr("tenants.provisioning.head", lambda line: steps.head(line, branch.folder))
    with branch.app().app_context():
        fresh = branch.open("fresh")
    assert versions(branch) == dict.fromkeys(branch.slugs, steps.head("office", branch.folder))
    old, new = catalogue(branch, branch.first), catalogue(branch, fresh)
    assert len(new) > 50
    assert old == new


def test_with_nothing_to_do_it_costs_one_query_and_who_is_locked_is_tried_again(
    branch, monkeypatch
):
    sent = []
    execute = psycopg.Connection.execute

    def counted(self, query, *args, **kwargs):
        sent.append(query)
        return execute(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.Connection, "execute", counted)
    report = migrate(branch)
    assert (report.shared_steps, report.done, report.skipped) == (0, [], {})
    assert sent == [runner.VERSIONS]
    monkeypatch.undo()
    _a_locked_office_is_skipped_named_and_brought_forward_by_the_next_run(branch)


def _a_locked_office_is_skipped_named_and_brought_forward_by_the_next_run(branch):
    add_step(branch, COLUMN)
    with branch.owner() as busy, busy.transaction():
        busy.execute(f"LOCK TABLE office_{branch.second}.outbox")
        report = migrate(branch)
    assert list(report.skipped) == [branch.second]
    assert "locked" in report.skipped[branch.second]
    assert set(report.done) == {branch.first, branch.third}
    assert migrate(branch).done == [branch.second]
    assert len(set(versions(branch).values())) == 1
    _an_office_that_is_unlocked_meanwhile_is_tried_again_in_the_same_run(branch)


def _an_office_that_is_unlocked_meanwhile_is_tried_again_in_the_same_run(branch):
    add_step(branch, COLUMN.replace("extra", "more"), name="more")
    with branch.owner() as busy:
        locked = threading.Event()

        def work():
            with busy.transaction():
                busy.execute(f"LOCK TABLE office_{branch.second}.outbox")
                locked.set()
                time.sleep(0.5)

        thread = threading.Thread(target=work)
        thread.start()
        locked.wait()
        report = migrate(branch, attempts=10, pause=0.3)
        thread.join()
    assert report.complete
    assert len(report.done) == 3


def test_a_broken_office_stays_whole_and_the_others_go_on(branch):
    add_step(branch, COLUMN)
    add_step(branch, "op.create_index('ix_surprise', 'outbox', ['extra'])", name="index")
    with branch.owner() as owner:
        owner.execute(f"CREATE INDEX ix_surprise ON office_{branch.second}.outbox (kind)")
    before = catalogue(branch, branch.second)
    report = migrate(branch, attempts=2)
    assert list(report.skipped) == [branch.second]
    assert "ix_surprise" in report.skipped[branch.second]
    assert catalogue(branch, branch.second) == before


def test_in_parallel_and_twice_at_once_each_office_is_migrated_once(branch):
    with branch.app().app_context():
        for n in range(6):
            branch.open(f"p{n}")
    add_step(branch, COLUMN)
    reports = []
    runs = [
        threading.Thread(target=lambda: reports.append(migrate(branch, parallel=3, attempts=20)))
        for _ in range(2)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert all(report.complete for report in reports)
    assert set(versions(branch).values()) == {steps.head("office", branch.folder)}


NOTE = "INSERT INTO answered_keys (key_hash, body_hash, created_at) VALUES (:key, 'b', now())"


def visit(house, slugs, stop, faults):
    """What the site does all the while, in a process of its own: reads and writes everywhere."""
    visits = 0
    with house.app().app_context():
        while not stop.is_set():
            for slug in slugs:
                try:
                    with office(slug):
                        db.session.execute(sa.text("SELECT * FROM outbox LIMIT 1"))
                        db.session.execute(sa.text(NOTE), {"key": f"{visits}".encode()})
                except (sa.exc.SQLAlchemyError, LookupError) as error:
                    faults.put(str(error))
            visits += 1
            time.sleep(0.01)


def test_killed_four_times_under_load_no_office_is_torn_and_the_next_run_finishes(branch):
    """The runner is a child of this process, so that killing it costs no start of Python."""
    with branch.app().app_context():
        for n in range(7):
            branch.open(f"k{n}")
    behind = steps.head("office", branch.folder)
    add_step(branch, COLUMN)
    add_step(branch, "op.execute('SELECT pg_sleep(0.1)')", name="slow")
    steps.load("office", branch.folder)
    forked = multiprocessing.get_context("fork")
    stop, faults = forked.Event(), forked.SimpleQueue()
    load = forked.Process(target=visit, args=(branch, list(branch.slugs), stop, faults))
    load.start()
    try:
        assert wait_until(lambda: answered(branch))
        for killed in range(4):
            before = versions(branch)
            runner_ = forked.Process(target=migrate, args=(branch,), kwargs={"attempts": 20})
            runner_.start()
            moved = wait_until(lambda before=before: versions(branch) != before)
            time.sleep(0.03 * killed)  # not always at the same moment of an office
            runner_.kill()
            runner_.join()
            assert moved and set(versions(branch).values()) == {behind, behind + 2}
        assert migrate(branch, attempts=20, lock_timeout=2).complete
    finally:
        stop.set()
        load.join(30)
    assert faults.empty() or faults.get() is None
    assert load.exitcode == 0 and answered(branch) > 1
    assert len({tuple(map(str, catalogue(branch, slug))) for slug in versions(branch)}) == 1


def answered(house):
    """How often the site has written at the third office."""
    with house.owner() as owner:
        noted = f"SELECT count(*) FROM office_{house.third}.answered_keys"
        return owner.execute(noted).fetchone()[0]


def wait_until(question):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.01)
    return False


def test_when_the_first_one_breaks_nobody_follows_and_who_is_first_can_be_named(branch):
    add_step(branch, "op.create_index('ix_surprise', 'outbox', ['due_at'])", name="index")
    with branch.owner() as owner:
        owner.execute(f"CREATE INDEX ix_surprise ON office_{branch.third}.outbox (kind)")
    report = migrate(branch, canary=branch.third)
    assert (report.done, len(report.skipped)) == ([], 3)
    assert migrate(branch, canary=branch.second, attempts=1).done[0] == branch.second
    with pytest.raises(UnknownOffice):
        migrate(branch, canary="nowhere")
    add_step(branch, "op.execute('SELECT 1 / 0')", name="broken")
    report = migrate(branch)
    assert (report.done, len(report.skipped)) == ([], 3)
    assert "division by zero" in report.skipped[branch.first]
    assert steps.head("office", branch.folder) not in versions(branch).values()


def test_sums_of_offices_that_were_there_before_are_made_by_the_step(postgres, tmp_path):
    for line in steps.LINES:
        (tmp_path / line).mkdir()
        shutil.copy(steps.FOLDER / line / "0001_first_tables.py", tmp_path / line)
    house = tenancy_house.build(postgres, migrated=False)
    try:
        runner.migrate(house.owner_url, runner.Plan(folder=tmp_path))
        with house.owner() as owner:
            owner.execute(AN_OFFICE)
            for row in (
                ("2026-01-30", "approved", 2),
                ("2026-01-02", "rejected", 1),
                ("2026-01-02", "submitted", 4),
                ("2026-02-01", "certified", 1),
            ):
                owner.execute(ARRIVED, row)
            for row in (("2026-01-02", 3), ("2026-02-02", 2)):
                owner.execute(WAITING, row)
            assert runner.migrate(house.owner_url).complete
            sums = [
                owner.execute(f"TABLE ministry.{name}").fetchall()
                for name in ("office_totals", "office_months")
            ]
    finally:
        tenancy_house.tear_down(postgres, house)
    months = {("aa", date(2026, 1, 1), 3), ("aa", date(2026, 2, 1), 1)}
    assert (sums[0], set(sums[1])) == ([("aa", 5)], months)


def test_a_gap_in_a_line_is_an_error(branch):
    (branch.folder / "office" / "0007_too_far.py").write_text("def upgrade(): pass")
    with pytest.raises(steps.BrokenLine, match="0007_too_far"):
        steps.files("office", branch.folder)


def test_many_threads_that_come_first_render_the_steps_once():
    steps._load.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        rendered = list(pool.map(lambda _: steps.load("office"), range(16)))
    assert all(one is rendered[0] for one in rendered)
