"""People without a national ID: a clerk's special code opens a registration and is merged later."""

import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from core.accounts import special_codes
from core.accounts.models import Account
from core.actor import Actor
from core.errors import Conflict, Forbidden, Invalid
from tenants.database import db
from tenants.scope import office
from tests.conftest import Mailbox
from tests.integration.registration_steps import (
    Visit,
    ask,
    come_in,
    confirm,
    fill_in,
    portrait,
    registered,
)

CLERK, OTHER = (
    Actor(kind="staff", id=uuid4(), roles=frozenset([role]), office="london")
    for role in ("registry_clerk", "passport_clerk")
)
A_CODE_OF_THE_MAIL = re.compile(r"\d{4} \d{4}")


def passport() -> dict[str, str]:
    """A foreign passport that nobody has shown before."""
    return {"name": "Anna Smith", "passport_no": uuid4().hex[:9], "passport_country": "GB"}


def issued(app: Flask) -> tuple[str, UUID]:
    """A new code of London and its id."""
    with app.app_context(), office("london"):
        row = special_codes.issue(CLERK, **passport())
        return row.code, row.id


def keep_photo(app: Flask, code_id: UUID) -> None:
    with app.app_context(), office("london"):
        special_codes.keep_photo(OTHER, special_codes.find(code_id), portrait(), "face.jpg")


def test_a_clerk_issues_one_for_a_passport_once(app: Flask) -> None:
    shown = passport()
    with app.app_context():
        with office("london"):
            special_codes.issue(CLERK, **shown)
        with pytest.raises(Conflict), office("london"):
            special_codes.issue(CLERK, **shown)
        with pytest.raises(Forbidden), office("london"):
            special_codes.issue(Actor(kind="applicant"), **shown)


def test_it_opens_a_registration_at_its_office_once_there_is_a_photo(
    visitor: Visit, mailbox: Mailbox, person, app: Flask
) -> None:
    code, code_id = issued(app)
    who = {"email": person()["email"], "national_id": code.lower()}
    someone = visitor("london")
    early = {**who, "email": f"x{who['email']}"}
    ask(someone, early)  # without the photo: a mail with words only
    assert not A_CODE_OF_THE_MAIL.search(mailbox.text(mailbox.newest(early["email"])))
    keep_photo(app, code_id)
    assert come_in(someone, mailbox, who).url == "/register/identity"
    elsewhere = {**who, "email": f"y{who['email']}"}
    assert ask(visitor("istanbul"), elsewhere).url == "/enter/code"
    assert not A_CODE_OF_THE_MAIL.search(mailbox.text(mailbox.newest(elsewhere["email"])))


def test_it_is_merged_into_the_national_id_and_both_let_in(
    visitor: Visit, mailbox: Mailbox, person, app: Flask
) -> None:
    code, code_id = issued(app)
    keep_photo(app, code_id)
    who = {"email": person()["email"], "national_id": code.lower()}
    someone = visitor("london")
    come_in(someone, mailbox, who)
    fill_in(someone)
    assert confirm(someone).url == "/account/welcome"
    given = person()["national_id"]
    merge(app, code_id, given, taken=registered_number(app, person))
    with app.app_context(), office("london", read_only=True):
        account = db.session.scalars(select(Account).filter_by(email=who["email"])).one()
        assert account.person_code == given
        assert account.profile["shenasnameh_no"] == "123" and account.state == "active"
    for number in (given, code):
        known = visitor("london")
        assert come_in(known, mailbox, {**who, "national_id": number}).url == "/account"


def registered_number(app: Flask, person) -> str:
    """The national ID of somebody who has an account."""
    somebody = person()
    registered(app, somebody)
    return somebody["national_id"]


def merge(app: Flask, code_id: UUID, given: str, *, taken: str) -> None:
    """Merge once, after and before what is refused."""
    with app.app_context():
        for refused, actor, number in (
            (Forbidden, OTHER, given),
            (Invalid, CLERK, "1234567890"),
            (Conflict, CLERK, taken),
        ):
            with pytest.raises(refused), office("london"):
                special_codes.merge(actor, special_codes.find(code_id), national_id=number)
        with office("london"):
            row = special_codes.find(code_id)
            special_codes.merge(CLERK, row, national_id=given, booklet="۱۲۳")
        with pytest.raises(Conflict), office("london"):
            special_codes.merge(CLERK, special_codes.find(code_id), national_id=given)
