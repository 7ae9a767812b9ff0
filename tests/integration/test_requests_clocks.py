"""What happens when nobody does anything: reminders, then the end."""

from datetime import timedelta
from uuid import UUID

import pytest

from core import clock
from core.accounts import queries as accounts
from core.catalogue import reader
from core.dates import both
from core.documents.models import Document
from core.overlay import queries as overlay
from core.requests import actions, definitions, jobs
from core.requests.models import ServiceRequest
from core.requests.tracking import new_code
from tenants.database import db
from tenants.scope import office
from tests.integration import applicants, made_up_service

DAY = timedelta(days=1)
CLERK = applicants.clerk("Sara", "consul")


@pytest.fixture
def at_day(app):
    """`at_day(8, work)`: do something at the office so many days later."""

    def do(days, work):
        with clock.at(applicants.NOON + days * DAY), app.app_context(), office("london"):
            return work()

    return do


@pytest.fixture
def person(app):
    with clock.at(applicants.NOON), made_up_service.offered(app) as definition:
        visitor, account_id = applicants.sign_in(app, made_up_service.PROFILE, lang="en")
        yield visitor, account_id, definition


def held(request_id):
    return db.session.get_one(ServiceRequest, UUID(str(request_id)))


def subjects(mailbox, account_id, day):
    """What has arrived by that day."""
    with clock.at(applicants.NOON + day * DAY):
        with mailbox.app.app_context(), office("london", read_only=True):
            address = accounts.contact(account_id).email
        return [mail["Subject"] for mail in mailbox.to(address)]


def test_a_draft_is_reminded_of_once_and_expires_with_what_was_typed(app, at_day, mailbox, person):
    visitor, account_id, _ = person
    with clock.at(applicants.NOON):
        draft = applicants.begin(visitor, made_up_service.CODE)
    at_day(6, jobs.remind)
    assert not subjects(mailbox, account_id, 6)
    at_day(8, jobs.remind)
    at_day(9, jobs.remind)
    assert subjects(mailbox, account_id, 9) == ["Your unfinished request"]
    at_day(59, jobs.expire)
    assert at_day(59, lambda: held(draft).status) == "draft"
    at_day(61, jobs.expire)
    ended = at_day(61, lambda: held(draft))
    assert ended.status == "expired"
    assert ended.answers == {} and ended.profile_snapshot == {}


def test_a_correction_is_reminded_of_and_lapses_with_its_deadline(app, at_day, mailbox, person):
    visitor, account_id, definition = person
    with clock.at(applicants.NOON):
        sample = made_up_service.sample(definition, "plain")
        request_id = applicants.filed(app, visitor, definition, sample)

    def send_back():
        request = held(request_id)
        actions.take(CLERK, request)
        kind, key = "answer", next(iter(request.answers))
        actions.return_item(CLERK, request, kind=kind, key=key, reason="other", words="x")
        actions.send_back(CLERK, request)
        return request.act_by

    deadline = at_day(0, send_back)
    before = len(subjects(mailbox, account_id, 0))
    for day in (2, 4, 5, 11, 21, 22):
        at_day(day, jobs.remind)
    reminders = subjects(mailbox, account_id, 22)[before:]
    assert reminders == ["Your request waits for you"] * 3
    last = (deadline - applicants.NOON.date()).days
    at_day(last, jobs.expire)
    assert at_day(last, lambda: held(request_id).status) == "needs_correction"
    at_day(last + 1, jobs.expire)
    ended = at_day(last + 1, lambda: held(request_id))
    assert ended.status == "expired" and ended.answers


@pytest.mark.parametrize(
    ("before", "act", "waits", "days"),
    [
        ("identity_verified", "ask_payment", "awaiting_payment", 14),
        ("awaiting_visit", "no_show", "no_show", 30),
    ],
)
def test_who_does_not_pay_or_come_is_told_until_when_and_then_that_it_is_over(
    at_day, mailbox, person, before, act, waits, days
):
    _, account_id, _ = person

    def wait():
        request = submitted(account_id, before)
        actions.act(CLERK, request, act)
        assert request.status == waits
        return request.id

    request_id = at_day(0, wait)
    last = applicants.NOON.date() + days * DAY
    assert both(last, "en") in text(mailbox, account_id, 0)
    at_day(days, jobs.expire)
    assert at_day(days, lambda: held(request_id).status) == waits
    at_day(days + 1, jobs.expire)
    at_day(days + 1, jobs.expire)
    ended = at_day(days + 1, lambda: held(request_id))
    assert (ended.status, ended.act_by) == ("expired", None)
    assert "The time for this request ran out." in text(mailbox, account_id, days + 1)


def submitted(account_id, status):
    """A passport request of which only the state matters."""
    service = reader.load_all()["damaged-passport"]
    definitions.keep(service)
    request = ServiceRequest(
        account_id=account_id,
        service_code=service.code,
        service_ref=service.ref,
        service_group=service.group,
        service_title=dict(service.title),
        definition_hash=service.hash,
        flow="L",
        status=status,
        terms=overlay.terms(service.code).plain(),
        tracking_code=new_code(),
        submitted_at=clock.now(),
    )
    db.session.add(request)
    db.session.flush()
    return request


def text(mailbox, account_id, day):
    """The newest mail of that day, in words."""
    with clock.at(applicants.NOON + day * DAY):
        with mailbox.app.app_context(), office("london", read_only=True):
            address = accounts.contact(account_id).email
        return mailbox.text(mailbox.newest(address))


def test_whoever_was_reminded_takes_nobody_elses_turn(app, at_day, person, monkeypatch):
    monkeypatch.setattr(jobs, "A_TIME", 2)
    definition = person[2]
    with app.app_context(), office("london"):
        db.session.execute(db.update(ServiceRequest).values(closed_at=clock.now()))
    for hour in range(3):
        with clock.at(applicants.NOON + timedelta(hours=hour)):
            someone, _ = applicants.sign_in(app, made_up_service.PROFILE, lang="en")
            applicants.begin(someone, definition.code)
    assert [at_day(day, jobs.remind) for day in (9, 10, 11)] == [2, 1, 0]


def test_papers_of_a_draft_go_with_it(app, at_day, person):
    visitor, _, definition = person
    ends = []
    for end in ("thrown away", "expired"):
        with clock.at(applicants.NOON):
            draft = applicants.begin(visitor, definition.code)
            applicants.upload(visitor, draft, "bill")
            if end == "thrown away":
                visitor.get(f"/requests/{draft}/withdraw")
                visitor.submit(form="_once")
        at_day(61, jobs.expire)

        def readable(draft=draft):
            papers = db.select(Document).filter_by(request_id=UUID(str(draft)))
            return [one.wrapped_key is not None for one in db.session.scalars(papers)]

        ends.append((end, at_day(61, readable)))
    assert ends == [("thrown away", [False]), ("expired", [False])]
