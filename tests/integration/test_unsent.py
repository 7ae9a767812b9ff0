"""What was typed comes back: after the session's end, from a page that was open for too long, and
from what passes by itself."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from core import clock, housekeeping
from core.sessions import actions as sessions
from core.sessions.models import SignedSession
from core.staff.models import StaffMember
from core.web.gate import Guarded
from tenants.database import db
from tenants.scope import office
from tests.integration import applicants, made_up_service
from tests.integration.desk_house import employ
from tests.integration.registration_steps import IDENTITY, code_in, come_in, solve
from tests.world import staff_cookie

noon, same_papers = applicants.noon, applicants.same_papers
service = made_up_service.service
LATER = applicants.NOON + timedelta(minutes=31)
COLOUR = "سبزِ «پررنگ» <b>"


@pytest.fixture
def writer(app, service):
    """Somebody with the first section of a draft before them, answers typed, nothing sent."""
    visitor = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
    draft = applicants.begin(visitor, service.code)
    visitor.section = f"/requests/{draft}/sections/bicycle"
    visitor.draft = draft
    sample = made_up_service.sample(service, "plain")
    visitor.boxes = applicants.boxes_of_sample(service, "bicycle", sample)
    visitor.get(visitor.section)
    return visitor


def press(visitor):
    """The section's button."""
    return visitor.submit({**visitor.boxes, "colour": COLOUR}, form=visitor.section)


def come_back(app, visitor, account_id=None):
    """Signed in anew, as after a code."""
    with app.app_context(), office("london"):
        whose = account_id or visitor.account_id
        cookie, _ = sessions.start(
            "applicant", whose, names={"fa": "آرش", "en": "Arash"}, factors=("code",), lang="en"
        )
    visitor.client.set_cookie("mikhak", cookie, domain=visitor.host)


def colour(app, visitor):
    return applicants.held(app, visitor.draft).answers.get("colour")


def test_a_form_waits_for_its_person(app, writer):
    with clock.at(LATER):
        page = press(writer)
        assert page.url.startswith("/enter?next=/unsent")
        assert "What you typed is kept" in page.text
        assert colour(app, writer) is None, "nobody had the right to save it"
        come_back(app, writer)
        waiting = writer.get("/unsent")
        assert "not sent yet" in waiting.text
        assert colour(app, writer) is None, "looking sends nothing"
        page = writer.submit(form=writer.section)
        assert page.status == 200, page.text
        assert colour(app, writer) == COLOUR


def test_it_is_given_to_nobody_else(app, writer):
    stranger = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[1]
    with clock.at(LATER):
        press(writer)
        assert writer.get("/unsent").url.startswith("/enter"), "not before signing in"
        come_back(app, writer, stranger)
        page = writer.get("/unsent")
        assert page.url == "/" and COLOUR not in page.text


def test_it_can_be_thrown_away_and_is_after_an_hour(app, writer):
    with clock.at(LATER):
        press(writer)
        come_back(app, writer)
        writer.get("/unsent")
        assert writer.submit(form="/unsent/forget").url == "/"
        assert writer.get("/unsent").url == "/"
    second = LATER + timedelta(hours=2)
    with clock.at(second):
        writer.get(writer.section)
        come_back(app, writer)
        writer.get(writer.section)
    with clock.at(second + timedelta(minutes=31)):
        press(writer)
    with clock.at(second + timedelta(minutes=92)):
        come_back(app, writer)
        assert writer.get("/unsent").url == "/", "an hour has passed"
        with app.app_context():
            assert kept(app, writer)
            housekeeping.keep("london", 0)
            assert not kept(app, writer)


def test_a_stranger_puts_nothing_into_a_persons_mouth(app, writer):
    with clock.at(LATER):
        for headers in ({"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "none", "Origin": "null"}):
            page = writer.post(writer.section, {"colour": "red"}, headers=headers)
            assert "What you typed is kept" not in page.text
        come_back(app, writer)
        assert writer.get("/unsent").url == "/"


def test_what_is_kept_cannot_be_read_in_the_database(app, writer):
    with clock.at(LATER):
        press(writer)
    (sealed,) = kept(app, writer)
    assert COLOUR.encode() not in sealed and b"colour" not in sealed


def test_a_form_with_a_password_is_typed_anew(app, writer):
    with clock.at(LATER):
        page = writer.post("/account/password", {"password": "x" * 12, "again": "x" * 12})
        assert page.url.startswith("/enter?next=/account/password")
        assert not kept(app, writer)


def test_a_newcomer_goes_on_with_the_step(visitor, mailbox, person):
    guest, who = visitor("london"), person()
    today = datetime.now(UTC)  # the security check knows no other
    with clock.at(today):
        come_in(guest, mailbox, who)
    with clock.at(today + timedelta(minutes=31)):
        assert guest.submit(IDENTITY, form="first_name_fa").url.startswith("/enter?next=/unsent")
        guest.submit({**who, "altcha": solve(guest)}, form="email")
        page = guest.submit({"code": code_in(mailbox, who["email"])}, form="code")
        assert page.url == "/unsent"
        assert guest.submit(form="/register/identity").url == "/register/photo"


def test_words_of_a_clerk_wait_too(app, service):
    owner = applicants.sign_in(app, made_up_service.PROFILE)[0]
    filed = applicants.filed(app, owner, service, made_up_service.sample(service, "plain"))
    sara = employ(app, "Sara", "passport_clerk")
    sara.press(filed, "take")
    sara.judge(filed, "return", "answer:colour", reason="other", words="Which green?")
    sara.visitor.get(f"/desk/requests/{filed}/acts/send_back")
    with clock.at(LATER):
        page = sara.visitor.submit({"note": "To be asked again"}, form="seen")
        assert page.url.startswith("/desk/sign-in?next=/unsent"), page.url
        assert "What you typed is kept" in page.text
        with app.app_context(), office("london"):
            cookie = staff_cookie(db.session.get_one(StaffMember, sara.id))
        sara.visitor.client.set_cookie("mikhak", cookie, domain=sara.visitor.host)
        sara.visitor.get("/unsent")
        page = sara.visitor.submit(form="seen")
        assert page.status == 200, page.text
    assert applicants.held(app, filed).request.status == "needs_correction"


def test_a_page_that_was_open_for_too_long_carries_what_was_typed(app, writer):
    writer.client.delete_cookie("form", domain=writer.host)
    page = press(writer)
    assert page.status == 400 and "open for too long" in page.text
    assert colour(app, writer) is None
    page = writer.submit(form=writer.section)
    assert page.status == 200, page.text
    assert colour(app, writer) == COLOUR


def test_what_passes_by_itself_is_sent_again(app, writer, postgres):
    function = "pg_catalog.set_config(text, text, boolean)"
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        admin.execute(f"GRANT EXECUTE ON FUNCTION {function} TO PUBLIC")
        app.extensions["guarded"] = Guarded()
        try:
            page = press(writer)
            assert page.status == 503 and "not lost" in page.text
        finally:
            admin.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
            app.extensions["guarded"] = Guarded()
    writer.submit(form=writer.section)
    assert colour(app, writer) == COLOUR


def kept(app, visitor):
    """What waits for this person in the database."""
    with app.app_context(), office("london", read_only=True):
        row = SignedSession
        whose = (row.person_id == visitor.account_id) & row.unsent.is_not(None)
        return db.session.scalars(db.select(row.unsent).where(whose)).all()
