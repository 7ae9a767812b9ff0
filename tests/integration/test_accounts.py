"""Somebody who is known: passwords, sessions and a new address."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from core import clock
from core.accounts import actions
from core.errors import Gone
from tenants.database import db
from tenants.scope import office
from tests.conftest import Mailbox
from tests.critic import Visitor
from tests.integration.registration_steps import (
    PASSWORD,
    Visit,
    code_in,
    come_in,
    registered,
    sign_in,
    solve,
    wrong,
)


def with_password(visitor: Visit, mailbox: Mailbox, who: dict[str, str]) -> Visitor:
    """Somebody registered who has a password, signed in with it."""
    registered(mailbox.app, who, password=PASSWORD)
    someone = visitor("london")
    sign_in(someone, who, PASSWORD)
    return someone


def test_signing_in_with_a_password(visitor: Visit, mailbox: Mailbox, person) -> None:
    who = person()
    with_password(visitor, mailbox, who)
    assert sign_in(visitor("london"), who, PASSWORD).url == "/account"
    refused = sign_in(visitor("london"), who, "something else at all")
    nobody = sign_in(visitor("london"), person(), "something else at all")
    assert refused.status == nobody.status == 422
    assert set(re.findall(r'class="error"[^>]*>([^<]+)<', refused.html)) == set(
        re.findall(r'class="error"[^>]*>([^<]+)<', nobody.html)
    )
    assert sign_in(visitor("istanbul"), who, PASSWORD).status == 422


def test_guessing_a_password_is_limited(visitor: Visit, mailbox: Mailbox, person) -> None:
    who = person()
    registered(mailbox.app, who, password=PASSWORD)
    statuses = [sign_in(visitor("london"), who, f"guess number {n}").status for n in range(11)]
    assert statuses == [422] * 10 + [429]
    assert sign_in(visitor("london"), who, PASSWORD).status == 429


@pytest.mark.parametrize(
    "weak", ["short", "123456789012", "passwordpassword", "میخکمیخکمیخک", "aaaaaaaaaaaaaa"]
)
def test_weak_passwords_are_refused_in_words(
    visitor: Visit, mailbox: Mailbox, person, weak: str
) -> None:
    someone = visitor("london")
    registered(mailbox.app, new := person())
    come_in(someone, mailbox, new)
    someone.get("/account/password")
    page = someone.submit({"password": weak, "again": weak}, form="again")
    assert page.status == 422 and 'href="#password"' in page.html


def test_a_forgotten_password(visitor: Visit, mailbox: Mailbox, person) -> None:
    who, other = person(), "سه گربه روی دیوار بلند"
    inside = with_password(visitor, mailbox, who)
    someone = visitor("london")
    answers = set()
    for anybody in (who, person()):
        someone.get("/enter/forgotten")
        page = someone.submit({**anybody, "altcha": solve(someone)}, form="email")
        answers.add((page.status, page.url, page.text))
    assert len(answers) == 1
    link = re.search(
        r"http://[^/\s]+(/enter/reset/\S+)", mailbox.text(mailbox.newest(who["email"]))
    )[1]
    assert visitor("istanbul").get(link).status == 410
    someone.get(link)
    assert someone.submit({"password": other, "again": other + "x"}, form="again").status == 422
    page = someone.submit({"password": other, "again": other}, form="again")
    assert page.url == "/enter/password?changed=yes"
    assert someone.get(link).status == 410
    assert inside.get("/account").url.startswith("/enter")
    assert sign_in(visitor("london"), who, PASSWORD).status == 422
    assert sign_in(visitor("london"), who, other).url == "/account"


def test_changing_the_password_ends_the_other_sessions_and_tells(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    who = person()
    here = with_password(visitor, mailbox, who)
    there = visitor("london")
    sign_in(there, who, PASSWORD)
    other = "سه گربه روی دیوار بلند"
    here.get("/account/password")
    page = here.submit({"current": "no", "password": other, "again": other}, form="again")
    assert page.status == 422
    page = here.submit({"current": PASSWORD, "password": other, "again": other}, form="again")
    assert page.url.startswith("/account?")
    assert there.get("/account").url.startswith("/enter")
    count = len(mailbox.to(who["email"]))
    here.get("/account/password/remove")
    here.submit({"current": other}, form="current")
    assert len(mailbox.to(who["email"])) == count + 1
    assert sign_in(visitor("london"), who, other).status == 422


def test_sessions_are_listed_and_ended(visitor: Visit, mailbox: Mailbox, person) -> None:
    who = person()
    here = with_password(visitor, mailbox, who)
    there, stranger = visitor("london"), visitor("london")
    sign_in(there, who, PASSWORD)
    registered(mailbox.app, new := person())
    come_in(stranger, mailbox, new)
    page = here.get("/account/sessions")
    action = next(f.get("action") for f in page.forms() if "/end" in (f.get("action") or ""))
    stranger.get("/account/sessions")
    token = next(v for n, v in _hidden(stranger) if n == "csrf_token")
    assert stranger.post(action, {"csrf_token": token}).status == 404
    here.get("/account/sessions")
    token = next(v for n, v in _hidden(here) if n == "csrf_token")
    here.post(action, {"csrf_token": token})
    assert there.get("/account").url.startswith("/enter")
    assert here.get("/account").url == "/account"
    here.submit({}, form="/enter/leave")
    assert here.get("/account").url.startswith("/enter")


def _hidden(someone: Visitor) -> list[tuple[str, str]]:
    assert someone.page and someone.page.root is not None
    return [
        (e.get("name", ""), e.get("value", ""))
        for e in someone.page.root.iter("input")
        if e.get("type") == "hidden"
    ]


def test_a_session_ends_after_half_an_hour_of_silence(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    someone = visitor("london")
    registered(mailbox.app, new := person())
    come_in(someone, mailbox, new)
    with clock.at(datetime.now(UTC) + timedelta(minutes=31)):
        assert someone.get("/account").url.startswith("/enter")


def test_a_page_prolongs_the_session_and_that_waits_for_no_disk(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    someone, waits = visitor("london"), []
    registered(mailbox.app, new := person())
    come_in(someone, mailbox, new)

    def ask_whether_it_waits(connection, _cursor, statement: str, *_rest) -> None:
        if statement.startswith("UPDATE") and "last_seen_at" in statement:
            driver = connection.connection.driver_connection
            waits.append(driver.execute("SHOW synchronous_commit").fetchone()[0])

    with mailbox.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", ask_whether_it_waits)
    try:
        with clock.at(datetime.now(UTC) + timedelta(minutes=20)):
            someone.get("/account")
    finally:
        event.remove(engine, "before_cursor_execute", ask_whether_it_waits)
    assert waits == ["off"]
    with clock.at(datetime.now(UTC) + timedelta(minutes=45)):
        assert someone.get("/account").url.startswith("/account")


def test_a_new_address_needs_codes_from_the_old_and_the_new_one(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    who, new = person(), person()["email"]
    someone = visitor("london")
    registered(mailbox.app, who)
    come_in(someone, mailbox, who)
    someone.get("/account/email")
    someone.submit({"email": new}, form="email")
    old_code, new_code = code_in(mailbox, who["email"]), code_in(mailbox, new)
    page = someone.submit({"code_old": wrong(old_code), "code_new": new_code}, form="code_old")
    assert page.status == 422 and 'href="#code_old"' in page.html
    page = someone.submit({"code_old": old_code, "code_new": new_code}, form="code_old")
    assert page.url.startswith("/account?") and new in page.text
    assert come_in(visitor("london"), mailbox, {**who, "email": new}).url == "/account"


def test_with_the_old_address_go_its_links_and_the_other_sessions(
    app: Flask, visitor: Visit, mailbox: Mailbox, person
) -> None:
    who, new, links = person(), person()["email"], []
    registered(app, who)
    other, someone = visitor("london"), visitor("london")
    for each in (other, someone):
        come_in(each, mailbox, who)
    with app.app_context(), office("london"):
        known = who["email"], who["national_id"]
        actions.ask_for_reset(*known, lang="en", client="x", link_of=lambda s: links.append(s) or s)
    someone.get("/account/email")
    someone.submit({"email": new}, form="email")
    codes = {"code_old": code_in(mailbox, who["email"]), "code_new": code_in(mailbox, new)}
    someone.submit(codes, form="code_old")
    assert someone.get("/account").url == "/account"
    assert other.get("/account").url.startswith("/enter?")
    words = "نه ماهی سبز در آب سرد"
    with app.app_context(), office("london"), pytest.raises(Gone):
        actions.reset_password(links[0], words, words)
