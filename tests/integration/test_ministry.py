"""The ministry: opening offices by page and by command, figures without persons, suspending."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner

from core import clock
from core.accounts.models import Account
from core.audit.models import AuditEntry, MinistryAuditEntry
from core.catalogue import reader
from core.cli import mikhak
from core.clock import now, today
from core.documents.keys import LocalRootKey
from core.outbox import actions as outbox
from core.oversight import actions, figures, queries, recount
from core.oversight.models import (
    OfficeBacklog,
    OfficeChange,
    OfficeMonth,
    OfficeStatistic,
    OfficeTotal,
)
from core.requests import definitions, jobs
from core.requests.models import ServiceRequest
from core.staff.queries import everybody
from tenants import lifecycle, reference, registry
from tenants.database import db
from tenants.scope import ministry, office
from tests.integration import applicants, made_up_service
from tests.integration import staff_house as house
from tests.statements import sent


def late_request(slug):
    """A request at the office whose applicant had time until yesterday."""
    with office(slug):
        account = Account(state="active", email="late@example.org", person_code="0499370899")
        account.name_fa, account.name_en = "دیر", "Late"
        db.session.add(account)
        db.session.flush()
        service = next(iter(reader.load_all().values()))
        definitions.keep(service)
        request = ServiceRequest(
            account_id=account.id,
            service_code=service.code,
            service_ref=service.ref,
            service_group=service.group,
            service_title=dict(service.title),
            definition_hash=service.hash,
            flow=service.flow.name,
            status="needs_correction",
            act_by=today("UTC") - timedelta(days=1),
        )
        db.session.add(request)
        db.session.flush()
        return request.id


@pytest.fixture
def superadmin(app, visitor):
    """A superadmin of the ministry, inside."""
    return house.inside(app, visitor, "ministry", "superadmin")


def open_by_page(someone, slug, email):
    """Walk from the table to the opened office."""
    someone.get("/open?q=" + slug)
    someone.get(f"/open/{slug}")
    typed = {"email": email, "name_fa": "راهبر", "name_en": "First Admin"}
    return someone.submit(typed, form="email")


def open_by_command(app, slug, email):
    """What an operator types at night."""
    command = ["offices", "open", slug, "--admin-email", email]
    with app.app_context():
        return CliRunner().invoke(mikhak, [*command, "--admin-name-en", "First Admin"])


def test_only_the_ministry_comes_in(app, visitor):
    assert visitor("ministry").get("/", follow=False).response.location == "/sign-in?next=/"
    clerk = house.inside(app, visitor, "london", "admin")
    cookie = clerk.visitor.client.get_cookie("mikhak", domain="london.localhost").value
    guest = visitor("ministry")
    guest.client.set_cookie("mikhak", cookie, domain=guest.host)
    assert guest.get("/", follow=False).status == 303


def test_page_and_command_open_equal_offices(app, visitor, mailbox, superadmin, settings):
    emails = {"tokyo": house.address(), "baghdad": house.address()}
    page = open_by_page(superadmin.visitor, "tokyo", emails["tokyo"])
    assert page.status == 200 and "The office is open" in page.text
    assert "Tables made" in page.text and "Entered into the registry" in page.text
    told = superadmin.visitor.get("/open/tokyo/stage").response.get_json
    assert told() == {"stage": "active"}
    result = open_by_command(app, "baghdad", emails["baghdad"])
    assert result.exit_code == 0 and "baghdad is open" in result.output, result.output
    shapes = {}
    for slug, email in emails.items():
        joined = house.join(visitor(slug, lang="en"), mailbox, email)
        assert "Office settings" in joined.visitor.get("/office").text
        with app.app_context():
            facts = registry.get(slug)
            assert len(LocalRootKey(settings.root_key).unwrap(slug, facts.wrapped_key)) == 32
            with office(slug):
                people = [(p.roles, p.state) for p in everybody("fa")]
                acts = list(db.session.scalars(db.select(AuditEntry.act).order_by(AuditEntry.seq)))
            with ministry():
                changes = [c.act for c in queries.facts(slug)[2]]
            shapes[slug] = (facts.status, facts.schema_version, people, acts, changes)
    assert shapes["tokyo"] == shapes["baghdad"]
    assert shapes["tokyo"][3][:2] == ["office.opened", "staff.invited"]


def test_opening_again_changes_nothing(app, mailbox, superadmin):
    email = house.address()
    assert open_by_command(app, "paris", email).exit_code == 0
    again = open_by_command(app, "paris", email)
    assert again.exit_code == 0 and "open already" in again.output
    with app.app_context(), office("paris"):
        assert len(everybody("fa")) == 1
    assert superadmin.visitor.get("/open/paris").status == 404


def test_all_are_opened_and_what_could_not_be_is_named_and_done_by_the_next_run(app, monkeypatch):
    chosen = {slug: reference.offices()[slug] for slug in ("helsinki", "tunis", "dublin", "manama")}
    assert not chosen["manama"].active
    monkeypatch.setattr(queries, "offices", lambda: chosen)
    command = ["offices", "open", "--all", "--admin-email", "admin@{slug}.example"]
    with app.app_context(), ministry():
        lifecycle.add_host("london", "tunis.localhost")
    with app.app_context():
        first = CliRunner().invoke(mikhak, command)
        assert first.exit_code == 1 and "2 opened" in first.output, first.output
        assert "tunis: " in first.output and "london" in first.output
        with ministry():
            lifecycle.remove_host("london", "tunis.localhost")
        assert "1 opened" in CliRunner().invoke(mikhak, command).output
        assert "here already" in CliRunner().invoke(mikhak, command).output
        with office("tunis"):
            assert [person.email for person in everybody("fa")] == ["admin@tunis.example"]
        assert "manama" not in {known.slug for known in registry.all_offices()}


def test_a_mistake_leaves_no_half_office(app, superadmin):
    page = open_by_page(superadmin.visitor, "rome", "no address")
    assert page.status == 422 and 'value="no address"' in page.html
    with app.app_context():
        assert "rome" not in {known.slug for known in registry.all_offices()}
        with ministry():
            schemas = db.session.scalars(
                db.text("SELECT nspname FROM pg_namespace WHERE nspname = 'office_rome'")
            ).all()
    assert not schemas
    assert open_by_command(app, "rome", "still none").exit_code == 1
    assert open_by_command(app, "rome", house.address()).exit_code == 0
    assert open_by_command(app, "atlantis", house.address()).exit_code == 1


def test_while_an_office_is_suspended_nobody_stays_inside_and_no_time_passes(app, visitor):
    assert open_by_command(app, "madrid", house.address()).exit_code == 0
    clerk = house.inside(app, visitor, "madrid", "head").visitor
    assert "sign-in" not in clerk.get("/desk", follow=False).response.location
    with app.app_context():
        late = late_request("madrid")
        with clock.at(clock.now() - timedelta(days=2, hours=5)):
            assert CliRunner().invoke(mikhak, ["offices", "suspend", "madrid"]).exit_code == 0
        with office("madrid"):
            assert (jobs.expire(), jobs.remind()) == (0, 0)
        assert CliRunner().invoke(mikhak, ["offices", "resume", "madrid"]).exit_code == 0
        with office("madrid"):
            request = db.session.get_one(ServiceRequest, late)
            assert request.act_by == today("UTC") + timedelta(days=2)
            assert jobs.expire() == 0
            acts = list(db.session.scalars(db.select(AuditEntry.act).order_by(AuditEntry.seq)))
    assert acts[-2:] == ["office.suspended", "office.resumed"]
    assert "sign-in" in clerk.get("/desk", follow=False).response.location


def test_a_closed_office_names_who_took_over_and_its_last_mails_go_out(app, visitor, mailbox):
    email = house.address()
    for slug in ("sofia", "athens"):
        assert open_by_command(app, slug, email).exit_code == 0
    with app.app_context():
        for slug, heir in (("sofia", "athens"), ("athens", "london")):
            closing = ["offices", "close", slug, "--successor", heir]
            assert CliRunner().invoke(mikhak, closing).exit_code == 0
    assert len(mailbox.to(email)) == 2
    page = visitor("sofia", lang="en").get("/")
    assert page.status == 410 and "Sofia is closed for good" in page.text
    assert "http://london.localhost" in page.html and "in London" in page.text
    assert visitor("sofia").get("/health/live").status == 200


def test_the_list_of_offices_is_searched_in_both_scripts(superadmin):
    assert "Vienna" in superadmin.visitor.get("/open?q=وين").text
    assert "Vienna" in superadmin.visitor.get("/open?q=VIENNA").text
    assert "No office fits" in superadmin.visitor.get("/open?q=atlantis").text
    page = superadmin.visitor.get("/?q=لندن")
    assert "London" in page.text and "Istanbul" not in page.text
    suspended = superadmin.visitor.get("/?status=suspended&q=london").links()
    assert "/offices/london" in page.links() and "/offices/london" not in suspended


def test_a_long_table_comes_in_pages_that_keep_search_and_order(superadmin, monkeypatch):
    def look(address):
        links = superadmin.visitor.get(address).links()
        return {
            key: [one for one in links if key in one] for key in ("/offices/", "page=", "sort=")
        }

    every = look("/?status=active&order=down")["/offices/"]
    assert len(every) >= 2
    monkeypatch.setattr(queries, "A_PAGE", 1)
    first = look("/?status=active&order=down")
    following = first["page="][-1]
    assert "order=down" in following and "status=active" in following
    second = look(following)
    assert first["/offices/"] + second["/offices/"] == every[:2]
    assert second["sort="] and not any("page=" in one for one in second["sort="])
    assert look("/?status=active&order=down&page=99")["/offices/"] == every[-1:]
    assert look("/?page=nonsense")["/offices/"]


def test_suspending_and_resuming_needs_a_reason_and_takes_hold(app, visitor, superadmin):
    someone = superadmin.visitor
    assert open_by_command(app, "dublin", house.address()).exit_code == 0
    someone.get("/offices/dublin/suspend")
    assert someone.submit({"reason": "  "}, form="reason").status == 422
    page = someone.submit({"reason": "Water in the building"}, form="reason")
    assert "Suspended" in page.text and "Water in the building" in page.text
    registry.forget()
    assert visitor("dublin").get("/desk/sign-in").status == 503
    assert someone.get("/offices/dublin/suspend").status == 200
    assert someone.submit({"reason": "Once more"}, form="reason").status == 409
    someone.get("/offices/dublin/resume")
    assert "Opened again" in someone.submit({"reason": "Dry again"}, form="reason").text
    registry.forget()
    assert visitor("dublin").get("/desk/sign-in").status == 200
    with app.app_context(), ministry():
        acts = list(
            db.session.scalars(
                db.select(MinistryAuditEntry.act)
                .where(MinistryAuditEntry.details["office"].astext == "dublin")
                .order_by(MinistryAuditEntry.seq)
            )
        )
    assert acts == ["office.opened", "office.suspended", "office.resumed"]


def test_an_inspector_sees_and_changes_nothing(app, visitor):
    inspector = house.inside(app, visitor, "ministry", "inspector").visitor
    page = inspector.get("/")
    assert page.status == 200 and "Open an office" not in page.text
    assert "Suspend this office" not in inspector.get("/offices/london").text
    for path in ("/open", "/open/vienna", "/open/vienna/stage", "/offices/london/suspend"):
        assert inspector.get(path).status == 403
    token = next(e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token")
    data = {"csrf_token": token, "reason": "x", "_once": "1", "email": "a@b.example"}
    for path in ("/open/vienna", "/offices/london/suspend", "/people/new"):
        assert inspector.post(path, data).status == 403
    assert inspector.get("/offices/nowhere").status == 404


LONG_AGO = date(2001, 2, 1)


def moved(status_from: str | None, status_to: str, submitted_on: str | None = "2026-01-05"):
    """A figure as the requests room puts it into the outbox."""
    return {
        "office": "london",
        "day": today(queries.HOME_ZONE).isoformat(),
        "service": "passport-renewal",
        "status_from": status_from,
        "status_to": status_to,
        "submitted_on": submitted_on,
    }


@pytest.fixture
def empty_figures(app, mailbox) -> Iterator[None]:
    """No figures before and after, and none on their way."""
    mailbox.deliver()

    def forget() -> None:
        with app.app_context(), ministry():
            for model in (OfficeBacklog, OfficeStatistic, OfficeTotal, OfficeMonth):
                db.session.execute(db.delete(model))

    forget()
    yield
    forget()


def test_figures_come_from_the_offices_outbox(app, mailbox, superadmin, empty_figures):
    with app.app_context(), office("london"):
        outbox.put("statistic", moved(None, "draft", None))
        outbox.put("statistic", moved("draft", "submitted"))
        outbox.put("statistic", moved("draft", "submitted", "2026-01-03"))
        outbox.put("statistic", moved("submitted", "under_review"))
        outbox.put("statistic", moved("under_review", "rejected", "2026-01-03"))
    mailbox.deliver()
    with app.app_context(), ministry():
        line = queries.one("london")
        assert (line.open, line.oldest, line.decided) == (1, date(2026, 1, 5), 1)
        assert queries.one("istanbul").open == 0
    page = superadmin.visitor.get("/offices/london")
    assert "Passport renewal" in page.text and "5 January 2026" in page.text


def test_an_event_counts_once_in_any_order(app, empty_figures):
    first, second = uuid4(), uuid4()
    with app.app_context(), ministry():
        assert figures.fold(second, "london", moved("submitted", "withdrawn"))
        assert figures.fold(first, "london", moved("draft", "submitted"))
        assert not figures.fold(first, "london", moved("draft", "submitted"))
        assert queries.one("london").open == 0


def test_the_table_costs_six_queries_and_visits_no_office(app, superadmin):
    with sent(app) as asked:
        assert superadmin.visitor.get("/?sort=open&order=down").status == 200
    assert 0 < len(asked) <= 6, asked
    assert all("ministry." in said for said in asked if " FROM " in said), asked


def test_the_command_invites_to_the_ministry(app, visitor, mailbox):
    email = house.address()
    arguments = ["ministry", "invite", email, "--name-fa", "بازرس", "--name-en", "Inspector"]
    with app.app_context():
        assert CliRunner().invoke(mikhak, [*arguments, "--lang", "en"]).exit_code == 0
    joined = house.join(visitor("ministry", lang="en"), mailbox, email)
    assert "Open an office" in joined.visitor.get("/").text
    assert "Inspector" in joined.visitor.get("/people").text


def test_what_a_command_does_to_an_office_is_noted_as_a_page_would(app):
    for words in ("suspend", "resume"):
        with app.app_context():
            result = CliRunner().invoke(mikhak, ["offices", words, "istanbul"])
        assert result.exit_code == 0, result.output
    with app.app_context(), ministry(read_only=True):
        acts = [change.act for change in queries.facts("istanbul")[2]]
        newest = db.select(MinistryAuditEntry.act).order_by(MinistryAuditEntry.seq.desc())
        trail = db.session.scalars(newest.limit(2)).all()
    assert set(acts) >= {"suspended", "resumed"}
    assert trail == ["office.resumed", "office.suspended"]


def test_the_nightly_recount_names_each_figure_that_differs(app, mailbox, caplog):
    def found():
        """By how much each figure is off: what other tests left behind stays as it is."""
        mailbox.deliver()
        with app.app_context(), office("london"):
            recount.report()
            return {(one.figure, one.kept - one.counted) for one in recount.differences()}

    def shift(by):
        with app.app_context(), ministry():
            day = applicants.NOON.date()
            key = {"office": "london", "service": made_up_service.CODE, "submitted_on": day}
            row = db.session.scalars(db.select(OfficeBacklog).filter_by(**key)).one()
            row.n += by
            return f"open {row.service} {day}"

    before = found()
    with made_up_service.offered(app) as definition, clock.at(applicants.NOON):
        someone = applicants.sign_in(app, made_up_service.PROFILE)[0]
        sample = made_up_service.sample(definition, "team")
        applicants.filed(app, someone, definition, sample)
    assert found() == before, "one more request is in both counts"
    figure = shift(1)
    off = dict(before).get(figure, 0) + 1
    named = found() ^ before
    assert {one for one in named if one[0] == figure} == {(figure, off), (figure, off - 1)} - {
        (figure, 0)
    }
    assert {name for name, _ in named} == {figure, "open"}, "and the sum that it is part of"
    assert f"a figure differs: london: {figure} is " in caplog.text
    shift(-1)
    assert found() == before
    with app.app_context(), ministry():
        db.session.get_one(OfficeTotal, "london").n += 1
        db.session.add(OfficeMonth(office="london", month=LONG_AGO, n=1))
    assert found() == before, "the sums are made anew"
    assert "a figure differs: london: open is " in caplog.text
    assert f"a figure differs: london: decided {LONG_AGO} is 1, counted 0" in caplog.text
    with app.app_context(), office("london"):
        outbox.put("statistic", moved("draft", "submitted"))
        assert recount.differences() is None, (
            "nothing can be compared while events are on their way"
        )
        db.session.rollback()


def test_an_old_suspension_is_not_counted_again(app):
    """Suspended and resumed long ago, then erased; restored, an office comes back suspended."""
    ago = {"suspended": 400, "resumed": 399, "closed": 3, "erased": 2, "restored": 1}
    with app.app_context(), ministry():
        for act, days in ago.items():
            at = now() - timedelta(days=days)
            db.session.add(OfficeChange(office="istanbul", act=act, by="x", at=at))
        db.session.flush()
        assert actions._days_shut("istanbul") == 0
        db.session.rollback()
