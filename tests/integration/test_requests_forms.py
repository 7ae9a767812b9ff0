"""A service that was made up on the spot: its whole way, bad input, tabs, other people."""

import io
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from PIL import Image

from core import clock
from core.accounts.models import Account
from core.requests import actions
from core.requests.models import ServiceRequest
from core.requests.situation import situation_of
from tenants.database import db
from tenants.scope import office
from tests.integration import applicants, made_up_service
from tests.statements import sent

noon, same_papers = applicants.noon, applicants.same_papers
service = made_up_service.service
CODE = made_up_service.CODE


@pytest.fixture
def visitor(app, service):
    return applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]


@pytest.fixture
def draft(visitor):
    return applicants.begin(visitor, CODE)


def section(draft, key="bicycle"):
    return f"/requests/{draft}/sections/{key}"


def answers(app, draft):
    return applicants.held(app, draft).request.answers


GOOD = {
    "own_bicycle": "yes",
    "colour": "green",
    "bought_on": "1",
    "bought_on.month": "1",
    "bought_on.year": "1403",
    "bought_on.calendar": "jalali",
    "kind": "city",
}


@pytest.mark.parametrize("key", ["plain", "team"])
def test_a_new_file_is_a_whole_service(app, service, visitor, key, mailbox):
    sample = made_up_service.sample(service, key)
    request_id = applicants.whole_request(app, visitor, CODE, sample)
    assert applicants.CODE.search(visitor.page.text)
    clerk, consul = applicants.clerk("Sara", "consul"), applicants.clerk("Reza", "consul")
    with clock.at(applicants.NOON + timedelta(minutes=1)):
        with app.app_context(), office("london"):
            held = db.session.get_one(ServiceRequest, UUID(request_id))
            actions.take(clerk, held)
            actions.accept_rest(clerk, held)
            actions.approve(consul, held)
            address = db.session.get_one(Account, held.account_id).email
        assert "Approved online" in visitor.get(f"/requests/{request_id}").text
        subjects = [mail["Subject"] for mail in mailbox.to(address)]
    assert subjects == ["Your request has arrived", "Your request is approved"]
    for paper in ("receipt", "form"):
        assert visitor.get(f"/requests/{request_id}/{paper}.pdf").response.data[:4] == b"%PDF"


def test_a_service_is_found_by_its_synonyms_and_misspellings(visitor, service):
    for wanted in ("bike", "چرخ", "دوچرخه", "Bicycel"):
        assert "Bicycle letter" in visitor.get(f"/services?q={wanted}").text, wanted
    assert "No service found" in visitor.get("/services?q=zzzz").text


def test_who_is_not_eligible_is_told_and_cannot_submit(app, service, visitor, draft):
    sample = made_up_service.sample(service, "foreign")
    applicants.fill_sections(app, visitor, draft, sample)
    assert "Only the owner can file this." in visitor.get(f"/requests/{draft}").text
    page = visitor.get(f"/requests/{draft}")
    token = next(e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token")
    page = visitor.post(
        f"/requests/{draft}/submit", {"csrf_token": token, "_once": "x" * 20, "seen": "1"}
    )
    assert page.status == 422
    assert applicants.held(app, draft).request.status == "draft"


def test_a_stop_goes_with_its_answer_and_elsewhere_leads_to_it(visitor, draft):
    told = "Only the owner can file this."
    page = visitor.get(section(draft))
    token = next(e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token")
    asked = next(e for e in page.root.iter() if e.get("id") == "own_bicycle")
    assert any("data-affects" in e.attrib for e in (asked, *asked.iterancestors()))
    for answer, stopped in (("no", True), ("yes", False)):
        sent = {"csrf_token": token, "own_bicycle": answer}
        fresh = visitor.post(f"{section(draft)}/fields", sent)
        assert (told in fresh.text) is stopped and "/sections/bicycle" not in fresh.links()
    visitor.get(section(draft))
    page = visitor.submit({**GOOD, "own_bicycle": "no"}, form=section(draft))
    assert page.url == section(draft, "riders") and told in page.text
    assert f"{section(draft)}#own_bicycle" in page.links()
    assert f"{section(draft)}#own_bicycle" in visitor.get(f"/requests/{draft}").links()


def test_wrong_answers_come_back_with_words_and_everything_typed(app, visitor, draft):
    visitor.get(section(draft))
    page = visitor.submit(
        {**GOOD, "bought_on": "30", "bought_on.month": "12", "bought_on.year": "1404"},
        form=section(draft),
    )
    assert page.status == 422
    assert "Esfand" in page.text
    said = [a.text for a in page.root.iterfind(".//div[@role='alert']/ul/li/a")]
    assert said[0].startswith("Bought on: "), "where the sentence does not say it"
    assert 'value="green"' in page.html and 'href="#bought_on"' in page.html
    assert answers(app, draft) == {}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"colour": "x" * 10_000}, "30"),
        ({"colour": ""}, "Type “Colour”."),
        ({"colour": "gr\x00een"}, "cannot be stored"),
        ({"bought_on": "29", "bought_on.month": "2", "bought_on.year": "2025",
          "bought_on.calendar": "gregorian"}, "28 days"),
        ({"bought_on.year": "1450"}, "future"),
        ({"kind": "flying"}, "listed"),
        ({"own_bicycle": "maybe"}, "yes or no"),
    ],
)  # fmt: skip
def test_bad_input_is_answered_with_words(app, visitor, draft, typed, told):
    visitor.get(section(draft))
    page = visitor.submit({**GOOD, **typed}, form=section(draft))
    assert page.status == 422
    assert told in page.text
    assert answers(app, draft) == {}


@pytest.mark.parametrize("text", ["<b>bold</b>", "=1+2", "😀 سبز", "\u202egreen"])
def test_odd_text_is_stored_as_text(app, visitor, draft, text):
    visitor.get(section(draft))
    page = visitor.submit({**GOOD, "colour": text}, form=section(draft))
    assert page.status == 200
    assert answers(app, draft)["colour"] == text.replace("\u202e", "")
    assert "<b>bold</b>" not in visitor.get(section(draft)).html


def test_an_answer_that_no_longer_applies_is_kept_aside(app, visitor, draft):
    visitor.get(section(draft))
    visitor.submit({**GOOD, "kind": "racing", "team": "Rose"}, form=section(draft))
    assert answers(app, draft)["team"] == "Rose"
    visitor.get(section(draft))
    visitor.submit({**GOOD, "kind": "city"}, form=section(draft))
    request = applicants.held(app, draft).request
    assert "team" not in request.answers and request.aside["team"] == "Rose"
    visitor.get(section(draft))
    page = visitor.submit({**GOOD, "kind": "racing"}, form=section(draft))
    assert page.status == 422  # the question is back and was left empty


def test_rows_are_added_and_removed_without_javascript(visitor, draft):
    page = visitor.get(section(draft, "riders"))
    assert page.html.count('name="riders.0.rider_name"') == 1
    page = visitor.submit(
        {"riders.0.rider_name": "A"}, form=section(draft, "riders"), button=("_add", "riders")
    )
    assert 'value="A"' in page.html and 'name="riders.1.rider_name"' in page.html
    page = visitor.submit({}, form=section(draft, "riders"), button=("_remove", "riders.0"))
    assert 'value="A"' not in page.html


def test_autosave_keeps_what_is_right_and_says_when(app, visitor, draft):
    page = visitor.get(section(draft))
    token = next(e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token")
    page = visitor.post(
        f"{section(draft)}/autosave",
        {**GOOD, "colour": "", "csrf_token": token},
        headers={"X-Autosave": "1"},
    )
    assert page.response.json == {"saved_at": "12:00"}
    assert answers(app, draft)["kind"] == "city"
    page = visitor.post(f"{section(draft)}/fields", {**GOOD, "kind": "racing", "csrf_token": token})
    assert 'name="team"' in page.html and "<html" not in page.html


@pytest.mark.parametrize("part", ["autosave", "fields"])
def test_a_script_is_told_that_the_session_is_over(app, visitor, draft, part):
    page = visitor.get(section(draft))
    token = next(e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token")
    visitor.client.set_cookie("mikhak", "over", domain=visitor.host)
    script = {"autosave": "X-Autosave", "fields": "X-Refresh"}[part]
    page = visitor.post(
        f"{section(draft)}/{part}",
        {**GOOD, "csrf_token": token},
        headers={script: "1", "Accept": "application/json"},
    )
    assert page.status == 401 and "signed out" in page.response.json["message"]
    assert not answers(app, draft)


def test_who_comes_too_late_is_told_why_and_comes_back_to_the_form(visitor, draft):
    visitor.get(section(draft))
    visitor.client.set_cookie("mikhak", "over", domain=visitor.host)
    page = visitor.submit(GOOD, form=section(draft))
    assert page.url.startswith("/enter?") and "You have been signed out." in page.text
    wanted = {e.get("value") for e in page.root.iter("input") if e.get("name") == "next"}
    assert wanted == {section(draft)}
    visitor.client.delete_cookie("mikhak", domain=visitor.host)
    assert "You have been signed out" not in visitor.get("/requests").text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"GIF89a" + b"\x00" * 200, "Pictures of this kind"),
        (b"MZ" + b"\x00" * 200, "not a picture or a PDF"),
        (b"%PDF-1.7\nbroken", "damaged"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(app, visitor, draft, content, told):
    page = applicants.upload(visitor, draft, "bill", io.BytesIO(content), "bill.pdf")
    assert page.status == 422
    assert told in page.text
    assert applicants.held(app, draft).handed == {}


def test_files_are_shown_replaced_and_removed_until_submission(app, visitor, draft):
    applicants.upload(visitor, draft, "bill")
    applicants.upload(visitor, draft, "bill")
    page = visitor.get(f"/requests/{draft}/documents")
    assert page.html.count("_remove_file") == 2
    assert not any(e.get("type") == "file" for e in page.root.iter("input"))
    views = [link for link in page.links() if "/files/" in link]
    assert visitor.get(views[0]).status == 200
    whole = visitor.get(f"{views[0]}/pages/1").response
    small = visitor.get(f"{views[0]}/pages/1?size=small").response
    assert f"{views[0]}/pages/1?size=small" in page.html
    assert whole.mimetype == small.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(whole.data)).width > max(Image.open(io.BytesIO(small.data)).size)
    assert small.headers["Cache-Control"] == whole.headers["Cache-Control"] == "no-store"
    file_id = views[0].rpartition("/")[2]
    token = next(e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token")
    visitor.post(f"/requests/{draft}/documents", {"csrf_token": token, "_remove_file": file_id})
    assert len(applicants.held(app, draft).handed["bill"]) == 1
    assert visitor.get(views[0]).status == 404
    assert visitor.get(f"{views[0]}/pages/1?size=small").status == 404


def test_wrong_steps_and_other_peoples_requests_are_not_there(app, service, visitor, draft):
    stranger, _ = applicants.sign_in(app, made_up_service.PROFILE)
    paths = ["", "/documents", "/check", "/withdraw", "/sections/bicycle", "/text", "/receipt.pdf"]
    for path in paths:
        assert stranger.get(f"/requests/{draft}{path}").status == 404, path
        assert visitor.get(f"/requests/{uuid4()}{path}").status == 404, path
    assert visitor.get(section(draft, "flying")).status == 404
    assert visitor.get("/requests/not-an-id").status == 404
    assert visitor.get("/services/flying").status == 404
    assert visitor.get("/requests/new/flying").status == 404


def test_a_submitted_request_is_closed_to_its_forms(app, service, visitor):
    request_id = applicants.filed(app, visitor, service, made_up_service.sample(service, "plain"))
    assert visitor.get(section(request_id)).url == f"/requests/{request_id}"
    page = visitor.get(f"/requests/{request_id}/withdraw")
    token = next(e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token")
    page = visitor.post(section(request_id), {**GOOD, "csrf_token": token})
    assert page.status == 409 and "has been submitted" in page.text
    page = visitor.post(f"/requests/{request_id}/documents", {"csrf_token": token, "_key": "bill"})
    assert page.status in (409, 422)


def test_a_draft_is_thrown_away_and_a_request_withdrawn(app, service, visitor, draft):
    visitor.get(f"/requests/{draft}/withdraw")
    page = visitor.submit(form="_once")
    assert page.url == "/requests" and "You have no requests yet" in page.text
    assert visitor.get(f"/requests/{draft}").status == 404
    sample = made_up_service.sample(service, "plain")
    request_id = applicants.filed(app, visitor, service, sample)
    visitor.get(f"/requests/{request_id}/withdraw")
    assert "Withdrawn" in visitor.submit(form="_once").text


def test_lists_and_pages_ask_the_database_little(app, service, visitor, draft):
    sample = made_up_service.sample(service, "plain")
    request_id = applicants.filed(app, visitor, service, sample)
    ceilings = {
        "/requests": 6,
        f"/requests/{request_id}": 8,
        f"/requests/{draft}": 6,
        section(draft): 5,
        "/services": 2,
    }
    for path, most in ceilings.items():
        with sent(app) as asked:
            visitor.get(path)
        assert len(asked) <= most, (path, asked)


def test_a_request_keeps_the_version_it_began_with(app, service, visitor, draft):
    newer = (
        made_up_service.TEXT.replace("version = 1", "version = 2")
        .replace('key = "colour"', 'key = "paint"')
        .replace("colour = ", "paint = ")
    )
    with made_up_service.offered(app, newer):
        assert 'name="colour"' in visitor.get(section(draft)).html
        fresh = applicants.begin(visitor, CODE)
        assert 'name="paint"' in visitor.get(section(fresh)).html


def test_situation_is_made_of_the_kept_version(app, service, draft):
    with app.app_context(), office("london", read_only=True):
        request = db.session.get_one(ServiceRequest, UUID(draft))
        assert situation_of(request).definition.hash == request.definition_hash
