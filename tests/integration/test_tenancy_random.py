"""A randomized run against one server: whatever happens to a request, no answer is another's.

Two thousand requests here; MIKHAK_RANDOM_REQUESTS=100000 and MIKHAK_RANDOM_OFFICES=300 for the
long one, MIKHAK_RANDOM_SEED to repeat one.
"""

import contextvars
import os
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import sqlalchemy as sa

from tenants.database import db
from tenants.scope import NoOffice, again, ministry, office
from tests.integration import tenancy_house

REQUESTS = int(os.environ.get("MIKHAK_RANDOM_REQUESTS", "2000"))
OFFICES = int(os.environ.get("MIKHAK_RANDOM_OFFICES", "4"))
SEED = int(os.environ.get("MIKHAK_RANDOM_SEED", "20"))
THREADS = 8


class Refused(Exception):
    """The request fails in the middle."""


@pytest.fixture(scope="module")
def house(postgres):
    house = tenancy_house.build(postgres)
    with house.app().app_context():
        house.open_ones = [house.open(f"r{n}") for n in range(OFFICES)]
    with house.owner() as owner:
        for slug in house.open_ones:
            schema = f"office_{slug}"
            owner.execute(f"CREATE TABLE {schema}.marks (id bigserial PRIMARY KEY, words text)")
            owner.execute(f"INSERT INTO {schema}.marks (words) VALUES ('{slug}')")
    yield house
    tenancy_house.tear_down(postgres, house)


def look(slug):
    """Read who we are and what the table says; another's answer is the one unforgivable fault."""
    row = db.session.execute(
        sa.text("SELECT current_user, min(words), max(words) FROM marks")
    ).one()
    assert tuple(row) == (f"office_{slug}", slug, slug), f"{slug} was answered {tuple(row)}"


def write(slug):
    db.session.execute(sa.text("INSERT INTO marks (words) VALUES (:w)"), {"w": slug})


class Requests:
    """Each method is one kind of request; the name of the kind is counted."""

    def __init__(self, app, house, seed):
        self.app, self.house, self.dice = app, house, random.Random(seed)

    def one(self):
        kind = self.dice.choice(KINDS)
        slug = self.dice.choice(self.house.open_ones)
        with self.app.app_context():
            try:
                getattr(self, kind)(slug)
            except Refused:
                return "rolled back"
            except sa.exc.DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                return "killed"
        return kind

    def reads(self, slug):
        with office(slug, read_only=True):
            look(slug)

    def writes(self, slug):
        with office(slug):
            look(slug)
            write(slug)

    def fails(self, slug):
        with office(slug):
            write(slug)
            look(slug)
            raise Refused

    def breaks_a_statement(self, slug):
        with office(slug):
            look(slug)
            try:
                db.session.execute(sa.text("SELECT 1 / 0"))
            except sa.exc.DataError:
                db.session.rollback()
            look(slug)

    def commits_early(self, slug):
        with office(slug):
            write(slug)
            db.session.commit()
            look(slug)
            db.session.rollback()
            look(slug)

    def saves_a_point(self, slug):
        with office(slug):
            look(slug)
            nested = db.session.begin_nested()
            write(slug)
            nested.rollback()
            look(slug)

    def forgets_its_scope(self, _slug):
        with pytest.raises(NoOffice):
            db.session.execute(sa.text("SELECT min(words) FROM marks"))

    def nests(self, slug):
        other = self.dice.choice(self.house.open_ones)
        with office(slug) as scope:
            look(slug)
            with again(scope):
                write(slug)
            with office(other):
                look(other)
            look(slug)

    def asks_the_ministry(self, slug):
        with ministry():
            assert db.session.scalar(sa.text("SELECT current_user")) == "mikhak_ministry"
            with pytest.raises(sa.exc.ProgrammingError):
                db.session.execute(sa.text(f"SELECT * FROM office_{slug}.marks"))

    def leaves_a_role_behind(self, slug):
        with office(slug):
            driver = db.session.connection().connection.driver_connection
            other = self.dice.choice(self.house.open_ones)
            psycopg.Cursor(driver).execute(f"SET ROLE office_{other}")
            psycopg.Cursor(driver).execute(f"SET search_path = office_{other}")

    def is_killed(self, slug):
        with office(slug):
            look(slug)
            pid = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
            with self.house.admin() as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", [pid])
            look(slug)

    def hands_over_to_a_thread(self, slug):
        faults = []

        def work():
            with self.app.app_context():
                try:
                    look(slug)
                except NoOffice:
                    with office(slug):
                        look(slug)
                    return
                faults.append("a thread had a scope that it did not open")

        with office(slug):
            look(slug)
            thread = threading.Thread(target=contextvars.copy_context().run, args=(work,))
            thread.start()
            thread.join()
        assert not faults

    def stays_open_without_commit(self, slug):
        session = None
        with office(slug):
            session = db.session()
            look(slug)
        with pytest.raises(NoOffice):
            session.execute(sa.text("SELECT 1"))


RARE = ["is_killed", "leaves_a_role_behind", "hands_over_to_a_thread"]
COMMON = [
    name for name in vars(Requests) if not name.startswith("_") and name not in ("one", *RARE)
]
KINDS = COMMON * 4 + RARE


def test_no_request_is_ever_answered_with_another_offices_rows(house):
    app = house.app(threads=THREADS * 2)

    def work(number):
        requests = Requests(app, house, SEED * 1000 + number)
        return Counter(requests.one() for _ in range(REQUESTS // THREADS))

    with ThreadPoolExecutor(THREADS) as pool:
        counted = sum(pool.map(work, range(THREADS)), Counter())
    with app.app_context():
        db.engine.dispose()
    assert counted.total() == REQUESTS // THREADS * THREADS
    assert {"killed", "rolled back", *KINDS} - {"fails", "is_killed"} <= set(counted)
    with house.owner() as owner:
        for slug in house.open_ones:
            found = owner.execute(f"SELECT DISTINCT words FROM office_{slug}.marks").fetchall()
            assert found == [(slug,)]
