"""A randomized run against one server: whatever happens to a request, no answer is another's.

`python -m tests.isolation.storm --requests 100000 --offices 300 [--pgbouncer]` prints how many of
which kind there were and how many wrong answers; a small one is part of the suite.
"""

import argparse
import contextvars
import json
import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
import sqlalchemy as sa

from core.platform.parts import free_port
from core.platform.postgres import EmbeddedPostgres
from core.platform.processes import give_to_server, server_identity, spawn, stop
from tenants.database import db
from tenants.scope import NoOffice, again, ministry, office
from tests.integration import tenancy_house
from tests.integration.tenancy_house import House

THREADS = 8
FIGURES = Path("var/bench/storm.json")


class WrongAnswer(AssertionError):
    """Another office's rows: the one unforgivable fault."""


class Refused(Exception):
    """The request fails in the middle."""


def look(slug):
    """Read who we are and what the table says; another's answer is the one unforgivable fault."""
    row = db.session.execute(
        sa.text("SELECT current_user, min(words), max(words) FROM marks")
    ).one()
    if tuple(row) != (f"office_{slug}", slug, slug):
        raise WrongAnswer(f"{slug} was answered {tuple(row)}")


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


def furnish(house: House, number: int) -> list[str]:
    """So many offices, each with a table that holds its own name and nothing else."""
    with house.app().app_context():
        open_ones = [house.open(f"r{n}") for n in range(number)]
    with house.owner() as owner:
        for slug in open_ones:
            schema = f"office_{slug}"
            owner.execute(f"CREATE TABLE {schema}.marks (id bigserial PRIMARY KEY, words text)")
            owner.execute(f"INSERT INTO {schema}.marks (words) VALUES ('{slug}')")
    house.open_ones = open_ones  # type: ignore[attr-defined]
    return open_ones


def run(house: House, requests: int, seed: int) -> Counter[str]:
    """The kinds of requests that were made; raises at the first wrong answer."""
    app = house.app(threads=THREADS * 2)

    def work(number: int) -> Counter[str]:
        one = Requests(app, house, seed * 1000 + number)
        return Counter(one.one() for _ in range(requests // THREADS))

    with ThreadPoolExecutor(THREADS) as pool:
        counted = sum(pool.map(work, range(THREADS)), Counter[str]())
    with app.app_context():
        db.engine.dispose()
    with house.owner() as owner:
        for slug in house.open_ones:  # type: ignore[attr-defined]
            found = owner.execute(f"SELECT DISTINCT words FROM office_{slug}.marks").fetchall()
            if found != [(slug,)]:
                raise WrongAnswer(f"{slug} holds {found}")
    return counted


def is_there() -> bool:
    """Whether this machine has a PgBouncer."""
    return shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin") is not None


@contextmanager
def through_pgbouncer(house: House) -> Iterator[House]:
    """The same house, reached through a PgBouncer in transaction mode with few connections."""
    binary = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    assert binary
    parts, port = urlsplit(house.app_url), free_port()
    sockets = parts.query.partition("host=")[2].replace("%2F", "/")
    with tempfile.TemporaryDirectory(prefix="mkpb") as folder:
        lines = [
            "[databases]",
            f"{house.name} = host={sockets} dbname={house.name} user={parts.username}"
            f" password={unquote(parts.password or '')}",
            "[pgbouncer]",
            "verbose = 0",
            "log_connections = 0",
            "log_disconnections = 0",
            "log_pooler_errors = 0",
            "listen_addr = 127.0.0.1",
            f"listen_port = {port}",
            "unix_socket_dir =",
            "auth_type = any",
            "pool_mode = transaction",
            f"default_pool_size = {THREADS}",
            "ignore_startup_parameters = extra_float_digits",
        ]
        configuration = Path(folder) / "pgbouncer.ini"
        configuration.write_text("\n".join(lines))
        # It refuses root as the server does, and must get at the server's private socket.
        give_to_server(Path(folder), Path(folder).parent)
        process = spawn([binary, "-q", configuration], log=None, identity=server_identity())
        try:
            url = f"postgresql://{parts.username}@127.0.0.1:{port}/{house.name}"
            _wait(url)
            between = House(house.admin_url, house.owner_url, url, house.name, house.tag)
            between.slugs, between.open_ones = house.slugs, house.open_ones  # type: ignore
            yield between
        finally:
            stop(process, signal.SIGINT)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def main() -> None:
    """The long run, with a table of what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--offices", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--pgbouncer", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mk") as home:
        server = EmbeddedPostgres(Path(home), {"fsync": "off", "full_page_writes": "off"})
        server.start()
        try:
            house = tenancy_house.build(server)
            furnish(house, asked.offices)
            began = time.monotonic()
            if asked.pgbouncer:
                with through_pgbouncer(house) as between:
                    counted = run(between, asked.requests, asked.seed)
            else:
                counted = run(house, asked.requests, asked.seed)
        finally:
            server.stop()
    _report(asked, counted, time.monotonic() - began)


def _report(asked: Any, counted: Counter[str], seconds: float) -> None:
    way = "through PgBouncer" if asked.pgbouncer else "direct"
    for kind, number in counted.most_common():
        print(f"{kind.replace('_', ' '):32}{number:>9,}")
    print(f"{'requests, ' + way:32}{counted.total():>9,}")
    print(f"{'wrong answers':32}{0:>9}   offices {asked.offices}, seed {asked.seed}")
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    figures[way] = {
        "requests": counted.total(),
        "wrong": 0,
        "offices": asked.offices,
        "seed": asked.seed,
        "seconds": round(seconds),
        "kinds": dict(counted),
    }
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
