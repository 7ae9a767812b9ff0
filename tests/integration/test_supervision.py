"""A complaint about an office lies on the supervision's desk, and nobody else there sees it."""

from dataclasses import replace

import pytest

from core import clock
from core.actor import Actor
from core.catalogue import reader
from core.demo import cases
from core.staff.models import StaffMember
from tenants.database import db
from tenants.scope import office
from tests.integration import applicants
from tests.integration import staff_house as house
from tests.integration.desk_house import employ

CODE = "complaint"


@pytest.fixture(autouse=True)
def noon():
    with clock.at(applicants.NOON):
        yield


def test_a_complaint_is_seen_by_supervision_alone_and_answered_by_two(app):
    definition = reader.load_all()[CODE]
    plain = next(one for one in definition.samples if one.kind == "plain")
    known = {key: value for key, value in plain.answers.items() if key != "request_ref"}
    sample = replace(plain, answers=known)
    someone, account = applicants.sign_in(app, sample.profile, lang="en")
    with app.app_context(), office("london"):
        person = Actor(kind="applicant", id=account, office="london")
        request_id = str(cases.file(person, definition, sample).id)
    for role in ("head", "consul", "passport_clerk", "counter", "local_employee"):
        clerk = employ(app, role, role)
        assert clerk.open(request_id).status == 404, role
        assert request_id not in clerk.visitor.get("/desk").html

    supervisor = employ(app, "Supervision", "supervisor")
    assert supervisor.press(request_id, "take").status == 200
    assert supervisor.press(request_id, "acts/start").status == 200
    outcome = "We have talked to the counter."
    assert supervisor.press(request_id, "acts/resolve", outcome=outcome).status == 409
    page = employ(app, "Second", "supervisor").press(request_id, "acts/resolve", outcome=outcome)
    assert page.status == 200, page.text[:600]
    assert outcome in someone.get(f"/requests/{request_id}").text


def test_the_office_admin_neither_gives_nor_takes_the_supervision(app, visitor, mailbox):
    admin = house.inside(app, visitor, mailbox, "london", "admin").visitor
    page = admin.get("/office/staff/new")
    assert "Cashier" in page.text and 'value="supervisor"' not in page.html
    typed = {"email": house.address(), "name_fa": "الف", "name_en": "A", "roles": "supervisor"}
    assert admin.submit(typed, form="roles").status == 422
    sent = house.address()
    house.invite(app, "london", sent, "supervisor")
    with app.app_context(), office("london"):
        person = db.session.scalars(db.select(StaffMember).filter_by(email=sent)).one().id
    page = admin.get(f"/office/staff/{person}")
    assert "Supervision" in page.text and "Save the roles" not in page.text
    token = next(e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token")
    data = {"csrf_token": token, "roles": "cashier", "_once": "x" * 20}
    assert admin.post(f"/office/staff/{person}/roles", data).status == 403
