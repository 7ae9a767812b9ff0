"""A request from the service's page to its receipt, through HTTP, with a critic's eye.

Three services in each kind of sample; `test_walk_samples_*` walk all of them, less critically.
"""

from uuid import UUID

import pytest

from core import clock
from core.accounts import queries as accounts
from core.catalogue import flows, reader
from core.requests import actions, messages
from core.requests.models import ServiceRequest
from tenants import registry
from tenants.database import db
from tenants.scope import office
from tests.integration import applicants
from tests.integration.walking import as_stored

SERVICES = ("passport-renewal", "power-of-attorney", "enrolment-certificate")


def walks():
    """The first sample of each kind, languages in turn."""
    for number, code in enumerate(SERVICES):
        samples = reader.load_all()[code].samples
        of_each_kind = {sample.kind: sample for sample in reversed(samples)}
        for kind in ("plain", "complicated", "refused"):
            lang = ("fa", "en")[(number + len(kind)) % 2]
            name = f"{code}-{kind}-{lang}"
            yield pytest.param(code, of_each_kind[kind], lang, id=name)


@pytest.fixture(autouse=True)
def noon():
    with clock.at(applicants.NOON):
        yield


@pytest.mark.parametrize(("code", "sample", "lang"), list(walks()))
def test_a_sample_goes_from_the_service_page_to_the_receipt(app, code, sample, lang):
    visitor, account_id = applicants.sign_in(app, sample.profile, lang=lang)
    sample = applicants.with_references(app, account_id, sample, code)
    if sample.stop:
        request_id = applicants.begin(visitor, code)
        walk_until_stopped(app, visitor, request_id, sample, lang)
        return
    request_id = applicants.whole_request(app, visitor, code, sample)
    assert applicants.CODE.search(visitor.page.text)
    situation = applicants.held(app, request_id)
    assert as_stored(situation, situation.request.answers) == as_stored(situation, sample.answers)
    receipt = visitor.get(f"/requests/{request_id}/receipt.pdf").response
    assert receipt.mimetype == "application/pdf" and receipt.data.startswith(b"%PDF")
    assert visitor.get(f"/requests/{request_id}").status == 200


def walk_until_stopped(app, visitor, request_id, sample, lang):
    situation = applicants.held(app, request_id)
    told = next(r for r in situation.definition.eligibility if r.key == sample.stop).told
    seen = ""
    for section in situation.sections:
        page = applicants.fill_section(
            visitor, request_id, situation.definition, section.key, sample
        )
        seen += page.text
    assert told[lang] in seen + visitor.get(f"/requests/{request_id}").text
    assert visitor.get(f"/requests/{request_id}/check").url == f"/requests/{request_id}"


def test_a_paper_of_which_files_are_missing_says_how_many(app):
    definition = reader.load_all()["passport-renewal"]
    sample = next(one for one in definition.samples if one.kind == "plain")
    visitor, _ = applicants.sign_in(app, sample.profile, lang="en")
    request_id = applicants.begin(visitor, definition.code)
    applicants.fill_sections(app, visitor, request_id, sample)
    paper = next(ask for ask in applicants.held(app, request_id).uploads if ask.min == 2)
    said = "1 more file is needed."
    applicants.upload(visitor, request_id, paper.key)
    assert said in visitor.get(f"/requests/{request_id}/documents").text
    applicants.upload(visitor, request_id, paper.key)
    assert said not in visitor.get(f"/requests/{request_id}/documents").text


def test_who_has_no_earlier_request_is_told_what_to_do_instead(app):
    sample = reader.load_all()["enrolment-certificate"].samples[0]
    visitor, _ = applicants.sign_in(app, sample.profile, lang="en")
    draft = applicants.begin(visitor, "enrolment-certificate")
    pages = applicants.held(app, draft).definition.sections
    key = next(one.key for one in pages if any(f.key == "student_file" for f in one.fields))
    visitor.get(f"/requests/{draft}/sections/{key}")
    page = visitor.submit({"has_student_file": "yes"}, form=f"/requests/{draft}/sections/{key}")
    assert page.status == 422 and "Type “Student file”." in page.text
    assert "Choose “Student file”" not in page.text
    assert "You have no request at this office that fits here." in page.text
    assert "/services/student-file" in page.links()


def test_what_to_bring_is_what_was_asked_for(app):
    definition = reader.load_all()["power-of-attorney"]
    sample = next(one for one in definition.samples if one.kind == "plain")
    visitor, _ = applicants.sign_in(app, sample.profile, lang="en")
    request_id = applicants.filed(app, visitor, definition, sample)
    told, _, page = visitor.get(f"/requests/{request_id}/submitted").text.partition("What to bring")
    assert f"You receive: {definition.result['en']}" in told
    assert "national card or a valid passport; one of them" in page
    assert "Identity booklet, all pages" not in page and "Iranian passport" not in page
    assert "Valid residence permit" not in page  # optional, and was not handed in


ADDRESS, HOURS = "16 Prince's Gate, London", "Visits 9:00 to 12:00"


@pytest.fixture
def reached(app, monkeypatch):
    """The office has told where it is and when it is open."""
    with app.app_context():
        facts = registry.get("london")
    monkeypatch.setitem(facts.contact, "address", {"fa": "لندن", "en": ADDRESS})
    monkeypatch.setitem(facts.contact, "hours", {"fa": "۹ تا ۱۲", "en": HOURS})


def test_who_is_invited_learns_where_to_come_and_what_to_bring(app, mailbox, reached):
    definition = reader.load_all()["passport-renewal"]
    sample = next(one for one in definition.samples if one.kind == "plain")
    visitor, account_id = applicants.sign_in(app, sample.profile, lang="en")
    request_id = applicants.filed(app, visitor, definition, sample)
    assert ADDRESS not in visitor.get(f"/requests/{request_id}").text  # nobody has to come yet
    code = _invite(app, request_id)
    page = visitor.get(f"/requests/{request_id}").text
    assert ADDRESS in page and HOURS in page and "Identity booklet, all pages" in page
    year, month, day = sample.profile["birth_date"].split("-")
    visitor.get("/track")
    born = {"born": day, "born.month": month, "born.year": year, "born.calendar": "gregorian"}
    assert ADDRESS in visitor.submit({"code": code, **born}, form="code").text
    # Two mails of one moment come in any order.
    mails = [mailbox.text(mail) for mail in mailbox.to(_address(app, account_id))]
    mail = next(text for text in mails if "has moved on" in text)
    assert ADDRESS in mail and HOURS in mail and "listed on the page of the request" in mail
    assert "booklet" not in mail


@pytest.mark.parametrize(("mode", "told"), [("in_person", True), ("post", False)])
def test_whoever_collects_the_result_learns_where_and_when(app, mailbox, reached, mode, told):
    definition = reader.load_all()["passport-renewal"]
    sample = next(one for one in definition.samples if one.kind == "plain")
    visitor, account_id = applicants.sign_in(app, sample.profile, lang="en")
    request_id = applicants.filed(app, visitor, definition, sample)
    with app.app_context(), office("london"):
        held = db.session.get_one(ServiceRequest, UUID(request_id))
        held.status, held.answers = "ready", {**held.answers, "delivery_mode": mode}
        db.session.flush()
        act = next(act for act in flows.acts("L") if act.key == "make_ready")
        messages.tell(held, act)
    page = visitor.get(f"/requests/{request_id}").text
    assert (ADDRESS in page and HOURS in page) is told and "What to bring" not in page
    mails = [mailbox.text(mail) for mail in mailbox.to(_address(app, account_id))]
    mail = next(text for text in mails if "Your document is ready." in text)
    assert (ADDRESS in mail) is told and "What to bring" not in mail


def _invite(app, request_id):
    clerk = applicants.clerk("Sara", "consul")
    with app.app_context(), office("london"):
        held = db.session.get_one(ServiceRequest, UUID(request_id))
        actions.take(clerk, held)
        actions.accept_rest(clerk, held)
        actions.act(clerk, held, "invite")
        return held.tracking_code


def _address(app, account_id):
    with app.app_context(), office("london", read_only=True):
        return accounts.contact(account_id).email
