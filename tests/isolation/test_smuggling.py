"""What one office gave out is worth nothing at another: codes, links, tokens, keys, files."""

import re
import signal
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from rq import Callback
from sqlalchemy import delete

from core import jobs
from core.crypto import open_link, seal, sign_link, unseal
from core.documents.models import Document
from core.errors import Gone
from core.outbox import work
from core.outbox.actions import put
from core.outbox.models import OutboxRow
from core.platform.worker import worker_of
from core.requests import queries
from tenants.database import db
from tenants.scope import ministry, office
from tests.conftest import Mailbox
from tests.critic import Page, Visitor
from tests.integration import registration_steps, staff_house
from tests.isolation.conftest import World
from tests.isolation.walk import VARYING
from tests.world import SERVICE, visitor_as

Visit = Callable[..., Visitor]
Somebody = Callable[[], dict[str, str]]


def carry(cookie: str, source: Visitor, target: Visitor) -> str:
    """Take a cookie from one host to another, as only an attacker's browser would."""
    found = source.client.get_cookie(cookie, domain=source.host)
    assert found, f"{source.host} gave no cookie {cookie}"
    target.client.set_cookie(cookie, found.value, domain=target.host)
    return found.value


def looks(page: Page) -> tuple[int, str]:
    return page.status, VARYING.sub(r"\1", page.html)


def token_of(page: Page) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.html)
    assert found
    return found[1]


def test_a_one_time_code(visitor: Visit, mailbox: Mailbox, person: Somebody) -> None:
    here, there, who = visitor("london"), visitor("istanbul"), person()
    registration_steps.ask(here, who)
    code = registration_steps.code_in(mailbox, who["email"])
    token = token_of(there.get("/track"))
    carry("asked", here, there)
    page = there.post("/enter/code", {"csrf_token": token, "code": code})
    assert page.url == "/enter"
    assert here.submit({"code": code}, form="code").url.startswith("/register"), "spent elsewhere"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_link_of_a_mail(
    visitor: Visit, mailbox: Mailbox, person: Somebody, method: str
) -> None:
    here, there, who = visitor("london"), visitor("istanbul"), person()
    registration_steps.ask(here, who)
    link = registration_steps.link_in(mailbox, who["email"])
    assert there_is_nothing(there, link, method)
    assert here.get(link).status == 200
    assert here.submit().url.startswith("/register")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_reset_link(visitor: Visit, mailbox: Mailbox, person: Somebody, method: str) -> None:
    here, there, who = visitor("london"), visitor("istanbul"), person()
    registration_steps.registered(mailbox.app, who)
    here.get("/enter/forgotten")
    here.submit({**who, "altcha": registration_steps.solve(here)}, form="email")
    link = registration_steps.link_in(mailbox, who["email"])
    assert there_is_nothing(there, link, method)
    assert here.get(link).status == 200


@pytest.mark.parametrize(
    ("site", "path", "elsewhere", "path_there"),
    [
        ("london", "/desk/invitation/", "istanbul", "/desk/invitation/"),
        ("london", "/desk/invitation/", "ministry", "/invitation/"),
        ("ministry", "/invitation/", "london", "/desk/invitation/"),
    ],
)
def test_an_invitation(
    furnished: World,
    visitor: Visit,
    mailbox: Mailbox,
    site: str,
    path: str,
    elsewhere: str,
    path_there: str,
) -> None:
    email = staff_house.address()
    role = "superadmin" if site == "ministry" else "consul"
    staff_house.invite(furnished.app, site, email, role)
    link = staff_house.link_for(mailbox, email)
    assert link.startswith(path)
    secret = link.removeprefix(path)
    for method in ("GET", "POST"):
        assert there_is_nothing(visitor(elsewhere), path_there + secret, method)
    assert visitor(site).get(link).status == 200


def there_is_nothing(there: Visitor, link: str, method: str) -> bool:
    """The link answers here as one that nobody ever got."""
    token = token_of(there.get("/sign-in" if there.host.startswith("ministry") else "/track"))
    unknown = link[:-20] + "A" * 20
    if method == "GET":
        pages = [there.get(one) for one in (link, unknown)]
    else:
        form = {"csrf_token": token, "password": "x" * 20, "again": "x" * 20}
        pages = [there.post(one, form) for one in (link, unknown)]
    statuses, bodies = zip(*(looks(page) for page in pages), strict=True)
    same = bodies[0].replace(link, "") == bodies[1].replace(unknown, "")
    return same and statuses == (410, 410)


def test_the_security_check(visitor: Visit, person: Somebody) -> None:
    here, there = visitor("london"), visitor("istanbul")
    picture = re.search(r"/enter/picture/[^.]+\.png", here.get("/enter").html)
    assert picture and here.get(picture[0]).status == 200
    assert there.get(picture[0]).status == 410
    work = registration_steps.solve(here)
    there.get("/enter")
    assert there.submit({**person(), "altcha": work}, form="email").status == 422


def test_a_csrf_token(visitor: Visit) -> None:
    here, there = visitor("london"), visitor("istanbul")
    token = token_of(here.get("/track"))
    there.get("/track")
    assert there.post("/track", {"csrf_token": token}).status == 400
    carry("form", here, there)
    assert there.post("/track", {"csrf_token": token}).status == 400
    assert here.post("/track", {"csrf_token": token}).status == 422, "it is good at home"


def test_the_key_of_a_form(furnished: World) -> None:
    """The same key elsewhere, or of somebody else here, is a new key: nobody gets an answer."""
    people = [
        furnished.london.people["owner"],
        furnished.london.people["neighbour"],
        furnished.istanbul.people["neighbour"],
    ]
    key, answers = str(uuid4()), []
    for one in people:
        someone = visitor_as(furnished.app, one)
        token = token_of(someone.get(f"/requests/new/{SERVICE}"))
        form = {"csrf_token": token, "_once": key, "anew": "yes"}
        answers.append(someone.post(f"/requests/new/{SERVICE}", form, follow=False).response)
    assert all(answer.status_code == 303 for answer in answers)
    assert len({answer.location for answer in answers}) == 3


def test_a_tracking_code(furnished: World, visitor: Visit) -> None:
    """With the right birth date, at the wrong office: as a code that nobody has."""
    with furnished.app.app_context(), office("london", read_only=True):
        request = queries.by_tracking_code(str(furnished.london.tracking_code))
        assert request and request.subject_birth_date
        born = request.subject_birth_date
    form = {"born": born.day, "born.month": born.month, "born.year": born.year}
    form |= {"born.calendar": "gregorian", "code": furnished.london.tracking_code}
    statuses = {}
    for site in ("london", "istanbul"):
        someone = visitor(site)
        someone.get("/track")
        statuses[site] = someone.submit({k: str(v) for k, v in form.items()}, form="code").status
    assert statuses == {"london": 200, "istanbul": 422}


@pytest.mark.parametrize("elsewhere", ["istanbul", "ministry"])
def test_signed_links_and_sealed_data(furnished: World, elsewhere: str) -> None:
    with furnished.app.app_context():
        with office("london"):
            link, sealed = sign_link("paper", {"id": 1}, 60), seal("paper", b"secret")
            assert open_link("paper", link) == {"id": 1} and unseal("paper", sealed) == b"secret"
        with ministry() if elsewhere == "ministry" else office(elsewhere):
            for attempt in (lambda: open_link("paper", link), lambda: unseal("paper", sealed)):
                with pytest.raises(Gone):
                    attempt()


def test_the_file_of_a_document(furnished: World) -> None:
    """Even a row copied from another office with its wrapped key and its storage key opens not."""
    columns = [column.key for column in Document.__table__.columns]
    with furnished.app.app_context():
        with office("london", read_only=True):
            found = db.session.get_one(Document, furnished.london.document)
            copied = {key: getattr(found, key) for key in columns}
        with office("istanbul"):
            copied |= {"request_id": furnished.istanbul.submitted}
            db.session.add(Document(**copied))
    home = f"/requests/{furnished.london.submitted}/files/{copied['id']}/original"
    there = f"/requests/{furnished.istanbul.submitted}/files/{copied['id']}/original"
    mine = visitor_as(furnished.app, furnished.london.people["owner"])
    assert mine.get(home).status == 200
    thief = visitor_as(furnished.app, furnished.istanbul.people["owner"])
    answer = thief.get(there)
    assert answer.status == 503 and not answer.response.data.startswith((b"\xff\xd8", b"%PDF"))


@pytest.fixture
def rung(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[UUID]]:
    """The rows of the kind `probe` that were done; nothing else rings."""
    done: list[UUID] = []
    monkeypatch.setitem(work.handlers(), "probe", lambda row_id, _: done.append(row_id))
    kept = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    with app.app_context():
        jobs.queue().empty()
        yield done
        with office("london"):
            db.session.execute(delete(OutboxRow).where(OutboxRow.kind == "probe"))
    for number, handler in kept:  # the worker has put its own in their place
        signal.signal(number, handler)


STRANGE: list[object] = []


def never(*given: object) -> None:
    """What a stranger would have a worker do."""
    STRANGE.append(given)


def test_a_job(furnished: World, rung: list[UUID], caplog: pytest.LogCaptureFixture) -> None:
    """A worker does what the house rang for under its own name; Valkey can't tell it anything."""
    with office("london"):
        row = put("probe", {})
    bells, worker = jobs.queue(), worker_of(furnished.app)
    name, args = f"london-outbox-{row}", (str(row),)
    here, there = ("london", *args), ("istanbul", *args)
    then = {"on_success": Callback(never), "on_failure": Callback(never)}
    for function, name_of_it, given in (
        (jobs.OUTBOX, name, there),  # another office
        (jobs.OUTBOX, f"istanbul-outbox-{row}", here),
        (jobs.HOUSE, name, here),  # another work
        (f"{__name__}.never", name, here),  # another function
        (jobs.OUTBOX, None, here),  # no name
    ):
        caplog.clear()
        bells.enqueue(function, *given, job_id=name_of_it, **then)
        worker.work(burst=True, logging_level="CRITICAL")
        assert (rung, STRANGE) == ([], []) and "refused: job" in caplog.text
    bells.enqueue(jobs.OUTBOX, *there, job_id=f"istanbul-outbox-{row}", **then)
    worker.work(burst=True, logging_level="CRITICAL")
    assert rung == [], "its own name, but the row is another office's"
    jobs.enqueue("london", row)
    assert [job.id for job in bells.get_jobs()] == [name]
    worker.work(burst=True, logging_level="CRITICAL")
    assert rung == [row] and not STRANGE


def test_a_mail_that_waits(
    furnished: World,
    visitor: Visit,
    mailbox: Mailbox,
    person: Somebody,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Copied into another office's outbox it can't be read there, and says nothing."""
    who = person()
    registration_steps.ask(visitor("london"), who)
    with furnished.app.app_context():
        with office("london", read_only=True):
            newest = db.select(OutboxRow).filter_by(done_at=None, kind="mail")
            newest = newest.order_by(OutboxRow.created_at.desc()).limit(1)
            row = db.session.scalars(newest).one()
            copied = {column.key: getattr(row, column.key) for column in row.__table__.columns}
        with office("istanbul"):
            db.session.add(OutboxRow(**copied))
        assert work.perform("istanbul", copied["id"]) is False
        with office("istanbul"):
            assert db.session.get_one(OutboxRow, copied["id"]).outcome == "Gone"
            db.session.execute(delete(OutboxRow).where(OutboxRow.id == copied["id"]))
    assert "refused: not sealed at istanbul" in caplog.text
    assert len(mailbox.to(who["email"])) == 1, "at home it went out"
