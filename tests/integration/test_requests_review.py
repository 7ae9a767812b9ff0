"""Checking, sending back, correcting, deciding; and two at once: one wins, the other is told."""

import io
import threading
from collections.abc import Callable
from uuid import UUID

import pytest

from core import clock
from core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from core.requests import actions, queries
from core.requests.models import RequestEvent, ServiceRequest
from core.requests.situation import situation_of
from tenants.database import db
from tenants.scope import office
from tests.critic import filled
from tests.integration import applicants, made_up_service

noon, same_papers = applicants.noon, applicants.same_papers
service = made_up_service.service
CODE = made_up_service.CODE
REVIEWER = applicants.clerk("Sara", "consul")
SECOND = applicants.clerk("Reza", "consul")


@pytest.fixture
def visitor(app, service):
    return applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]


@pytest.fixture
def submitted(app, service, visitor):
    sample = made_up_service.sample(service, "plain")
    return applicants.filed(app, visitor, service, sample)


@pytest.fixture
def at_office(app) -> Callable:
    """`at_office(id, work)`: do something to a request in a transaction of its own."""

    def do(request_id, work, *, at=applicants.NOON):
        with clock.at(at), app.app_context(), office("london"):
            return work(db.session.get_one(ServiceRequest, UUID(request_id)))

    return do


@pytest.fixture
def sent_back(at_office, submitted):
    def work(held):
        actions.take(REVIEWER, held)
        actions.return_item(
            REVIEWER, held, kind="answer", key="colour", reason="other", words="Which green?"
        )
        actions.return_item(REVIEWER, held, kind="document", key="bill", reason="unreadable")
        actions.send_back(REVIEWER, held)

    at_office(submitted, work)
    return submitted


def chosen() -> dict:
    return {"bill": (applicants.picture(), "bill.jpg")}


def test_sending_takes_along_what_stands_in_the_boxes(app, visitor, sent_back):
    send = f"/requests/{sent_back}/correct/send"
    visitor.get(f"/requests/{sent_back}/correct")
    page = visitor.submit(form=send)
    assert page.status == 422 and page.text.count("not been corrected") == 4, "as it was"
    page = visitor.submit({"colour": "dark green"}, form=send)
    assert page.status == 422 and page.text.count("not been corrected") == 2, "the bill only"
    assert dict(filled(page.form("colour")))["colour"] == "dark green"
    page = visitor.submit({"colour": "x" * 31}, form=send)
    assert page.status == 422 and "At most 30" in page.text
    bill = next(iter(applicants.held(app, sent_back).handed["bill"]))
    files = f"/requests/{sent_back}/correct/documents"
    visitor.submit({}, form=files, button=("_remove_file", str(bill.id)))
    page = visitor.submit({"colour": "dark green", **chosen()}, form=send)
    assert page.url == f"/requests/{sent_back}", page.text[:800]
    after = applicants.held(app, sent_back)
    assert (after.request.status, after.request.answers["colour"]) == ("under_review", "dark green")
    assert [paper.original_name for paper in after.handed["bill"]] == ["bill.jpg"]


def test_whatever_is_pressed_what_was_typed_and_chosen_goes_along(app, visitor, sent_back):
    """Without JavaScript a button sends the page's one form."""
    address = f"/requests/{sent_back}/correct"
    visitor.get(address)
    bill = next(iter(applicants.held(app, sent_back).handed["bill"]))
    remove = ("_remove_file", str(bill.id))
    page = visitor.submit({"colour": "x" * 31}, form=f"{address}/documents", button=remove)
    assert page.status == 200 and "At most 30" not in page.text
    assert dict(filled(page.form("colour")))["colour"] == "x" * 31, "kept, and not complained of"
    broken = {"colour": "pale", "bill": (io.BytesIO(b"no picture"), "bill.jpg")}
    page = visitor.submit(broken, form=f"{address}/documents", button=("_key", "bill"))
    assert page.status == 422 and "not a picture" in page.text
    assert dict(filled(page.form("colour")))["colour"] == "pale"
    page = visitor.submit({"colour": "x" * 31, **chosen()}, form="colour")
    assert page.status == 422 and "bill.jpg" not in page.html and "Choose it again" in page.text
    assert page.text.count("Corrected") == 0 and not applicants.held(app, sent_back).handed
    page = visitor.submit({"colour": "x" * 31, **chosen()}, form=f"{address}/documents")
    assert page.status == 200 and "bill.jpg" in page.html, "the file is right, so it is kept"
    page = visitor.submit({"colour": "dark green"}, form="colour")
    assert page.status == 200 and page.text.count("Corrected") == 2
    held = applicants.held(app, sent_back)
    assert held.request.answers["colour"] == "dark green" and len(held.handed["bill"]) == 1


def test_only_what_was_returned_can_be_changed(app, visitor, sent_back, at_office):
    code = applicants.held(app, sent_back).request.tracking_code
    page = visitor.get(f"/requests/{sent_back}")
    assert "Which green?" in page.text
    page = visitor.get(f"/requests/{sent_back}/correct")
    names = {element.get("name") for element in page.root.iter("input")}
    assert "colour" in names and "bill" in names and "kind" not in names
    page = visitor.submit({"colour": "dark green", "kind": "racing"}, form="colour")
    assert page.status == 200
    page = visitor.submit(form=f"/requests/{sent_back}/correct/send")
    assert page.status == 422 and "not been corrected" in page.text
    bill = next(iter(applicants.held(app, sent_back).handed["bill"]))
    token = next(e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token")
    address = f"/requests/{sent_back}/correct/documents"
    visitor.post(address, {"csrf_token": token, "_remove_file": str(bill.id)})
    visitor.post(address, {"csrf_token": token, "_key": "bill",
                           "bill": (applicants.picture(), "bill.jpg")})  # fmt: skip
    visitor.get(f"/requests/{sent_back}/correct")
    page = visitor.submit(form=f"/requests/{sent_back}/correct/send")
    assert page.url == f"/requests/{sent_back}", page.text[:800]
    after = applicants.held(app, sent_back).request
    assert after.status == "under_review" and after.tracking_code == code and after.round == 2
    assert after.answers["colour"] == "dark green" and after.answers["kind"] == "city"

    def before(held):
        return queries.items(held)["answer", "colour"].before

    assert at_office(sent_back, before) == "سبز"


def test_whoever_checked_does_not_approve(at_office, submitted):
    at_office(submitted, lambda held: actions.take(REVIEWER, held))
    with pytest.raises(Forbidden) as refusal:
        at_office(submitted, lambda held: actions.approve(SECOND, held))
    assert "Nobody has checked" in str(refusal.value.sentence) or refusal.value.sentence
    at_office(submitted, lambda held: actions.accept_rest(REVIEWER, held))
    with pytest.raises(Forbidden):
        at_office(submitted, lambda held: actions.approve(REVIEWER, held))
    at_office(submitted, lambda held: actions.approve(SECOND, held))
    assert at_office(submitted, lambda held: held.status) == "approved_online"


def test_a_refusal_needs_a_ground_and_words_and_can_be_appealed(visitor, at_office, submitted):
    at_office(submitted, lambda held: actions.take(REVIEWER, held))
    at_office(submitted, lambda held: actions.accept_rest(REVIEWER, held))
    with pytest.raises(Invalid):
        at_office(submitted, lambda held: actions.reject(SECOND, held, ground="", words="no"))
    refuse = lambda held: actions.reject(SECOND, held, ground="Art. 7", words="Not yours")  # noqa: E731
    at_office(submitted, refuse)
    page = visitor.get(f"/requests/{submitted}")
    assert "Art. 7" in page.text and "Not yours" in page.text
    visitor.get(f"/requests/{submitted}/appeal")
    assert visitor.submit({"words": ""}, form="words").status == 422
    assert "Appealed" in visitor.submit({"words": "It is mine."}, form="words").text


def test_one_holder_at_a_time_and_only_those_of_the_group(at_office, submitted):
    student = applicants.clerk("Ali", "student_clerk")
    with pytest.raises(NotFound):
        at_office(submitted, lambda held: actions.take(student, held))
    at_office(submitted, lambda held: actions.take(REVIEWER, held))
    with pytest.raises(Conflict):
        at_office(submitted, lambda held: actions.take(SECOND, held))
    with pytest.raises(Conflict):
        at_office(
            submitted, lambda held: actions.accept_item(SECOND, held, kind="answer", key="colour")
        )
    at_office(submitted, lambda held: actions.hand_over(REVIEWER, held, to=SECOND))
    at_office(submitted, lambda held: actions.give_back(SECOND, held))
    assert at_office(submitted, lambda held: (held.status, held.holder_id)) == ("submitted", None)


def test_every_act_is_in_the_timeline_and_none_without_its_figure(at_office, sent_back):
    def acts(held):
        rows = queries.timeline(held, public=False)
        return {(row.act, row.status_from, row.status_to) for row in rows}

    assert at_office(sent_back, acts) == {  # all of one moment here, so in any order
        ("start", None, "draft"),
        ("submit", "draft", "submitted"),
        ("take", "submitted", "under_review"),
        ("send_back", "under_review", "needs_correction"),
    }


def test_a_stale_version_is_told(at_office, submitted):
    seen = at_office(submitted, lambda held: held.version)
    at_office(submitted, lambda held: actions.take(REVIEWER, held, seen=seen))
    with pytest.raises(Conflict):
        at_office(submitted, lambda held: actions.give_back(REVIEWER, held, seen=seen))


def at_once(app, request_id, *works) -> list[BaseException | None]:
    """Run the works in threads that all read first and then change; what each ended with."""
    ready, ended = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        try:
            with clock.at(applicants.NOON), app.app_context(), office("london"):
                held = db.session.get_one(ServiceRequest, UUID(request_id))
                situation_of(held).facts  # noqa: B018 - read before anybody changes
                ready.wait(10)
                work(held)
        except (DomainError, threading.BrokenBarrierError) as error:
            ended[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ended


def test_two_clerks_decide_at_once(app, at_office, submitted):
    at_office(submitted, lambda held: actions.take(REVIEWER, held))
    at_office(submitted, lambda held: actions.accept_rest(REVIEWER, held))
    third = applicants.clerk("Mina", "consul")
    ended = at_once(
        app,
        submitted,
        lambda held: actions.approve(SECOND, held),
        lambda held: actions.reject(third, held, ground="Art. 7", words="no"),
    )
    assert sorted(type(error).__name__ for error in ended) == ["Conflict", "NoneType"]
    decided = at_office(submitted, lambda held: queries.timeline(held, public=False))
    assert sum(row.act in ("approve", "reject") for row in decided) == 1


def test_two_clerks_take_at_once(app, submitted):
    ended = at_once(
        app,
        submitted,
        lambda held: actions.take(REVIEWER, held),
        lambda held: actions.take(SECOND, held),
    )
    assert sorted(type(error).__name__ for error in ended) == ["Conflict", "NoneType"]


def test_withdrawn_while_a_clerk_decides(app, at_office, submitted):
    at_office(submitted, lambda held: actions.take(REVIEWER, held))
    at_office(submitted, lambda held: actions.accept_rest(REVIEWER, held))
    owner = at_office(submitted, lambda held: held.account_id)
    person = applicants.Actor(kind="applicant", id=owner)
    ended = at_once(
        app,
        submitted,
        lambda held: actions.approve(SECOND, held),
        lambda held: actions.withdraw(person, held),
    )
    assert sorted(type(error).__name__ for error in ended) == ["Conflict", "NoneType"]


def test_submitting_eight_times_at_once_is_one_submission(app, service, visitor):
    sample = made_up_service.sample(service, "plain")
    draft = applicants.begin(visitor, CODE)
    applicants.fill_sections(app, visitor, draft, sample)
    applicants.hand_in_all(app, visitor, draft)
    page = visitor.get(f"/requests/{draft}/check")
    form = page.form("declared")
    boxes = {e.get("name"): e.get("value") for e in form.iter("input")}
    declared = [e.get("value") for e in form.iter("input") if e.get("name") == "declared"]
    data = {**boxes, "declared": declared}
    answers: list[tuple[int, str | None]] = []
    cookies = [visitor.client.get_cookie(name, domain=visitor.host) for name in ("mikhak", "form")]

    def send():
        other = applicants.Visitor(app, visitor.host, "en")
        for cookie in cookies:
            other.client.set_cookie(cookie.key, cookie.value, domain=visitor.host)
        with clock.at(applicants.NOON):
            response = other.post(f"/requests/{draft}/submit", data, follow=False).response
        answers.append((response.status_code, response.location))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [(303, f"/requests/{draft}/submitted")] * 8
    with app.app_context(), office("london"):
        submissions = db.session.query(RequestEvent).filter_by(request_id=UUID(draft), act="submit")
        assert submissions.count() == 1


def test_search_finds_names_in_both_scripts_and_codes(at_office, app, submitted):
    code = at_office(submitted, lambda held: held.tracking_code)
    with app.app_context(), office("london"):
        for wanted in ("نیک سرشت", "nikseresht", code.lower(), f"{code[:4]}-{code[4:8]}"):
            statement = queries.matching(queries.seen_by_staff(REVIEWER), wanted)
            found = [str(row.id) for row in db.session.scalars(statement)]
            assert submitted in found, wanted
