"""Coming in: codes, links, passwords, limits, and answers that tell strangers nothing."""

import io
import re
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock, passwords
from core.accounts import actions as accounts
from core.accounts import codes, entering, security_check
from core.accounts.arrivals import tell_about_new_browser
from core.accounts.models import Account, OneTimeCode
from core.actor import Actor
from core.crypto import digest
from core.errors import DomainError, Invalid
from core.sessions import actions as sessions
from core.sessions import jobs as sweeping
from tenants.database import db
from tenants.scope import office
from tests.conftest import Mailbox
from tests.integration.registration_steps import (
    PASSWORD,
    Visit,
    ask,
    code_in,
    link_in,
    registered,
    sign_in,
    solve,
    wrong,
)
from tests.statements import sent


def test_a_known_person_comes_in_with_a_code_in_persian_figures(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    who = person()
    registered(mailbox.app, who)
    someone = visitor("london")
    someone.get("/account/sessions")
    persian = {
        **who,
        "national_id": who["national_id"].translate(DIGITS),
        "next": "/account/profile",
    }
    someone.get("/enter")
    someone.submit({**persian, "altcha": solve(someone)}, form="email")
    code = code_in(mailbox, who["email"])
    isolated = f"\u2066{code}\u2069"  # between Persian words its halves would change places
    assert isolated in mailbox.newest(who["email"])["Subject"]
    typed = isolated.translate(DIGITS)  # copied from there
    assert someone.submit({"code": typed}, form="code").url == "/account/profile"


DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ("https://evil.example/", "/account"),
        ("//evil.example", "/account"),
        ("/\\evil", "/account"),
    ],
)
def test_after_signing_in_nobody_is_sent_to_another_site(
    visitor: Visit, mailbox: Mailbox, person, wish: str, status: str
) -> None:
    who = person()
    registered(mailbox.app, who)
    someone = visitor("london")
    someone.get("/enter")
    someone.submit({**who, "altcha": solve(someone), "next": wish}, form="email")
    code = code_in(mailbox, who["email"])
    assert someone.submit({"code": code, "next": wish}, form="code").url == status


def test_the_answer_is_the_same_for_known_unknown_and_suspended_people(
    visitor: Visit, mailbox: Mailbox, person, app: Flask
) -> None:
    known, unknown, suspended = person(), person(), person()
    registered(mailbox.app, known)
    registered(mailbox.app, suspended)
    with app.app_context(), office("london"):
        row = db.session.scalars(select(Account).where(Account.email == suspended["email"])).one()
        row.state = "suspended"
    answers = []
    mismatch = {**known, "national_id": person()["national_id"]}
    for who in (known, unknown, suspended, mismatch):
        someone = visitor("london", lang="en")
        moved = ask(someone, who, follow=False)
        page = someone.get("/enter/code")
        text = re.sub(r"\d+ seconds", "a while", page.text.replace(who["email"], "ADDRESS"))
        answers.append((moved.status, moved.response.location, page.status, text))
        page = someone.submit({"code": "0000 0000"}, form="code")
        text = re.sub(r"\d+ seconds", "a while", page.text.replace(who["email"], "ADDRESS"))
        answers[-1] += (page.status, text)
    assert len(set(answers)) == 1
    assert "suspended" in mailbox.newest(suspended["email"])["Subject"] or not re.search(
        r"\d{4} \d{4}", mailbox.text(mailbox.newest(suspended["email"]))
    )


def test_another_message_comes_after_a_minute_for_known_and_unknown_alike(
    visitor: Visit, mailbox: Mailbox, person, app: Flask
) -> None:
    known, unknown = person(), person()
    registered(mailbox.app, known)
    answers = []
    for who in (known, unknown):
        someone = visitor("london", lang="en")
        ask(someone, who)
        first = code_in(mailbox, who["email"])
        early = someone.submit({}, form="/enter/code/again")
        with clock.at(clock.now() + timedelta(seconds=61)):
            later = someone.submit({}, form="/enter/code/again")
            answers.append((early.status, early.response.headers["Retry-After"], later.status))
            assert "A new message is on its way" in later.text
            assert someone.submit({"code": first}, form="code").status == 422
            assert someone.submit({}, form="/enter/code/again").status == 429
            newest = code_in(mailbox, who["email"])
            assert someone.submit({"code": newest}, form="code").url in ("/account", REGISTER)
    assert early.root.find(".//*[@id='again-error']") is not None
    assert {(status, last) for status, _, last in answers} == {(429, 200)}


REGISTER = "/register/identity"


def test_five_wrong_guesses_end_a_code_for_good(visitor: Visit, mailbox: Mailbox, person) -> None:
    who, someone = person(), visitor("london")
    ask(someone, who)
    right = code_in(mailbox, who["email"])
    for left in ("۴ بار", "۳ بار", "۲ بار", "۱ بار"):
        page = someone.submit({"code": wrong(right)}, form="code")
        assert page.status == 422 and left in page.text
    assert someone.submit({"code": wrong(right)}, form="code").status == 410
    someone.get("/enter/code")
    page = someone.submit({"code": right}, form="code")
    assert page.status == 410
    assert someone.get("/register/identity").url.startswith("/enter")


def test_parallel_guesses_are_never_compared_more_than_five_times(
    visitor: Visit, mailbox: Mailbox, person, app: Flask
) -> None:
    who, someone = person(), visitor("london")
    ask(someone, who)
    right = code_in(mailbox, who["email"])
    cookie = someone.client.get_cookie("asked", domain=someone.host)
    assert cookie is not None
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def guess() -> None:
        start.wait()
        for _ in range(3):
            with app.app_context():
                try:
                    with office("london"):
                        codes.redeem("enter", cookie.value, wrong(right))
                except DomainError as error:
                    outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=guess) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("Invalid") <= 4 and len(outcomes) == 12
    with app.app_context(), office("london", read_only=True):
        browser = digest("code.browser", cookie.value)
        row = db.session.scalars(
            select(OneTimeCode).where(OneTimeCode.browser_hash == browser)
        ).one()
        assert row.tries == 5


def test_one_code_typed_twice_at_once_lets_in_once(
    visitor: Visit, mailbox: Mailbox, person, app: Flask
) -> None:
    who, someone = person(), visitor("london")
    ask(someone, who)
    right = code_in(mailbox, who["email"])
    cookie = someone.client.get_cookie("asked", domain=someone.host)
    assert cookie is not None
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def enter() -> None:
        start.wait()
        with app.app_context():
            try:
                with office("london"):
                    codes.redeem("enter", cookie.value, right)
                outcomes.append("in")
            except DomainError as error:
                outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Gone", "Gone", "Gone", "in"]


def test_an_expired_a_used_and_a_replaced_code(visitor: Visit, mailbox: Mailbox, person) -> None:
    who, someone = person(), visitor("london")
    ask(someone, who)
    code = code_in(mailbox, who["email"])
    with clock.at(datetime.now(UTC) + timedelta(minutes=11)):
        assert someone.submit({"code": code}, form="code").status == 410
    first = visitor("london")
    ask(first, who)
    replaced = code_in(mailbox, who["email"])
    second = visitor("london")
    ask(second, who)
    assert first.submit({"code": replaced}, form="code").status == 410
    newest = code_in(mailbox, who["email"])
    cookie = second.client.get_cookie("asked", domain=second.host)
    assert second.submit({"code": newest}, form="code").status == 200
    second.client.set_cookie("asked", cookie.value, domain=second.host)
    second.client.delete_cookie("mikhak", domain=second.host)
    second.get("/enter/code")
    assert second.submit({"code": newest}, form="code").status == 410


def test_a_code_works_only_in_the_browser_and_at_the_office_that_asked(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    who, someone = person(), visitor("london")
    ask(someone, who)
    code = code_in(mailbox, who["email"])
    stranger, other = visitor("london"), person()
    ask(stranger, other)
    assert stranger.submit({"code": code}, form="code").status == 422
    cookie = someone.client.get_cookie("asked", domain=someone.host)
    elsewhere = visitor("istanbul")
    elsewhere.client.set_cookie("asked", cookie.value, domain=elsewhere.host)
    assert elsewhere.get("/enter/code").url == "/enter"
    assert someone.submit({"code": code}, form="code").url == "/register/identity"
    session = someone.client.get_cookie("mikhak", domain=someone.host)
    elsewhere.client.set_cookie("mikhak", session.value, domain=elsewhere.host)
    assert elsewhere.get("/register/identity").url.startswith("/enter")


def test_three_codes_an_hour_for_an_address(visitor: Visit, person) -> None:
    who = person()
    for _ in range(3):
        assert ask(visitor("london"), who).status == 200
    page = ask(visitor("london"), who)
    assert page.status == 429 and int(page.response.headers["Retry-After"]) > 0
    with clock.at(datetime.now(UTC) + timedelta(minutes=61)):
        assert ask(visitor("london"), who).status == 200


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"national_id": "123456789"}, "national_id"),
        ({"national_id": "1111111111"}, "national_id"),
        ({"national_id": "0000000018"}, "national_id"),
        ({"national_id": ""}, "national_id"),
        ({"national_id": "x" * 10_000}, "national_id"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b\r\nBcc: c@d.org"}, "email"),
        ({"email": "a\x00@example.org"}, "email"),
        ({"email": "someone@gmial.com"}, "email"),
        ({"email": ""}, "email"),
    ],
)
def test_wrong_entries_come_back_with_words(
    visitor: Visit, person, typed: dict[str, str], field: str
) -> None:
    who, someone = {**person(), **typed}, visitor("london", lang="en")
    page = ask(someone, who)
    assert page.status == 422 and f'href="#{field}"' in page.html
    other = "email" if field == "national_id" else "national_id"
    assert who[other] in page.html


def test_an_address_that_looks_mistyped_is_taken_the_second_time(visitor: Visit, person) -> None:
    number = person()["national_id"]
    someone = visitor("london", lang="en")
    page = ask(someone, {"email": f"p{number}@gmial.com", "national_id": number})
    assert f"p{number}@gmail.com" in page.text
    page = someone.submit({"altcha": solve(someone)}, form="email")
    assert page.url == "/enter/code"


def test_the_work_of_the_security_check_counts_once_and_only_here(visitor: Visit, person) -> None:
    someone = visitor("london")
    someone.get("/enter")
    work = solve(someone)
    assert someone.submit({**person(), "altcha": work}, form="email").url == "/enter/code"
    someone.get("/enter")
    page = someone.submit({**person(), "altcha": work}, form="email")
    assert page.status == 422 and 'href="#security_code"' in page.html
    foreign = solve(visitor("istanbul"))
    someone.get("/enter")
    assert someone.submit({**person(), "altcha": foreign}, form="email").status == 422
    for rubbish in ("", "x", "W10=", "e30=", "NQ==", "x" * 9000):
        someone.get("/enter")
        assert someone.submit({**person(), "altcha": rubbish}, form="email").status == 422


def test_without_javascript_a_picture_or_its_sound_does(visitor: Visit, person, app: Flask) -> None:
    someone = visitor("london")
    page = someone.get("/enter")
    token = re.search(r"/enter/picture/([^.]+)\.png", page.html)[1]
    picture = someone.get(f"/enter/picture/{token}.png").response
    assert picture.mimetype == "image/png" and picture.data.startswith(b"\x89PNG")
    sound = someone.get(f"/enter/picture/{token}.wav").response
    assert sound.data[:4] == b"RIFF" and len(sound.data) > 10_000
    assert visitor("istanbul").get(f"/enter/picture/{token}.png").status == 410
    with app.app_context(), office("london"):
        figures, _ = security_check.open_link("picture", token)
    page = someone.get("/enter")
    assert someone.submit({**person(), "security_code": "000000"}, form="email").status == 422
    typed = {"security_token": token, "security_code": figures.translate(DIGITS)}
    assert someone.submit({**person(), **typed}, form="email").url == "/enter/code"
    someone.get("/enter")
    assert someone.submit({**person(), **typed}, form="email").status == 422


def test_a_picture_lives_three_minutes(visitor: Visit) -> None:
    someone = visitor("london")
    token = re.search(r"/enter/picture/([^.]+)\.png", someone.get("/enter").html)[1]
    with clock.at(datetime.now(UTC) + timedelta(minutes=4)):
        assert someone.get(f"/enter/picture/{token}.png").status == 410


def test_the_sign_in_page_asks_the_database_at_most_once(visitor: Visit, app: Flask) -> None:
    someone = visitor("london")
    with sent(app) as asked:
        someone.get("/enter")
        someone.client.set_cookie("mikhak", "nonsense", domain=someone.host)
        someone.get("/enter")
    assert len(asked) <= 1


def test_a_mail_link_never_signs_in_by_itself(visitor: Visit, mailbox: Mailbox, person) -> None:
    who = person()
    ask(visitor("london"), who)
    link = link_in(mailbox, who["email"])
    someone = visitor("london")
    for _ in range(3):
        someone.get(link)
    assert someone.client.get_cookie("mikhak", domain=someone.host) is None


def test_a_body_over_the_limit_is_refused(visitor: Visit) -> None:
    someone = visitor("london")
    someone.get("/enter")
    page = someone.submit({"email": io.BytesIO(b"x" * 2_000_000).read().decode()}, form="email")
    assert page.status == 413


def test_a_browser_not_seen_before_is_told_about_by_mail(
    visitor: Visit, mailbox: Mailbox, person, app: Flask
) -> None:
    who = person()
    registered(app, who, password=PASSWORD)

    def subjects_after(browser: str) -> int:
        someone = visitor("london", lang="en")
        someone.client.environ_base["HTTP_USER_AGENT"] = browser
        assert sign_in(someone, who, PASSWORD).url == "/account"
        mailbox.deliver()
        return len([mail for mail in mailbox.received if mail["To"] == who["email"]])

    first = subjects_after("Firefox on a laptop")
    assert subjects_after("Firefox on a laptop") == first, "the same browser is no news"
    assert subjects_after("Another one in a library") == first + 1
    assert "Another one in a library" in mailbox.text(mailbox.newest(who["email"]))


def test_a_password_that_is_changed_meanwhile_lets_nobody_in(
    app: Flask, person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compared with the old password, then the owner changes it, then the session would begin."""
    who = person()
    registered(app, who, password=PASSWORD)
    compared, changed, came_in = threading.Event(), threading.Event(), []
    real = passwords.verify_password

    def slow(kept: str | None, typed: str) -> bool:
        fits = real(kept, typed)
        compared.set()
        changed.wait(20)
        return fits

    def thief() -> None:
        with app.app_context(), office("london"), suppress(Invalid):
            came_in.append(entering.enter_with_password(*known, PASSWORD, client="thief"))

    monkeypatch.setattr(passwords, "verify_password", slow)
    known = who["email"], who["national_id"]
    thread = threading.Thread(target=thief)
    thread.start()
    assert compared.wait(20)
    with app.app_context(), office("london"):
        owner = db.session.scalars(select(Account).filter_by(email=who["email"])).one()
        new = "ده ماهی سبز در آب سرد"
        accounts.set_password(Actor(kind="applicant", id=owner.id), new, new)
    changed.set()
    thread.join(20)
    assert not came_in


def test_after_long_silence_a_browser_is_told_of(app: Flask, person, mailbox: Mailbox) -> None:
    who = person()
    registered(app, who)
    with app.app_context(), office("london"):
        account = db.session.scalars(select(Account).filter_by(email=who["email"])).one()
        sessions.start("applicant", account.id, names={}, browser="Firefox")
    for days, told in ((30, 1), (120, 2)):
        with clock.at(clock.now() + timedelta(days=days)), app.app_context():
            with office("london"):
                sweeping.sweep()
            with office("london"):
                account = db.session.scalars(select(Account).filter_by(email=who["email"])).one()
                tell_about_new_browser(account, "Firefox")
                tell_about_new_browser(account, f"Another one {days}")
            assert len(mailbox.to(who["email"])) >= told


def test_everything_that_is_missing_is_said_at_once(visitor: Visit) -> None:
    someone = visitor("london", lang="en")
    someone.get("/enter/password")
    page = someone.submit({"email": "somebody@gmial.com"}, form="password")
    told = [a.get("href") for a in page.root.iterfind(".//div[@role='alert']/ul/li/a")]
    assert page.status == 422 and told == ["#email", "#national_id", "#password"]
