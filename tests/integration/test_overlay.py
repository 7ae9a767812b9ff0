"""What an office lays over the catalogue: through its own pages, seen by those who apply."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from core import clock
from core.actor import SYSTEM
from core.audit.models import AuditEntry
from core.catalogue import documents, eligibility, facts, reader
from core.catalogue.definition import Definition, Facts
from core.overlay import actions, queries, subjects
from core.overlay.laying import lay_over
from core.overlay.models import OFFICE, OverlayLock
from core.overlay.subjects import Subject
from core.overlay.terms import Terms
from tenants import lifecycle, registry
from tenants.database import db
from tenants.scope import ministry, office
from tests import world
from tests.critic import Visitor
from tests.integration import applicants, desk_house, made_up_service
from tests.integration.made_up_service import CODE, PROFILE, TEXT, sample

FEE = """
[[fees]]
key = "letter"
title = { fa = "نامه", en = "The letter" }
amount = "20"
year = 1402
"""
PRICED = TEXT.replace("[[samples]]", FEE + "\n[[samples]]", 1)
HERE, SERVICE = "/office/services", f"/office/services/{CODE}"
WINDOW = "/office/settings/renewal_window_months"


@pytest.fixture(autouse=True)
def noon(app: Flask) -> Iterator[None]:
    """The samples' day; afterwards both offices are as they were."""
    with clock.at(applicants.NOON):
        yield
        with app.app_context(), ministry():
            db.session.execute(db.delete(OverlayLock))
        for site in ("london", "istanbul"):
            with app.app_context(), office(site):
                for (service, key), row in queries.choices().items():
                    anything = Subject(service, key, {}, (), {})
                    actions.back_to_default(SYSTEM, anything, seen=row.version)


@pytest.fixture
def admin(app: Flask) -> Visitor:
    return desk_house.employ(app, "Admin", "admin").visitor


@pytest.fixture
def applicant(app: Flask) -> Visitor:
    return applicants.sign_in(app, PROFILE, lang="en")[0]


def choose(admin: Visitor, address: str, **boxes: object):
    """Open the form of something, fill it and send it."""
    assert admin.get(address).status == 200
    return admin.submit(boxes, form="seen")


def test_a_service_is_what_the_office_makes_of_it(
    app: Flask, admin: Visitor, applicant: Visitor, visitor
) -> None:
    elsewhere = visitor("istanbul", lang="en")
    with made_up_service.offered(app, PRICED) as service:
        draft = applicants.begin(applicant, CODE)
        assert "Bicycle letter" in admin.get(f"{HERE}?q=bicycle").text
        assert "No service fits" in admin.get(f"{HERE}?show=own").text
        choose(admin, f"{SERVICE}/fees", fee_letter="15.50")
        choose(admin, f"{SERVICE}/words", notice_fa="دوچرخه را بیاورید.", notice_en="Bring it.")
        admin.get(f"{SERVICE}/documents")
        row = admin.submit({"waived": "bill"}, form="seen", button=("_add", "extra"))
        assert row.status == 200 and "seen" in row.html
        extra = {"extra.0.code": "NID", "extra.0.how": "upload", "extra.0.required": "yes"}
        assert admin.submit(extra, form="seen").url == SERVICE
        page = admin.get(f"{HERE}?show=own").text
        assert "Fees · Documents · Notice and local name" in page

        page = applicant.get(f"/services/{CODE}").text
        assert "€15.50" in page and "Bring it." in page
        assert "National card" in page and "bill" not in page
        page = elsewhere.get(f"/services/{CODE}").text
        assert "€20.00" in page and "bill" in page and "Bring it." not in page

        assert "Bring it." in applicant.get(f"/requests/{draft}").text
        applicants.fill_sections(app, applicant, draft, sample(service, "plain"))
        page = applicant.get(f"/requests/{draft}/documents").text
        assert "National card" in page and "bill" not in page
        applicants.hand_in_all(app, applicant, draft)

        applicant.get(f"/requests/{draft}/check")
        choose(admin, f"{SERVICE}/fees", fee_letter="17")
        applicant.page.form("declared")
        declared = [
            e.get("value") for e in applicant.page.root.iter("input") if e.get("name") == "declared"
        ]
        page = applicant.submit({"declared": declared}, form="declared")
        assert page.status == 422 and "The fee has changed meanwhile" in page.text
        page = applicant.submit({"declared": declared}, form="declared")
        assert page.url.endswith("/submitted"), page.text
        choose(admin, f"{SERVICE}/fees", fee_letter="99")
        choose(admin, f"{SERVICE}/documents", waived=["bill"], **{"extra.0.required": "no"})
        kept = applicants.held(app, draft)
        assert kept.quote.total == 17 and [ask.code for ask in kept.uploads] == ["NID"]
        assert kept.uploads[0].required


def test_a_service_that_is_off_says_so_and_cannot_be_begun(
    app: Flask, admin: Visitor, applicant: Visitor, visitor
) -> None:
    told = {"told_fa": "از فروردین دوباره", "told_en": "Again from April"}
    with made_up_service.offered(app, PRICED.replace("Bicycle letter", "Ladder letter")):
        draft = applicants.begin(applicant, CODE)
        form = applicant.get(f"/requests/new/{CODE}") and applicant.page
        page = choose(admin, f"{SERVICE}/offered", offered="no")
        assert page.status == 422 and "Answer “If not, what is the public told?" in page.text
        assert admin.submit({"offered": "no", **told}, form="seen").url == SERVICE

        page = applicant.get(f"/services/{CODE}")
        assert "Again from April" in page.text and f"/requests/new/{CODE}" not in page.links()
        lists = ("/", "/services", "/services?q=ladder", "/services?group=G")
        for listing in lists:
            assert "Ladder letter" not in applicant.get(listing).text, listing
        page = applicant.get(f"/requests/{draft}")
        assert "This request cannot be filed" in page.text and "Again from April" in page.text
        refused = applicant.get(f"/requests/new/{CODE}")
        assert refused.status == 409 and "Again from April" in refused.text
        applicant.page = form
        assert applicant.submit(form="_once").status == 409
        elsewhere = visitor("istanbul", lang="en")
        for listing in lists:
            assert "Ladder letter" in elsewhere.get(listing).text, listing

        admin.get(f"{SERVICE}/offered")
        assert admin.submit({}, form="seen", button="_default").url == SERVICE
        assert applicant.get(f"/requests/new/{CODE}").status == 200


def test_a_rule_of_the_office_decides_and_of_two_admins_one_wins(
    app: Flask, admin: Visitor
) -> None:
    renewal = reader.load_all()["passport-renewal"]
    early = next(one for one in renewal.samples if one.stop == "window")
    person, _ = applicants.sign_in(app, dict(early.profile), lang="en")
    draft = applicants.begin(person, renewal.code)
    key = next(s.key for s in renewal.sections if any(f.key == "old_expiry" for f in s.fields))
    for section in [section.key for section in applicants.held(app, draft).sections]:
        if set(early.answers) & {field.key for field in renewal.section(section).fields}:
            applicants.fill_section(person, draft, renewal, section, early)
    assert key and "It is too early" in person.get(f"/requests/{draft}").text

    wrong = choose(admin, WINDOW, value="61")
    assert wrong.status == 422 and "at most 60" in wrong.text
    second = desk_house.employ(app, "Second", "admin").visitor
    second.get(WINDOW)
    assert choose(admin, WINDOW, value="۳۰").url == "/office/settings"
    assert "It is too early" not in person.get(f"/requests/{draft}").text
    assert second.submit({"value": "12"}, form="seen").status == 409
    assert "Admin" in second.get(WINDOW).text
    assert applicants.held(app, draft).facts["office.renewal_window_months"] == 30
    with app.app_context(), office("london"):
        acts = db.session.scalars(db.select(AuditEntry).filter_by(act="office.laid_over")).all()
        assert acts[-1].details["key"] == "renewal_window_months"


def test_a_fee_is_shown_in_the_currency_of_the_office_with_the_day_of_the_rate(
    app: Flask, admin: Visitor, applicant: Visitor
) -> None:
    with made_up_service.offered(app, PRICED) as service:
        address = "/office/settings/currency"
        assert "Type “Rate" in choose(admin, address, value="GBP").text
        day = {"rate_date": "20", "rate_date.month": "11", "rate_date.year": "2026"}
        rate = {"value": "GBP", "rate": "0.86", **day, "rate_date.calendar": "gregorian"}
        assert admin.submit(rate, form="seen").url == "/office/settings"
        page = applicant.get(f"/services/{CODE}").text
        assert "€20.00 £17.20" in page and "€1.00 is 0.86 British Pound" in page
        draft = applicants.begin(applicant, CODE)
        applicants.fill_sections(app, applicant, draft, sample(service, "plain"))
        applicants.hand_in_all(app, applicant, draft)
        page = applicant.get(f"/requests/{draft}/check").text
        assert "€20.00" in page and "£17.20" in page and "20 November 2026" in page
        choose(admin, f"{SERVICE}/fees", fee_letter="18", currency="GBP")
        page = applicant.get(f"/requests/{draft}/check").text
        assert "£18.00" in page and "€" not in page


def test_what_the_ministry_has_locked_holds_everywhere(app: Flask, admin: Visitor) -> None:
    with app.app_context(), ministry():
        people = {
            role: world._employee(role, "ministry") for role in ("catalogue_admin", "superadmin")
        }
    ours = {role: world.visitor_as(app, person) for role, person in people.items()}
    choose(admin, WINDOW, value="9")
    choose(admin, "/office/services/passport-renewal/ways", submit="post")
    lock = ours["catalogue_admin"]
    lock.get("/locks")
    prepared = lock.page
    assert lock.submit(form="_once", button=("lock", "/renewal_window_months")).status == 200
    assert lock.submit(form="_once", button=("lock", "*/ways")).status == 200
    lock.page = prepared
    assert lock.submit(form="_once", button=("lock", "/country_code")).status in (404, 422)
    look = ours["superadmin"].get("/locks")
    assert "Locked" in look.text and 'name="lock"' not in look.html
    ours["superadmin"].page.form("_once")
    assert ours["superadmin"].submit(form="_once", button=("unlock", "*/ways")).status == 403

    assert in_force(app) == (None, None)
    page = admin.get(WINDOW)
    assert "The ministry has locked this" in page.text and 'name="value"' not in page.html
    token = admin.get("/office/settings/walk_in").form("seen")
    boxes = {
        "csrf_token": next(e.get("value") for e in token.iter() if e.get("name") == "csrf_token")
    }
    assert admin.post(WINDOW, {**boxes, "seen": "1", "value": "7"}).status == 403

    lock.get("/locks")
    lock.submit(form="_once", button=("unlock", "/renewal_window_months"))
    assert in_force(app) == ({"value": 9}, None)


def in_force(app: Flask) -> tuple[object, object]:
    """The renewal window and the ways of the passport renewal, as London chose and may choose."""
    with app.app_context(), office("london"):
        terms = queries.terms("passport-renewal")
        return terms.settings.get("renewal_window_months"), terms.service.get("ways")


def test_the_ways_of_a_service_and_its_local_name(app: Flask, visitor) -> None:
    admin = desk_house.employ(app, "Istanbul", "admin", site="istanbul").visitor
    address = "/office/services/passport-renewal"
    choose(admin, f"{address}/ways", submit="walk_in", receive=["in_person", "post"])
    choose(admin, f"{address}/words", title_tr="Pasaport yenileme")
    page = visitor("istanbul", lang="en").get("/services/passport-renewal")
    assert "Pasaport yenileme" in page.text
    renewal = reader.load_all()["passport-renewal"]
    with app.app_context(), office("istanbul"):
        here = lay_over(renewal, queries.terms(renewal.code))
    assert [one.key for one in here.fields["submit_mode"].options] == ["walk_in"]
    assert here.fields["submit_mode"].options[0].when is None
    untouched = reader.load_all()["power-of-attorney"]
    assert lay_over(untouched, Terms()) is untouched


def test_only_the_admin_of_the_office_comes_here(app: Flask) -> None:
    clerk = desk_house.employ(app, "Clerk", "passport_clerk").visitor
    for address in ("/office/settings", WINDOW, HERE, "/office/services/passport-renewal/fees"):
        assert clerk.get(address).status == 404
    with app.app_context(), office("london"):
        assert not queries.choices(OFFICE)


def test_definitions_follow_what_the_office_sets(app: Flask, admin: Visitor, visitor) -> None:
    someone, known = visitor("london", lang="en"), reader.load_all()
    renewal = "/services/passport-renewal?submit_mode=post"
    page = someone.get("/services/laissez-passer").text
    assert "valid for 20 days" in page and "within 14 days" in page
    assert "valid for 5 years" in someone.get(renewal).text
    assert "Yes, once" not in someone.get(renewal).text, someone.get(renewal).text

    for key, value in {
        "laissez_passer_days": 30, "passport_validity_years": 10, "remote_renewal": "no",
        "letter_months": 2, "hijab_from_age": 6,
    }.items():  # fmt: skip
        assert choose(admin, f"/office/settings/{key}", value=value).url == "/office/settings", key
    page = someone.get("/services/laissez-passer").text
    assert "valid for 30 days" in page and "{office" not in page
    assert "تا ۳۰ روز" in someone.get("/services/laissez-passer?lang=fa").text
    page = someone.get(f"{renewal}&lang=en").text
    assert "valid for 10 years" in page and "Yes, once, with the originals" in page
    assert "valid for 10 years" in someone.get("/services/child-passport").text

    with app.app_context(), office("london"):
        terms = queries.terms("no-criminal-record")
        here = lay_over(known["no-criminal-record"], terms)
        assert "2. It shows" in here.fields["receipt_letter"].hint["en"]
        assert photo_of_a_girl(known["child-passport"], terms.facts(), born="2019-11-22") == "hijab"
        assert photo_of_a_girl(known["child-passport"], {}, born="2019-11-22") == "photo"
        short = {**terms.facts(), "laissez_passer_days": 5}
        assert stopped_by(known["laissez-passer"], short, days_to_travel=6)
        assert not stopped_by(known["laissez-passer"], short, days_to_travel=5)


def photo_of_a_girl(definition: Definition, here: Facts, *, born: str) -> str:
    """Which photo is asked of a girl born then."""
    child = {"gender": "female", "birth_date": born}
    given = {"on_behalf_of": "child", "subject_person": child}
    known = facts.gather(definition, given, profile={}, office=here, today=applicants.NOON.date())
    asked = [one.key for one in documents.asked(definition, known) if one.code == "PHOTO"]
    assert len(asked) == 1, asked
    return asked[0].removeprefix("photo_")


def stopped_by(definition: Definition, here: Facts, *, days_to_travel: int) -> bool:
    """Whether the day of the journey stops somebody."""
    day = applicants.NOON.date() + timedelta(days=days_to_travel)
    known = facts.gather(
        definition, {"travel_date": day.isoformat()}, profile={}, office=here,
        today=applicants.NOON.date(),
    )  # fmt: skip
    return "travel_soon" in {stop.key for stop in eligibility.stops(definition, known)}


def test_an_extra_paper_is_asked_of_those_who_give_a_certain_answer(
    app: Flask, admin: Visitor, applicant: Visitor
) -> None:
    with made_up_service.offered(app) as service:
        for number, only in enumerate(("kind:racing", "own_bicycle=no")):
            admin.get(f"{SERVICE}/documents")
            page = admin.submit({}, form="seen", button=("_add", "extra"))
            assert "Kind – Racing" in page.text
            row = {"code": ("NID", "RES")[number], "how": "upload", "required": "yes", "only": only}
            rows = {f"extra.{number}.{key}": value for key, value in row.items()}
            assert admin.submit(rows, form="seen").url == SERVICE
        assert "Kind – Racing" in admin.get(SERVICE).text

        for key, wanted in (("plain", []), ("team", ["NID"])):
            draft = applicants.begin(applicant, CODE)
            applicants.fill_sections(app, applicant, draft, sample(service, key))
            asked = applicants.held(app, draft).asked
            assert [one.code for one in asked if one.code in ("NID", "RES")] == wanted
            page = applicant.get(f"/requests/{draft}/documents").text
            assert ("National card" in page) is bool(wanted)
        assert "Racing" in applicant.get(f"/services/{CODE}").text


REACHED = {
    "phone": "020 7946 0123",
    "email": "office@london.example",
    "address_fa": "خیابان میخک، شماره ۱",
    "address_en": "1 Carnation Street",
    "hours_fa": "مراجعه ۹ تا ۱۲",
    "hours_en": "visits 9:00 to 12:00",
}


def test_what_the_office_says_about_itself_is_known_everywhere(
    app: Flask, admin: Visitor, visitor, mailbox
) -> None:
    address, public = "/office/settings/contact", visitor("london", lang="en")
    for wrong, box in (
        ({"phone": "12"}, "phone"),
        ({"email": "office at london"}, "email"),
        ({"address_en": ""}, "address_en"),
        ({"hours_fa": ""}, "hours_fa"),
    ):
        page = choose(admin, address, **{**REACHED, **wrong})
        assert page.status == 422, wrong
        assert f'href="#{box}"' in page.html
    assert choose(admin, address, **REACHED).url == "/office/settings"
    mailbox.deliver()
    registry.forget()
    for page in ("/", "/help"):
        shown = public.get(page)
        assert 'href="tel:+442079460123"' in shown.html and "office@london.example" in shown.text
        assert "1 Carnation Street" in shown.text and "visits 9:00 to 12:00" in shown.text
    assert "+44 20 7946 0123" in admin.get("/office").text
    with app.app_context():
        with ministry():
            lifecycle.suspend("london")
        registry.forget()
        try:
            closed = public.get("/")
        finally:
            with ministry():
                lifecycle.resume("london")
            registry.forget()
    assert closed.status == 503 and "+44 20 7946 0123" in closed.text
    assert "visits 9:00 to 12:00" in closed.text

    admin.get(address)
    admin.submit(form="seen", button="_default")
    mailbox.deliver()
    registry.forget()
    assert "Carnation Street" not in public.get("/help").text


def test_the_ministry_does_not_lock_what_an_office_says_about_itself(app: Flask) -> None:
    assert not subjects.is_lockable(OFFICE, "contact", {})
    assert subjects.is_lockable(OFFICE, "renewal_window_months", {})
