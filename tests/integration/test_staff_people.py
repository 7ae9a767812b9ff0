"""The office's people page: invite, roles, suspend, begin anew; each takes hold at once."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from core.audit.models import AuditEntry
from core.cli import mikhak
from core.clock import at, now
from tenants.database import db
from tenants.scope import office
from tests.integration import staff_house as house


@pytest.fixture
def admin(app, visitor):
    """An office's admin, inside."""
    return house.inside(app, visitor, "london", "admin")


def path_of(app, email, act=""):
    """The page of a colleague."""
    path = f"/office/staff/{house.person_id(app, 'london', email)}"
    return f"{path}/{act}" if act else path


def acts_of(app, person_id):
    """What the trail says about a person."""
    with app.app_context(), office("london"):
        about = db.select(AuditEntry.act).filter_by(subject_id=str(person_id))
        return list(db.session.scalars(about.order_by(AuditEntry.seq)))


def test_an_admin_invites_somebody_who_joins(app, visitor, mailbox, admin):
    email = house.address()
    admin.visitor.get("/office/staff/new")
    typed = {"email": f" {email.upper()} ", "name_fa": "علي كريمي", "name_en": "Ali Karimi"}
    page = admin.visitor.submit({**typed, "roles": ["consul", "cashier"]}, form="email")
    assert "on its way" in page.text and "Ali Karimi" in page.text
    joined = house.join(visitor("london", lang="en"), mailbox, email)
    assert joined.visitor.get("/desk/security").status == 200
    page = admin.visitor.get("/office/staff?lang=fa")
    assert "علی کریمی" in page.text, "stored with Persian ye and kaf"
    acts = acts_of(app, house.person_id(app, "london", email))
    assert acts == ["staff.invited", "staff.joined", "staff.signed_in"]


def test_what_is_missing_is_said_and_what_was_typed_stays(admin):
    admin.visitor.get("/office/staff/new")
    page = admin.visitor.submit(
        {"email": "no address", "name_fa": "نام", "name_en": "", "roles": None}, form="email"
    )
    assert page.status == 422
    assert 'value="no address"' in page.html and 'value="نام"' in page.html
    assert {"#email", "#name_en", "#roles"} <= set(page.links())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"email": "reza@gmial.com"}, "looks like a slip of reza@gmail.com"),
        ({"email": "علی@mfa.example"}, "Before @ there is a “ع”"),
        ({"email": "ali@mfa، example"}, "not complete"),
        ({"name_fa": "رضا Karimi"}, "“K” cannot stand here"),
        ({"name_en": "رضا"}, "“ر” cannot stand here"),
    ],
)
def test_a_link_that_lets_in_goes_to_a_sound_address_and_name(admin, mailbox, wrong, told):
    admin.visitor.get("/office/staff/new")
    typed = {"email": house.address(), "name_fa": "رضا", "name_en": "Reza", "roles": ["consul"]}
    page = admin.visitor.submit(typed | wrong, form="email")
    assert page.status == 422 and told in page.text
    assert all(text in page.html for text in wrong.values())


@pytest.mark.parametrize("role", ["superadmin", "emperor"])
def test_a_role_of_the_ministry_cannot_be_given_at_an_office(app, admin, role):
    admin.visitor.get("/office/staff/new")
    typed = {"email": house.address(), "name_fa": "نام", "name_en": "Name", "roles": [role]}
    assert admin.visitor.submit(typed, form="email").status == 422


def test_an_address_stands_on_the_list_once(app, admin):
    admin.visitor.get("/office/staff/new")
    typed = {"email": admin.email, "name_fa": "نام", "name_en": "Name", "roles": ["consul"]}
    page = admin.visitor.submit(typed, form="email")
    assert page.status == 422 and "already on the list" in page.text


def test_a_change_of_roles_ends_the_sessions(app, visitor, admin):
    clerk = house.inside(app, visitor, "london", "notarial_clerk")
    assert clerk.visitor.get("/desk/security", follow=False).status == 200
    admin.visitor.get(path_of(app, clerk.email))
    page = admin.visitor.submit({"roles": ["admin"]}, form="roles")
    assert "signs in anew" in page.text
    assert clerk.visitor.get("/desk/security", follow=False).status == 303
    house.first_step(clerk.visitor, clerk.email)
    clerk.visitor.submit({"code": clerk.code(1)}, form="code", follow=False)
    assert clerk.visitor.get("/office", follow=False).status == 200


def test_somebody_suspended_is_out_at_the_next_request(app, visitor, admin):
    clerk = house.inside(app, visitor, "london", "consul")
    admin.visitor.get(path_of(app, clerk.email, "suspend"))
    assert "Suspended" in admin.visitor.submit(form="_once").text
    assert clerk.visitor.get("/desk/security", follow=False).status == 303
    assert house.first_step(clerk.visitor, clerk.email).status == 422
    admin.visitor.get(path_of(app, clerk.email, "resume"))
    admin.visitor.submit(form="_once")
    assert house.first_step(clerk.visitor, clerk.email).status == 200
    person_id = house.person_id(app, "london", clerk.email)
    told = ["staff.suspended", "staff.sign_in_failed", "staff.resumed"]
    assert acts_of(app, person_id)[-3:] == told


def test_a_reset_second_factor_needs_the_link_and_the_password(app, visitor, mailbox, admin):
    clerk = house.inside(app, visitor, "london", "consul")
    admin.visitor.get(path_of(app, clerk.email, "reset-second-factor"))
    admin.visitor.submit(form="_once")
    assert clerk.visitor.get("/desk/security", follow=False).status == 303
    house.first_step(clerk.visitor, clerk.email)
    assert clerk.visitor.submit({"code": clerk.code(1)}, form="code").status == 422
    assert clerk.visitor.submit({"code": clerk.codes[0]}, form="code").status == 422
    someone = visitor("london", lang="en")
    someone.get(house.link_for(mailbox, clerk.email))
    assert someone.submit({"password": "another long password 77"}, form="password").status == 422
    again = house.join(visitor("london", lang="en"), mailbox, clerk.email)
    assert again.secret != clerk.secret and len(again.codes) == 10


def test_a_new_invitation_ends_the_old_one(app, visitor, mailbox, admin):
    email = house.address()
    house.invite(app, "london", email, "consul")
    old = house.link_for(mailbox, email)
    admin.visitor.get(path_of(app, email, "invite-again"))
    admin.visitor.submit(form="_once")
    assert visitor("london").get(old).status == 410
    assert house.join(visitor("london", lang="en"), mailbox, email).codes


def test_nobody_changes_the_own_access(app, admin):
    page = admin.visitor.get(path_of(app, admin.email))
    assert "changed by another admin" in page.text
    token = next(e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token")
    for act in ("suspend", "roles"):
        data = {"csrf_token": token, "roles": "consul", "_once": act}
        assert admin.visitor.post(path_of(app, admin.email, act), data).status == 403


def test_roles_ask_for_the_second_factor_again_after_a_while(app, visitor, mailbox, admin):
    start = now()
    for minutes in (10, 20):
        with at(start + timedelta(minutes=minutes)):
            admin.visitor.get("/office")
    with at(start + timedelta(minutes=21)):
        old = admin.visitor.client.get_cookie("mikhak", domain="london.localhost").value
        page = admin.visitor.get("/office/staff/new")
        assert "Show once more that it is you" in page.text
        page = admin.visitor.submit({"code": admin.code()}, form="code")
        assert "Invite somebody" in page.text
        assert admin.visitor.client.get_cookie("mikhak", domain="london.localhost").value != old
        thief = visitor("london")
        thief.client.set_cookie("mikhak", old, domain=thief.host)
        assert thief.get("/office", follow=False).status == 303


def test_the_commands_invite_and_reset(app, visitor, mailbox):
    email, run = house.address(), CliRunner()
    context = {"obj": None}
    arguments = ["staff", "invite", "london", email, "--name-fa", "نام", "--name-en", "Name"]
    with app.app_context():
        result = run.invoke(mikhak, [*arguments, "--role", "consul"], **context)
        assert result.exit_code == 0, result.output
        assert run.invoke(mikhak, [*arguments, "--role", "consul"]).exit_code == 1
        assert run.invoke(mikhak, [*arguments, "--role", "superadmin"]).exit_code == 2
        unknown = ["staff", "reset-second-factor", "london", house.address()]
        assert run.invoke(mikhak, unknown).exit_code == 1
        assert run.invoke(mikhak, ["staff", "reset-second-factor", "nowhere", "x"]).exit_code == 1
    joined = house.join(visitor("london", lang="en"), mailbox, email)
    with app.app_context():
        result = run.invoke(mikhak, ["staff", "reset-second-factor", "london", email])
        assert result.exit_code == 0, result.output
    assert joined.visitor.get("/desk/security", follow=False).status == 303
    assert house.join(visitor("london", lang="en"), mailbox, email).secret != joined.secret
