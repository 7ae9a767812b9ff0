"""Known and unknown people are told the same: 150 pairs at five doors.

Compared are status, headers, page, the mail that is left for the typed address, and the work: every
SQL statement in its order and every computation of Argon2. Work is counted instead of timed, so the
comparison is exact and the same on a busy machine.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice, zip_longest
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import delete

from core import passwords
from core.accounts import codes
from core.accounts.models import Account, Attempt
from core.crypto import unseal
from core.outbox.models import OutboxRow
from core.requests import tracking
from core.staff.models import StaffAttempt, StaffMember
from tenants.database import db
from tenants.scope import office
from tests.conftest import LEAST_COST, national_id
from tests.critic import Visitor
from tests.integration import registration_steps
from tests.isolation.conftest import World
from tests.statements import sent

TOKENS = re.compile(
    r'(name="(?:csrf_token|_once|security_token)" value=")[^"]*|(/enter/picture/)[^."]*'
)
SECRETS = re.compile(r"(?<=asked=)[^;]*|(?<=expires=)[^;]*", re.IGNORECASE)
VARYING_HEADERS = {"Date", "X-Request-Id", "Content-Security-Policy"}
NONCE = re.compile(r"'nonce-[^']*'")
WRONG = "a wrong one, but long enough"
Who = dict[str, str]


@dataclass
class Told:
    """Everything that an answer gives away, and what it cost."""

    status: int
    headers: list[tuple[str, str]]
    body: str
    mails: int = 0
    statements: list[str] = field(default_factory=list)
    computed: int = 0


class Counting(PasswordHasher):
    """Argon2 with small figures that counts how often it computes."""

    computed = 0

    def hash(self, *given: Any, **more: Any) -> str:
        """Count and compute."""
        Counting.computed += 1
        return super().hash(*given, **more)

    def verify(self, *given: Any) -> bool:
        """Count and compute."""
        Counting.computed += 1
        return super().verify(*given)


class Stranger:
    """A browser without any past, from an address of its own each time."""

    def __init__(self, app: Flask, path: str) -> None:
        self.app, self.path = app, path
        self.visitor = Visitor(app, "london.localhost", "en")
        page = self.visitor.get(path)
        self.token = re.search(r'name="csrf_token" value="([^"]+)"', page.html)[1]  # type: ignore[index]
        self.addresses = (f"10.99.{n // 250}.{n % 250 + 1}" for n in range(10_000))

    def post(self, form: Who) -> Told:
        """Send the form as this person would; what they typed is taken out of the answer."""
        form = {**form, "csrf_token": self.token}
        if "email" in form and self.path.startswith("/enter"):
            form["altcha"] = registration_steps.solve(self.visitor)
        client = self.visitor.client
        with sent(self.app) as statements:
            began = Counting.computed
            got = client.post(
                self.path,
                data=form,
                base_url=f"http://{self.visitor.host}",
                headers={"Host": self.visitor.host},
                environ_overrides={"REMOTE_ADDR": next(self.addresses)},
            )
            computed = Counting.computed - began
        client.delete_cookie("asked", domain=self.visitor.host)
        body = TOKENS.sub(r"\1\2", got.get_data(as_text=True))
        for name in ("email", "national_id", "code"):
            body = body.replace(form.get(name, "\n\n"), "TYPED")
        headers = [
            (name, NONCE.sub("", SECRETS.sub("", value)))
            for name, value in got.headers
            if name not in VARYING_HEADERS
        ]
        # The look for changed host names, every other second, belongs to nobody.
        statements = [one for one in statements if "FROM ministry." not in one]
        return Told(got.status_code, sorted(headers), body, 0, statements, computed)


@pytest.fixture
def street(furnished: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world with quick hashes, and without what these tests leave."""
    counting = Counting(LEAST_COST.time_cost, LEAST_COST.memory_cost, LEAST_COST.parallelism)
    monkeypatch.setattr(passwords, "HASHER", counting)
    monkeypatch.setattr(codes, "_hasher", counting)
    passwords._nobodys.cache_clear()
    passwords._nobodys()  # computed once in the life of a process
    yield furnished
    passwords._nobodys.cache_clear()
    with furnished.app.app_context(), office("london"):
        for table in (Attempt, StaffAttempt):
            db.session.execute(delete(table))
        db.session.execute(delete(OutboxRow).where(OutboxRow.kind == "mail"))


def fresh() -> Who:
    number = national_id()
    return {"email": f"q{number}@example.org", "national_id": number}


def known_people(app: Flask, states: Iterator[dict[str, Any]], number: int) -> list[Who]:
    """So many accounts, each in the next of the states."""
    people = [fresh() for _ in range(number)]
    shape = {"name_fa": "ک", "name_en": "K", "profile": {}, "steps_done": [], "lang": "fa"}
    with app.app_context(), office("london"):
        for one, state in zip(people, states, strict=False):
            db.session.add(
                Account(email=one["email"], person_code=one["national_id"], **shape, **state)
            )
    return people


def left_for(app: Flask, address: str) -> int:
    """How many mails wait for an address."""
    with app.app_context(), office("london", read_only=True):
        rows = db.session.scalars(db.select(OutboxRow.payload).filter_by(kind="mail", done_at=None))
        found = [json.loads(unseal("outbox:mail", row))["to"] for row in rows if row]
    return found.count(address)


ACTIVE = {"state": "active", "password_hash": LEAST_COST.hash("a good one of four words")}
STATES = (ACTIVE, {"state": "active"}, {"state": "suspended"}, {"state": "registering"})


def same(told: list[Told]) -> None:
    """Fail with the first thing that differs."""
    known, unknown = told
    for one, other in zip_longest(known.statements, unknown.statements):
        assert one == other, "work"
    assert known == unknown


def alike(stranger: Stranger, known: Who, unknown: Who) -> None:
    told = []
    for who in (known, unknown):
        answer = stranger.post(who)
        if stranger.path in ("/enter", "/enter/forgotten"):
            answer.mails = left_for(stranger.app, who["email"])
            assert answer.mails == 1
        told.append(answer)
    same(told)


@pytest.mark.parametrize("path", ["/enter", "/enter/forgotten", "/enter/password"])
def test_applicants(street: World, path: str) -> None:
    """30 pairs each; every third known person types somebody else's national ID."""
    stranger = Stranger(street.app, path)
    more = {"password": WRONG} if path == "/enter/password" else {}
    for number, known in enumerate(known_people(street.app, cycle(STATES), 30)):
        mistaken = {"national_id": national_id()} if number % 3 == 2 else {}
        alike(stranger, {**known, **mistaken, **more}, {**fresh(), **more})


def test_staff(street: World) -> None:
    """30 pairs: at work, invited, suspended."""
    stranger = Stranger(street.app, "/desk/sign-in")
    kept = LEAST_COST.hash("a good one of four words")
    states = cycle([("active", kept), ("invited", None), ("suspended", kept)])
    for state, password in islice(states, 30):
        known, unknown = fresh()["email"], fresh()["email"]
        shape = {"name_fa": "ک", "name_en": "K", "roles": ["consul"]}
        with street.app.app_context(), office("london"):
            db.session.add(StaffMember(email=known, state=state, password_hash=password, **shape))
        told = [stranger.post({"email": one, "password": WRONG}) for one in (known, unknown)]
        same(told)


def test_tracking(street: World) -> None:
    """30 pairs: a code that exists with the wrong birth date, and a code that nobody has."""
    stranger = Stranger(street.app, "/track")
    born = {"born": "4", "born.month": "10", "born.year": "1931", "born.calendar": "gregorian"}
    code = str(street.london.tracking_code)
    for _ in range(30):
        alike(stranger, {**born, "code": code}, {**born, "code": tracking.new_code()})
        with street.app.app_context(), office("london"):
            db.session.execute(delete(Attempt))  # else the code that exists would soon be limited
