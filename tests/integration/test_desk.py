"""The desk through its pages: queues, taking, checking, sending back, deciding, two at once."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from core import clock
from core.audit.models import AuditEntry
from core.requests.models import ServiceRequest
from core.staff.models import StaffMember
from tenants.database import db
from tenants.scope import office
from tests.critic import filled
from tests.integration import applicants, made_up_service
from tests.integration.desk_house import Clerk, employ
from tests.statements import sent

noon, same_papers = applicants.noon, applicants.same_papers
service = made_up_service.service
CODE = made_up_service.CODE
CASE_PAGE_QUERIES, LIST_QUERIES = 12, 6


@pytest.fixture
def visitor(app, service):
    return applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]


@pytest.fixture
def submitted(app, service, visitor):
    sample = made_up_service.sample(service, "team")
    return applicants.filed(app, visitor, service, sample)


@pytest.fixture
def sara(app) -> Clerk:
    return employ(app, "Sara Clerk", "passport_clerk")


@pytest.fixture
def consul(app) -> Clerk:
    return employ(app, "Kamran Consul", "consul")


@pytest.fixture
def checked(submitted, sara):
    """Taken and found in order by Sara."""
    sara.press(submitted, "take")
    sara.accept_all(submitted)
    return submitted


def state(app, request_id: str) -> ServiceRequest:
    return applicants.held(app, request_id).request


def trail(app, request_id: str) -> list[tuple[str, UUID]]:
    """The acts in the audit trail about a request, in their order."""
    with app.app_context(), office("london"):
        rows = db.session.scalars(db.select(AuditEntry).where(AuditEntry.subject_id == request_id))
        return [(row.act, row.actor_id) for row in sorted(rows, key=lambda row: row.seq)]


def test_take_give_back_and_hand_over(app, submitted, sara):
    mina = employ(app, "Mina Colleague", "passport_clerk")
    assert sara.press(submitted, "take").status == 200
    assert state(app, submitted).holder_id == sara.id
    page = mina.open(submitted)
    assert "Sara Clerk has taken this request." in page.text
    assert not any(form.get("action", "").endswith("/take") for form in page.forms())
    assert "Accept" not in page.text
    sara.press(submitted, "release")
    assert (state(app, submitted).status, state(app, submitted).holder_id) == ("submitted", None)
    sara.press(submitted, "take")
    page = sara.press(submitted, "hand-over", to=str(mina.id), words="I am away")
    assert page.url.endswith(submitted), page.text[:500]
    assert state(app, submitted).holder_id == mina.id
    assert "I am away" in mina.open(submitted).text
    page = sara.press(submitted, "hand-over")
    assert page.status == 409 and "A colleague has taken this request." in page.text


def test_what_another_window_has_given_back_is_no_matter_of_roles(submitted, sara):
    sara.press(submitted, "take")
    release = f"/desk/requests/{submitted}/release"
    windows = [filled(sara.open(submitted).form(release)) for _ in range(2)]
    pages = [sara.visitor.post(release, window) for window in windows]
    assert [page.status for page in pages] == [200, 409]
    assert "it lies in the queue" in pages[1].text
    assert sara.visitor.get(f"/desk/requests/{submitted}/hand-over").status == 409


def test_a_case_is_handed_over_only_to_who_works_on_it(app, submitted, sara):
    student = employ(app, "Ali Student", "student_clerk")
    sara.press(submitted, "take")
    page = sara.press(submitted, "hand-over", to=str(student.id))
    assert page.status == 422 and "Choose a colleague." in page.text


def test_a_clerk_of_another_group_finds_nothing(app, submitted):
    student = employ(app, "Ali Student", "student_clerk")
    for what in ("", "/hand-over", "/acts/send_back"):
        assert student.visitor.get(f"/desk/requests/{submitted}{what}").status == 404
    assert submitted not in student.visitor.get("/desk/queues/all").html


def test_nobody_of_another_office_finds_it(app, submitted):
    other = employ(app, "Consul elsewhere", "consul", site="istanbul")
    assert other.open(submitted).status == 404


def test_an_item_is_returned_only_with_a_reason(app, submitted, sara):
    sara.press(submitted, "take")
    page = sara.judge(submitted, "return", "answer:colour", words="Which green?")
    assert page.status == 422 and "Choose the reason." in page.text
    assert "Which green?" in page.html  # what was typed stays
    page = sara.judge(submitted, "return", "answer:colour", reason="other", words="Which green?")
    assert page.status == 200 and "Returned:" in page.text
    page = sara.judge(submitted, "accept", "answer:kind")
    assert "Accepted" in page.text
    assert sara.judge(submitted, "accept", "answer:team").status == 200


def test_nothing_is_sent_back_while_nothing_was_returned(app, submitted, sara):
    sara.press(submitted, "take")
    address = f"/desk/requests/{submitted}/acts/send_back"
    page = sara.visitor.get(address)
    assert "Return at least one answer or document first." in page.text
    form = page.form("csrf_token")
    assert page.root is not None and "seen" not in {e.get("name") for e in form.iter()}
    page = sara.visitor.post(address, {**dict(filled(form)), "_once": "k" * 22})
    assert page.status == 422
    assert state(app, submitted).status == "under_review"


def test_a_correction_keeps_the_code_and_shows_before_and_after(
    app, submitted, sara, visitor, mailbox
):
    code = state(app, submitted).tracking_code
    sara.press(submitted, "take")
    sara.judge(submitted, "return", "answer:colour", reason="other", words="Which green?")
    sara.press(submitted, "acts/send_back")
    assert state(app, submitted).status == "needs_correction"
    address = applicant_of(app, submitted)
    assert any("correct" in mailbox.text(mail).lower() for mail in mailbox.to(address))
    visitor.get(f"/requests/{submitted}/correct")
    visitor.submit({"colour": "dark moss"}, form="colour")
    visitor.submit(form=f"/requests/{submitted}/correct/send")
    after = state(app, submitted)
    assert (after.status, after.tracking_code, after.round) == ("under_review", code, 2)
    text = sara.open(submitted).text
    assert "Before: green" in text and "dark moss" in text and "Corrected" in text
    listed = sara.visitor.get("/desk/queues/resent")
    assert submitted in listed.html


def applicant_of(app, request_id: str) -> str:
    from core.accounts.models import Account

    with app.app_context(), office("london"):
        return db.session.get_one(Account, state(app, request_id).account_id).email


def test_who_checked_does_not_decide_and_the_consul_does(app, checked, sara, consul, mailbox):
    own = employ(app, "Second Consul", "consul")
    sara.press(checked, "release")
    own.press(checked, "take")
    own.judge(checked, "accept", "answer:colour")
    page = own.open(checked)
    assert "You checked this request yourself" in page.text and "Approve" not in page.text
    page = consul.press(checked, "acts/approve")
    assert page.status == 200
    assert state(app, checked).status == "approved_online"
    assert mailbox.to(applicant_of(app, checked))[-1]["Subject"]


def test_a_clerk_cannot_decide_by_address(app, checked, sara):
    page = sara.visitor.get(f"/desk/requests/{checked}/acts/approve")
    assert page.status == 409
    sara.open(checked)
    token = next(
        e.get("value")
        for e in sara.visitor.page.root.iter("input")
        if e.get("name") == "csrf_token"
    )
    page = sara.visitor.post(
        f"/desk/requests/{checked}/acts/approve", {"csrf_token": token, "_once": "x" * 22}
    )
    assert page.status in (403, 422)
    assert state(app, checked).status == "under_review"


def test_a_refusal_needs_ground_and_words(app, checked, consul, visitor):
    page = consul.press(checked, "acts/reject", ground="", words="")
    assert page.status == 422
    page = consul.press(checked, "acts/reject", ground="Article 17", words="")
    assert page.status == 422 and 'value="Article 17"' in page.html
    assert state(app, checked).status == "under_review"
    consul.press(checked, "acts/reject", ground="Article 17", words="It is not yours.")
    assert state(app, checked).status == "rejected"
    assert "Article 17" in visitor.get(f"/requests/{checked}").text
    assert "Article 17" in consul.open(checked).text


def at_once(app, *sent: tuple[Clerk, str, list]) -> list[int]:
    """Send forms that were all prepared before from threads of their own; the answers' states."""
    ready, answers = threading.Barrier(len(sent)), [0] * len(sent)

    def run(number, browser, address, pairs):
        with clock.at(applicants.NOON):
            ready.wait(10)
            answers[number] = browser.post(address, pairs, follow=False).status

    threads = [threading.Thread(target=run, args=(number, *one)) for number, one in enumerate(sent)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(answers)


def test_two_decide_at_once_and_the_other_is_told(app, checked, consul):
    other = employ(app, "Other Consul", "consul")
    refuse = f"/desk/requests/{checked}/acts/reject"
    prepared = [
        (one.visitor, refuse, one.prepared(refuse, ground="Article 1", words=one.name))
        for one in (consul, other)
    ]
    assert at_once(app, *prepared) == [303, 409]
    decided = [who for act, who in trail(app, checked) if act == "request.reject"]
    assert len(decided) == 1
    page = consul.open(checked)
    assert page.text.count("Article 1") == 1


def test_withdrawn_while_the_consul_decides(app, checked, consul, visitor):
    refuse = f"/desk/requests/{checked}/acts/reject"
    prepared = consul.prepared(refuse, ground="Article 1", words="No.")
    visitor.get(f"/requests/{checked}/withdraw")
    assert visitor.submit(form="_once").status == 200
    page = consul.visitor.post(refuse, prepared)
    assert page.status == 409
    (again,) = page.root.xpath("//main//a[contains(@class, 'btn-primary')]/@href")
    assert again == f"/desk/requests/{checked}" and consul.visitor.get(again).status == 200
    assert state(app, checked).status == "withdrawn"
    assert not [act for act, _ in trail(app, checked) if act == "request.reject"]


def test_every_act_is_in_the_timeline_and_the_trail(app, checked, sara, consul):
    sara.press(checked, "note", words="Looks complete")
    consul.press(checked, "acts/approve")
    text = sara.open(checked).text
    for said in ("Submitted", "Taken", "Approved online", "Sara Clerk", "Kamran Consul"):
        assert said in text, said
    acts = trail(app, checked)
    for act, who in (
        ("request.take", sara.id),
        ("request.item", sara.id),
        ("request.note", sara.id),
        ("request.approve", consul.id),
    ):
        assert (act, who) in acts


def test_a_look_is_recorded_before_the_page(app, submitted, sara):
    sara.open(submitted)
    assert ("request.look", sara.id) in trail(app, submitted)
    assert len([act for act, _ in trail(app, submitted) if act == "request.look"]) == 1


def test_counts_follow_the_work(app, submitted, sara):
    def numbers():
        return sara.visitor.get("/desk/counts.json").response.get_json()

    before = numbers()
    sara.press(submitted, "take")
    after = numbers()
    assert after["new"] == before["new"] - 1
    assert after["mine"] == before["mine"] + 1 and after["checking"] == before["checking"] + 1
    page = sara.visitor.get("/desk/queues/mine")
    assert f"{after['mine']} request" in page.text


def test_a_page_that_refreshes_itself_does_not_keep_anybody_signed_in(app, sara):
    sara.visitor.get("/desk/queues/new")
    for minutes in (6, 12, 18):
        with clock.at(applicants.NOON + timedelta(minutes=minutes)):
            page = sara.visitor.get(
                "/desk/counts.json", follow=False, headers={"X-Background": "1"}
            )
    assert page.status == 303


@pytest.mark.parametrize(
    ("role", "begins"),
    [
        ("consul", "sign"),
        ("passport_clerk", "new"),
        ("counter", "visit"),
        ("cashier", "pay"),
        ("local_employee", "all"),
    ],
)
def test_the_day_begins_where_the_work_is(app, role, begins):
    clerk = employ(app, "Somebody", role)
    assert clerk.visitor.get("/desk/").url == f"/desk/queues/{begins}"
    offered = [link for link in clerk.visitor.page.links() if link.startswith("/desk/queues/")]
    for link in offered:
        assert clerk.visitor.get(link).status == 200, link
    may = "special_codes.issue" in clerk_permissions(role)
    assert ("/desk/special-codes" in clerk.visitor.page.links()) == may


def clerk_permissions(role: str) -> frozenset[str]:
    from core.staff.roles import ROLES

    return ROLES[role].permissions


def test_search_reads_both_scripts_and_both_kinds_of_figures(app, service, sara):
    # A name of its own: the other tests' requests may fill the first page of a common one.
    named = {**made_up_service.PROFILE, "last_name_fa": "پاک‌سیرت", "last_name_en": "PAKSIRAT"}
    owner = applicants.sign_in(app, named, lang="en")[0]
    submitted = applicants.filed(app, owner, service, made_up_service.sample(service, "team"))
    code = state(app, submitted).tracking_code
    number = state(app, submitted).profile_snapshot["national_id"]
    persian = number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    for wanted in ("پاك سيرت", "paksirat", code.lower(), number, persian):
        page = sara.visitor.get(f"/desk/queues/all?q={wanted}&sort=newest")
        assert page.status == 200
        assert submitted in page.html, wanted
    assert "Nothing fits" in sara.visitor.get("/desk/queues/all?q=zzzzqq").text
    for odd in ("%00", "%E2%80%AE", "<b>", "%25", "' OR 1=1"):
        assert sara.visitor.get(f"/desk/queues/all?q={odd}").status == 200


def test_identity_numbers_are_masked_for_local_employees(app, service, visitor, sara):
    sample = made_up_service.sample(service, "team")
    told = {**sample.answers, "team": "Rose, ID 001-354 2419", "colour": "K98765432, 2 wheels"}
    submitted = applicants.filed(app, visitor, service, replace(sample, answers=told))
    local = employ(app, "Local", "local_employee")
    assert "0013542419" in sara.open(submitted).text
    page = local.open(submitted)
    assert page.status == 200
    assert "0013542419" not in page.html and "•••••419" in page.text
    assert "Rose, ID •••••419" in page.text, "in sentences too"
    assert "•••••432, 2 wheels" in page.text and "K98765432" not in page.html
    document = applicants.held(app, submitted).handed["bill"][0].id
    address = f"/desk/requests/{submitted}/documents/{document}/pages/1"
    assert local.visitor.get(address).status == 403
    assert sara.visitor.get(address).response.mimetype == "image/jpeg"


def test_another_group_of_services_unmasks_nothing(app, submitted, sara):
    both = employ(app, "Two roles", "local_employee", "student_clerk")
    assert "0013542419" in sara.open(submitted).text
    page = both.open(submitted)
    assert page.status == 200
    assert "0013542419" not in page.html, "a student clerk sees students' numbers only"
    document = applicants.held(app, submitted).handed["bill"][0].id
    address = f"/desk/requests/{submitted}/documents/{document}/pages/1"
    assert both.visitor.get(address).status == 403


def test_a_masked_number_is_not_found_by_its_parts(app, submitted, sara):
    number = state(app, submitted).profile_snapshot["national_id"]
    local = employ(app, "Local", "local_employee")
    for typed, found in ((number, True), (number[:9], False), (number[1:], False)):
        address = f"/desk/queues/all?q={typed}&sort=newest"
        assert (submitted in local.visitor.get(address).html) is found, typed
        assert submitted in sara.visitor.get(address).html, "whoever sees it finds it by parts"
    code = state(app, submitted).tracking_code
    assert submitted in local.visitor.get(f"/desk/queues/all?q={code[:6]}&sort=newest").html


def test_pages_stay_within_their_queries(app, checked, sara):
    with app.app_context():
        sara.open(checked)
        sara.visitor.get("/desk/queues/all")
        with sent(app) as said:
            assert sara.open(checked).status == 200
        assert len(said) <= CASE_PAGE_QUERIES, "\n".join(said)
        with sent(app) as said:
            sara.visitor.get("/desk/queues/all")
        assert len(said) <= LIST_QUERIES, "\n".join(said)


def test_a_role_taken_away_counts_at_once(app, submitted, sara):
    with app.app_context(), office("london"):
        from core.sessions import actions as sessions

        db.session.get_one(StaffMember, sara.id).roles = ["cashier"]
        sessions.end_all("staff", sara.id)
    assert "/desk/sign-in" in sara.open(submitted).url


def test_colleagues_are_named_in_the_language_of_the_reader(app, checked, sara, consul):
    with app.app_context(), office("london"):
        db.session.get_one(StaffMember, sara.id).name_fa = "سارا کارشناس"
    english = consul.visitor.get(f"/desk/requests/{checked}")
    assert "Sara Clerk" in english.text and "سارا کارشناس" not in english.text
    consul.visitor.get("/?lang=fa")
    persian = consul.visitor.get(f"/desk/requests/{checked}")
    assert "سارا کارشناس" in persian.text and "Sara Clerk" not in persian.text


def test_the_desk_reads_well_in_persian(app, submitted):
    sara = employ(app, "Sara Clerk", "passport_clerk", lang="fa")
    sara.press(submitted, "take")
    sara.judge(submitted, "return", "answer:colour", reason="other", words="کدام سبز؟")
    sara.judge(submitted, "return", "document:bill", reason="unreadable")
    with app.app_context(), office("london"):
        held = db.session.get_one(ServiceRequest, UUID(submitted))
        held.due_on = applicants.NOON.date() - timedelta(days=6)
    page = sara.open(submitted)
    assert "۶ روز از مهلت گذشته" in page.text
    keys = list(page.root.iter("kbd"))
    assert keys and all(key.get("dir") for key in keys)  # alone: J comes first, then K
    page = sara.press(submitted, "acts/send_back")
    assert "برداشته شد · وضعیت" in page.text
    reasons = page.text.partition("دلیل‌ها: ")[2][:120]
    assert "؛ " in reasons and ".،" not in reasons and ".؛" not in reasons
