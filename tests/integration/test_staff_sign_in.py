"""The staff's way in: invitation, second factor, what is refused, and what ends a session."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest

from core.actor import SYSTEM
from core.audit.models import AuditEntry
from core.clock import at, now
from core.errors import Gone, TooMany
from core.sessions.models import SignedSession
from core.staff import actions as staff
from core.staff import attempts, signing_in
from core.staff.models import StaffMember
from tenants.database import db
from tenants.scope import office
from tests.integration import staff_house as house


def test_from_the_mail_to_the_administration(app, visitor, mailbox):
    email = house.address()
    house.invite(app, "london", email, "admin")
    mail = mailbox.newest(email)
    assert "London" in mail["Subject"]
    someone = visitor("london", lang="en")
    page = someone.get(house.link_for(mailbox, email))
    assert "Choose a password" in page.text and email in page.text
    assert someone.get("/office", follow=False).status == 303
    joined = house.join(someone, mailbox, email)
    assert len(joined.codes) == len(set(joined.codes)) == 10
    assert "Office settings" in someone.get("/office").text
    assert not house.codes_on(someone.get("/desk/security/recovery-codes"))
    assert someone.get(house.link_for(mailbox, email)).status == 410


def test_the_secret_and_the_password_are_not_readable_in_the_database(
    app, visitor, mailbox, full_cost
):
    joined = house.newly_joined(app, visitor, mailbox, "london", "consul")
    with app.app_context(), office("london"):
        row = db.session.scalar(db.select(StaffMember).filter_by(email=joined.email))
        assert row.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
        assert joined.secret.encode() not in row.totp_secret
        session = db.session.scalar(db.select(SignedSession).filter_by(person_id=row.id))
        assert {"password", "totp"} <= set(session.factors)


@pytest.mark.parametrize("weak", ["short", "passwordpassword", "Leila Ahmadi 1234"])
def test_a_weak_password_keeps_the_page_and_says_why(app, visitor, mailbox, weak):
    email = house.address()
    house.invite(app, "london", email, "consul")
    someone = visitor("london", lang="en")
    someone.get(house.link_for(mailbox, email))
    page = someone.submit({"password": weak}, form="password")
    assert page.status == 422 and "#password" in page.links()


def test_the_first_code_must_fit(app, visitor, mailbox):
    email = house.address()
    house.invite(app, "london", email, "consul")
    someone = visitor("london", lang="en")
    someone.get(house.link_for(mailbox, email))
    someone.submit({"password": house.PASSWORD}, form="password")
    page = someone.submit({"code": "000000"}, form="code")
    assert page.status == 422 and "does not fit" in page.text
    assert someone.get("/desk/security", follow=False).status == 303


def test_the_picture_is_only_for_the_browser_that_is_joining(app, visitor, mailbox):
    email = house.address()
    house.invite(app, "london", email, "consul")
    someone = visitor("london", lang="en")
    link = house.link_for(mailbox, email)
    someone.get(link)
    someone.submit({"password": house.PASSWORD}, form="password")
    picture = someone.get(f"{link}/picture.svg")
    assert picture.response.mimetype == "image/svg+xml" and "<path" in picture.html
    assert visitor("london").get(f"{link}/picture.svg").status == 410


def test_sign_in_with_password_and_code(app, visitor):
    joined = house.inside(app, visitor, "london", "admin")
    browser = visitor("london", lang="en")
    assert "Second step" in house.first_step(browser, joined.email.upper()).text
    assert browser.get("/office", follow=False).status == 303
    browser.get("/desk/sign-in/code")
    page = browser.submit({"code": joined.code(1)}, form="code")
    assert page.status == 200 and "Office settings" in page.text


@pytest.fixture
def still():
    """Time stands still: no code turns into the next one between two lines."""
    with at(now()):
        yield


@pytest.mark.usefixtures("still")
def test_one_code_opens_once(app, visitor, mailbox):
    joined = house.newly_joined(app, visitor, mailbox, "london", "consul")
    browser = visitor("london", lang="en")
    house.first_step(browser, joined.email)
    page = browser.submit({"code": joined.code()}, form="code")
    assert page.status == 422, "the code that set up the app was used already"
    assert browser.submit({"code": joined.code(1)}, form="code", follow=False).status == 303
    other = visitor("london", lang="en")
    house.first_step(other, joined.email)
    assert other.submit({"code": joined.code(1)}, form="code").status == 422


def test_a_recovery_code_opens_once(app, visitor):
    joined = house.inside(app, visitor, "london", "consul")
    for status in (303, 422):
        browser = visitor("london", lang="en")
        house.first_step(browser, joined.email)
        typed = {"code": joined.codes[3].replace("-", " ").upper()}
        assert browser.submit(typed, form="code", follow=False).status == status


def test_unknown_wrong_invited_and_suspended_get_the_same_answer(app, visitor):
    joined = house.inside(app, visitor, "london", "consul")
    invited, gone = house.address(), house.inside(app, visitor, "london", "consul")
    house.invite(app, "london", invited, "consul")
    with app.app_context(), office("london"):
        db.session.scalar(db.select(StaffMember).filter_by(email=gone.email)).state = "suspended"
    answers = set()
    for email, password in (
        (joined.email, "not the password at all"),
        (house.address(), house.PASSWORD),
        (invited, house.PASSWORD),
        (gone.email, house.PASSWORD),
    ):
        page = house.first_step(visitor("london", lang="en"), email, password)
        answers.add((page.status, page.text.replace(email, "")))
    assert len(answers) == 1
    status, text = answers.pop()
    assert status == 422 and "The e-mail address or the password is not right" in text


def test_too_many_tries_are_remembered_although_each_was_refused(app, visitor):
    joined = house.inside(app, visitor, "london", "consul")
    statuses = [
        house.first_step(visitor("london"), joined.email, "wrong wrong wrong").status
        for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]
    assert house.first_step(visitor("london"), joined.email).status == 429
    unknown = house.address()
    again = [house.first_step(visitor("london"), unknown, "wrong").status for _ in range(11)]
    assert again == statuses
    with at(now() + timedelta(minutes=16)):
        assert house.first_step(visitor("london", lang="en"), joined.email).status == 200


def test_codes_are_not_for_guessing(app, visitor):
    joined = house.inside(app, visitor, "istanbul", "consul")
    browser = visitor("istanbul", lang="en")
    statuses = []
    for _ in range(6):
        house.first_step(browser, joined.email)
        statuses.append(browser.submit({"code": "123456"}, form="code").status)
    assert statuses == [422] * 5 + [429]


def test_an_invitation_of_one_office_means_nothing_at_another(app, visitor, mailbox):
    email = house.address()
    house.invite(app, "london", email, "admin")
    link = house.link_for(mailbox, email)
    assert visitor("istanbul").get(link).status == 410
    assert visitor("ministry").get(link.removeprefix("/desk")).status == 410
    assert visitor("london").get(link).status == 200


def test_a_session_of_one_office_means_nothing_at_another(app, visitor):
    joined = house.inside(app, visitor, "london", "admin")
    cookie = joined.visitor.client.get_cookie("mikhak", domain="london.localhost")
    elsewhere = visitor("istanbul")
    elsewhere.client.set_cookie("mikhak", cookie.value, domain=elsewhere.host)
    assert elsewhere.get("/office", follow=False).status == 303


def test_an_invitation_ends_after_seven_days(app, visitor, mailbox):
    email = house.address()
    house.invite(app, "london", email, "consul")
    link = house.link_for(mailbox, email)
    with at(now() + timedelta(days=6, hours=23)):
        assert visitor("london").get(link).status == 200
    with at(now() + timedelta(days=7, seconds=1)):
        assert visitor("london").get(link).status == 410


@pytest.mark.parametrize(
    ("wish", "target"),
    [
        ("/office/staff?q=1", "/office/staff?q=1"),
        ("//evil.example/", "/office"),
        ("https://evil.example/", "/office"),
        ("/\\evil.example", "/office"),
        ("/%0d%0aSet-Cookie:x", "/%0d%0aSet-Cookie:x"),
        ("javascript:alert(1)", "/office"),
    ],
)
def test_after_signing_in_only_our_own_pages_are_gone_to(app, visitor, wish, target):
    joined = house.inside(app, visitor, "london", "admin")
    browser = visitor("london", lang="en")
    browser.get("/desk/sign-in")
    browser.submit({"email": joined.email, "password": house.PASSWORD, "next": wish}, form="email")
    page = browser.submit({"code": joined.code(1)}, form="code", follow=False)
    assert page.response.location == target


def test_signing_out_ends_the_session_and_not_only_the_cookie(app, visitor):
    joined = house.inside(app, visitor, "london", "admin")
    cookie = joined.visitor.client.get_cookie("mikhak", domain="london.localhost").value
    joined.visitor.get("/office")
    joined.visitor.submit(form="/desk/leave")
    thief = visitor("london")
    thief.client.set_cookie("mikhak", cookie, domain=thief.host)
    assert thief.get("/office", follow=False).status == 303


def test_a_session_ends_after_fifteen_idle_minutes_and_after_nine_hours(app, visitor):
    joined = house.inside(app, visitor, "london", "admin")
    start = now()
    with at(start + timedelta(minutes=14)):
        assert joined.visitor.get("/office", follow=False).status == 200
    with at(start + timedelta(minutes=30)):
        assert joined.visitor.get("/office", follow=False).status == 303


def test_roles_decide_which_rooms_exist(app, visitor):
    clerk = house.inside(app, visitor, "london", "notarial_clerk")
    assert clerk.visitor.get("/office").status == 404
    assert clerk.visitor.get("/office/staff").status == 404
    assert clerk.visitor.get("/desk/security").status == 200


def test_what_failed_at_the_door_stands_in_the_trail(app, visitor):
    joined = house.inside(app, visitor, "london", "consul")
    someone = visitor("london", lang="en")

    def failures():
        with app.app_context(), office("london", read_only=True):
            wanted = db.select(AuditEntry).filter_by(act="staff.sign_in_failed")
            rows = db.session.scalars(wanted.order_by(AuditEntry.seq)).all()
            return [(row.details["step"], row.subject_id is not None) for row in rows]

    before = failures()
    for address in (joined.email, house.address()):
        someone.get("/desk/sign-in")
        wrong = {"email": address, "password": "not the password at all"}
        assert someone.submit(wrong, form="password").status == 422
    someone.get("/desk/sign-in")
    someone.submit({"email": joined.email, "password": house.PASSWORD}, form="password")
    assert someone.submit({"code": "000000"}, form="code").status == 422
    assert failures()[len(before) :] == [("password", True), ("password", False), ("code", True)]


def test_who_is_suspended_between_the_steps_does_not_come_in(app, visitor, mailbox, monkeypatch):
    joined = house.newly_joined(app, visitor, mailbox, "london", "consul")
    typed, suspended, came_in = threading.Event(), threading.Event(), []
    count = attempts.count

    def slow(**keys):
        count(**keys)
        if "second" in keys:
            typed.set()
            suspended.wait(20)

    def come_in():
        with app.app_context(), office("london"), suppress(Gone):
            ticket = signing_in.check_password(joined.email, house.PASSWORD, visit)
            came_in.append(signing_in.finish_with_code(ticket, joined.codes[0], visit))

    monkeypatch.setattr(attempts, "count", slow)
    visit = signing_in.Visit("10.1.1.1")
    thread = threading.Thread(target=come_in)
    thread.start()
    assert typed.wait(20)
    with app.app_context(), office("london"):
        person = db.session.scalars(db.select(StaffMember).filter_by(email=joined.email)).one()
        staff.suspend(SYSTEM, person)
    suspended.set()
    thread.join(20)
    assert not came_in


def test_one_client_does_not_shut_the_office_out(app, monkeypatch):
    monkeypatch.setitem(attempts.LIMITS, "place", ((attempts.WINDOW, 70),))
    with app.app_context(), office("istanbul"):
        for number in range(90):
            with suppress(TooMany):
                attempts.count(address=f"x{number}", client="10.1.1.2", place="one")
        attempts.count(address="consul", client="10.1.1.3", place="one")
