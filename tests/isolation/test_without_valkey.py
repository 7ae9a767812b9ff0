"""Codes, links and limits attacked by four at once, while Valkey is gone or forgets everything.

Nothing gets easier: what counts stands in PostgreSQL.
"""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from blueprints import find_doors
from config.settings import Settings
from core.app import create_app
from core.jobs import bell
from core.platform.parts import free_port
from core.requests import tracking
from tests.conftest import Mailbox
from tests.critic import Visitor
from tests.integration import registration_steps as steps
from tests.integration import staff_house

FOUR = 4
WRONG = "a wrong one, but long enough"
RIGHT = "a good one of four words"
Visit = Callable[[], Visitor]
Somebody = Callable[[], dict[str, str]]


class Forgetful:
    """Valkey is wiped before each request."""

    def __init__(self, app: Any, valkey: Redis) -> None:
        self.app, self.valkey = app, valkey

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.valkey.flushall()
        return self.app(environ, start_response)


@pytest.fixture(scope="module", params=["gone", "wiped"])
def anybody(request: pytest.FixtureRequest, app: Flask, settings: Settings) -> Visit:
    """A fresh browser at London, where the bell is as the parameter says."""
    gone = replace(settings, redis_url=f"redis://127.0.0.1:{free_port()}/0")
    house = create_app(gone if request.param == "gone" else settings, find_doors())
    if request.param == "wiped":
        wiped = Forgetful(house.wsgi_app, bell(settings.redis_url))
        house.wsgi_app = wiped  # type: ignore[method-assign]
    return lambda: Visitor(house, "london.localhost", "en")


def at_once(each: int, do: Callable[[], int]) -> Counter[int]:
    """The statuses that four get who do it so many times each, all at the same time."""
    found: list[int] = []
    start = threading.Barrier(FOUR)

    def work() -> None:
        start.wait(60)
        for _ in range(each):
            found.append(do())

    threads = [threading.Thread(target=work) for _ in range(FOUR)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(found) == FOUR * each, "somebody got no answer"
    return Counter(found)


def asker(anybody: Visit, who: dict[str, str]) -> tuple[Visitor, Callable[[], Visitor]]:
    """Somebody who asked for a code, and a way to steal that browser's cookie."""
    someone = anybody()
    assert steps.ask(someone, who).url == "/enter/code"
    kept = someone.client.get_cookie("asked", domain=someone.host)
    assert kept

    def thief() -> Visitor:
        other = anybody()
        other.client.set_cookie("asked", kept.value, domain=other.host)
        other.get("/enter/code")
        return other

    return someone, thief


def test_a_code(anybody: Visit, mailbox: Mailbox, person: Somebody) -> None:
    """Compared five times and not once more; then the right one is worth nothing either."""
    who = person()
    someone, thief = asker(anybody, who)
    right = steps.code_in(mailbox, who["email"])
    wrong = {"code": f"{(int(right.replace(' ', '')) + 1) % 10**8:08d}"}
    found = at_once(2, lambda: thief().submit(wrong, form="code").status)
    assert found == {422: 4, 410: 4}
    assert someone.submit({"code": right}, form="code").status == 410
    link = steps.link_in(mailbox, who["email"])
    page = anybody().get(link)
    assert page.status == 200, "the link can't be guessed and is good until it is used"


def test_a_code_and_its_link_let_in_once(
    anybody: Visit, mailbox: Mailbox, person: Somebody
) -> None:
    who = person()
    _, thief = asker(anybody, who)
    right = {"code": steps.code_in(mailbox, who["email"])}
    found = at_once(1, lambda: thief().submit(right, form="code", follow=False).status)
    assert found == {303: 1, 410: 3}
    assert anybody().get(steps.link_in(mailbox, who["email"])).status == 410


def test_a_reset_link_changes_one_password(
    anybody: Visit, mailbox: Mailbox, person: Somebody
) -> None:
    who, someone = person(), anybody()
    steps.registered(mailbox.app, who)
    someone.get("/enter/forgotten")
    someone.submit({**who, "altcha": steps.solve(someone)}, form="email")
    link = steps.link_in(mailbox, who["email"])
    new = {"password": RIGHT, "again": RIGHT}

    def change() -> int:
        thief = anybody()
        if thief.get(link).status == 410:
            return 410
        return thief.submit(new, form="password", follow=False).status

    assert at_once(1, change) == {303: 1, 410: 3}


def test_limits(anybody: Visit, mailbox: Mailbox, person: Somebody) -> None:
    """Codes for an address, passwords of a person and of an employee, guesses of one client."""
    who = person()
    assert at_once(2, lambda: steps.ask(anybody(), who, follow=False).status) == {303: 3, 429: 5}

    owner = person()
    steps.registered(mailbox.app, owner, password=RIGHT)

    def sign_in(password: str = WRONG) -> int:
        here = anybody()
        here.get("/enter/password")
        typed = {**owner, "password": password, "altcha": steps.solve(here)}
        return here.submit(typed, form="password", follow=False).status

    assert at_once(3, sign_in) == {422: 10, 429: 2}
    assert sign_in(RIGHT) == 429

    email = staff_house.address()

    def first_step() -> int:
        return staff_house.first_step(anybody(), email, WRONG).status

    assert at_once(3, first_step) == {422: 10, 429: 2}

    def track() -> int:
        guesser = anybody()
        guesser.client.environ_base["REMOTE_ADDR"] = anybody_at
        guesser.get("/track")
        born = {"born": "4", "born.month": "10", "born.year": "1986"}
        form = {**born, "born.calendar": "gregorian", "code": tracking.new_code()}
        return guesser.submit(form, form="code").status

    anybody_at = anybody().client.environ_base["REMOTE_ADDR"]
    assert at_once(6, track) == {422: 20, 429: 4}


def test_the_work_of_the_security_check_counts_once(anybody: Visit, person: Somebody) -> None:
    here = anybody()
    here.get("/enter")
    work = steps.solve(here)

    def ask() -> int:
        someone = anybody()
        someone.get("/enter")
        return someone.submit({**person(), "altcha": work}, form="email", follow=False).status

    assert at_once(1, ask) == {303: 1, 422: 3}


@pytest.mark.parametrize("factor", ["code of the app", "recovery code"])
def test_a_second_factor_opens_once(anybody: Visit, mailbox: Mailbox, factor: str) -> None:
    email = staff_house.address()
    staff_house.invite(mailbox.app, "london", email, "consul")
    someone = staff_house.join(anybody(), mailbox, email)
    code = someone.codes[0] if factor == "recovery code" else someone.code(1)
    browsers = [anybody() for _ in range(FOUR)]
    for browser in browsers:
        assert staff_house.first_step(browser, email).status == 200

    def enter() -> int:
        return browsers.pop().submit({"code": code}, form="code", follow=False).status

    assert at_once(1, enter) == {303: 1, 422: 3}
