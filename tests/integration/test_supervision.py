"""A complaint about an office lies on the supervision's desk, and nobody else there sees it."""

from dataclasses import replace

import pytest

from core import clock
from core.actor import Actor
from core.catalogue import reader
from core.demo import cases
from core.platform.doctor import examine
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


def test_the_office_admin_invites_supervisors_and_the_doctor_counts_them(app, visitor, mailbox):
    def told() -> list[str]:
        with app.app_context():
            found = examine(app.extensions["settings"])
            # The office's own work: the house is well all the same.
            return [one.advice for one in found if one.what == "supervision" and one.well]

    with app.app_context(), office("istanbul"):  # other tests have left some
        having = StaffMember.roles.contains(["supervisor"])
        db.session.execute(db.update(StaffMember).where(having).values(state="suspended"))
    admin = house.inside(app, visitor, "istanbul", "admin").visitor
    assert any("istanbul takes complaints with 0 of two supervisors" in said for said in told())
    for number in (1, 2):
        address = house.address()
        admin.get("/office/staff/new")
        typed = {"email": address, "name_fa": "الف", "name_en": "A", "roles": "supervisor"}
        assert admin.submit(typed, form="roles").status == 200
        assert any(f"istanbul takes complaints with {number - 1} of two" in one for one in told())
        house.join(visitor("istanbul"), mailbox, address)
    assert not any("istanbul" in said for said in told())
