"""A new person: code, wizard, preview, confirmation; wrong answers; coming back later."""

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from core.accounts.models import Account
from tenants.database import db
from tenants.scope import office
from tests.conftest import Mailbox
from tests.critic import Visitor
from tests.integration import registration_steps
from tests.integration.registration_steps import (
    IDENTITY,
    Visit,
    ask,
    come_in,
    confirm,
    fill_in,
    link_in,
    portrait,
    register,
)

newcomer = registration_steps.newcomer


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_new_person_registers_from_the_mail_to_the_password(
    visitor: Visit, mailbox: Mailbox, person, app: Flask, lang: str
) -> None:
    who, someone = person(), visitor("london", lang=lang)
    page = come_in(someone, mailbox, who)
    assert page.url == "/register/identity"
    page = fill_in(someone)
    assert page.url == "/register/preview", page.text
    assert "ALIPOUR" in page.text and "SW7 1PT" in page.text
    page = confirm(someone)
    assert page.url == "/account/welcome", page.text
    page = someone.submit({"wants_password": "yes"}, form="wants_password")
    assert page.url == "/account/password"
    words = {"password": "کفش آبی هفت دریا", "again": "کفش آبی هفت دریا"}
    assert someone.submit(words, form="again").url.startswith("/account?")
    mails = [mail["Subject"] for mail in mailbox.to(who["email"])]
    assert len(mails) == 2
    with app.app_context(), office("london"):
        account = db.session.scalars(select(Account).where(Account.email == who["email"])).one()
        assert account.state == "active" and account.has_password
        assert account.profile["last_name_fa"] == "علی‌پور"
        assert account.profile["birth_date"] == "1986-10-04"
        assert account.profile["mobile_abroad"] == "+447700900123"
        assert account.terms_version and account.terms_accepted_at


def test_the_wizard_waits_where_it_was_left(visitor: Visit, mailbox: Mailbox, person) -> None:
    who = person()
    first = visitor("london")
    come_in(first, mailbox, who)
    first.submit(IDENTITY, form="first_name_fa")
    later = visitor("london")
    page = come_in(later, mailbox, who)
    assert page.url == "/register/photo"
    page = later.get("/register/identity")
    assert "علی‌پور" in page.html


def test_half_a_step_can_be_left_for_later(visitor: Visit, mailbox: Mailbox, person) -> None:
    who = person()
    first = visitor("london")
    come_in(first, mailbox, who)
    page = first.submit({"first_name_fa": "زهرا"}, form="first_name_fa", button="_later")
    assert page.url == "/enter?saved=yes"
    assert first.get("/register/identity").url.startswith("/enter")
    page = come_in(visitor("london"), mailbox, who)
    assert page.url == "/register/identity" and "زهرا" in page.html


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"first_name_fa": "Maryam"}, "first_name_fa"),
        ({"first_name_fa": "ا" * 10_000}, "first_name_fa"),
        ({"first_name_fa": "مریم\x00"}, "first_name_fa"),
        ({"last_name_fa": "<b>علی</b>"}, "last_name_fa"),
        ({"last_name_fa": "علی😀"}, "last_name_fa"),
        ({"last_name_en": '=HYPERLINK("x")'}, "last_name_en"),
        ({"birth_date.year": "1450"}, "birth_date"),
        ({"birth_date.year": "1395"}, "birth_date"),
        ({"birth_date": "30", "birth_date.month": "12", "birth_date.year": "1365"}, "birth_date"),
        (
            {
                "birth_date": "29",
                "birth_date.month": "2",
                "birth_date.year": "1987",
                "birth_date.calendar": "gregorian",
            },
            "birth_date",
        ),
        ({"shenasnameh_no": "12a"}, "shenasnameh_no"),
        ({"birth_date.year": "1371"}, "shenasnameh_no"),
        ({"shenasnameh_series": "ب123"}, "shenasnameh_series"),
        ({"shenasnameh_series": "anything@@"}, "shenasnameh_series"),
        ({"gender": "other"}, "gender"),
        ({"gender": "male"}, "military_status"),
        ({"marital_status": "married"}, "spouse_nationality"),
        ({"passport_no": "K1234"}, "passport_no"),
        ({"passport_no": "K12345678"}, "passport_expiry_date"),
    ],
)
def test_a_wrong_answer_comes_back_with_words_and_everything_typed(
    newcomer: Visitor, wrong: dict[str, str], field: str
) -> None:
    assert "ALIPOUR" not in newcomer.get("/register/identity").html.upper()
    page = newcomer.submit({**IDENTITY, **wrong}, form="first_name_fa")
    assert page.status == 422
    assert f'href="#{field}"' in page.html
    assert "ALIPOUR" in page.html.upper() or "last_name_en" in wrong
    assert newcomer.get("/register/photo").url == "/register/identity"


def test_a_card_that_shows_0_for_the_booklet_is_copied_as_it_is(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    someone = visitor("london")
    come_in(someone, mailbox, person())
    young = {**IDENTITY, "birth_date.year": "1371", "shenasnameh_no": "۰"}
    assert someone.submit(young, form="first_name_fa").url == "/register/photo"


@pytest.mark.parametrize("series", ["ب۱۲", "ب ١٢", "الف 12", "12/ب", "گ-۳۴", ""])
def test_a_series_is_taken_as_people_copy_it(newcomer: Visitor, series: str) -> None:
    page = newcomer.submit(
        {**IDENTITY, "shenasnameh_series": series, "gender": ""}, form="first_name_fa"
    )
    assert page.status == 422 and 'href="#gender"' in page.html
    assert 'href="#shenasnameh_series"' not in page.html


def test_direction_signs_and_arabic_letters_are_stored_in_one_form(
    visitor: Visit, mailbox: Mailbox, person, app: Flask
) -> None:
    who, someone = person(), visitor("london")
    come_in(someone, mailbox, who)
    someone.submit({**IDENTITY, "first_name_fa": "\u202eعلي\u200f  كريم"}, form="first_name_fa")
    with app.app_context(), office("london"):
        account = db.session.scalars(select(Account).where(Account.email == who["email"])).one()
        assert account.profile["first_name_fa"] == "علی کریم"


def test_steps_ahead_and_steps_that_do_not_exist(newcomer: Visitor) -> None:
    assert newcomer.get("/register/contact").url == "/register/identity"
    assert newcomer.get("/register/preview").url == "/register/identity"
    assert newcomer.get("/register/elsewhere").status == 404


def test_nobody_confirms_without_accepting_the_terms(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    someone = visitor("london")
    come_in(someone, mailbox, person())
    fill_in(someone)
    page = someone.submit({}, form="consent_terms")
    assert page.status == 422 and 'href="#consent_terms"' in page.html
    assert someone.get("/account").url.startswith("/register")


def test_a_photo_is_shown_and_replaced_from_the_preview(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    someone = visitor("london")
    come_in(someone, mailbox, person())
    assert someone.get("/register/photo.jpg").status == 404
    someone.get("/register/identity")
    fill_in(someone)
    assert someone.get("/register/photo.jpg").response.mimetype == "image/jpeg"
    for page in ("/register/preview", "/register/photo?back=preview"):
        assert 'src="/register/photo.jpg"' in someone.get(page).html
    for again in ({"photo": (portrait(), "again.jpg")}, {}):
        someone.get("/register/photo?back=preview")
        assert someone.submit(again, form="photo").url == "/register/preview"
    someone.get("/register/photo")
    assert someone.submit({}, form="photo").url == "/register/residence"


def test_a_photo_must_be_a_picture(visitor: Visit, mailbox: Mailbox, person) -> None:
    someone = visitor("london")
    come_in(someone, mailbox, person())
    someone.submit(IDENTITY, form="first_name_fa")
    page = someone.submit({"photo": (io.BytesIO(b"my photo"), "me.jpg")}, form="photo")
    assert page.status == 422 and 'href="#photo"' in page.html
    assert "JPG، PNG یا HEIC بفرستید" in page.text, "a PDF would not do here"
    page = someone.submit({}, form="photo")
    assert page.status == 422
    small = io.BytesIO()
    Image.linear_gradient("L").resize((260, 260)).save(small, "JPEG")
    small.seek(0)
    page = someone.submit({"photo": (small, "me.jpg")}, form="photo")
    assert page.url == "/register/photo"
    # A script that has sent the file takes over such parts.
    (told,) = (part for part in page.root.iter("div") if part.get("data-live") is not None)
    assert "۶۰۰" in told.text_content() and "سه در چهار" in told.text_content()
    assert someone.submit({}, form="photo").url == "/register/residence", "told, not stopped"


def test_a_second_account_with_one_national_id_is_not_opened(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    who = person()
    register(visitor("london"), mailbox, who)
    other = {**who, "email": f"x{who['email']}"}
    stranger = visitor("london", lang="en")
    page = come_in(stranger, mailbox, other)
    assert page.url == "/register/identity"
    fill_in(stranger)
    assert confirm(stranger).status == 409
    assert other["email"] not in mailbox.text(mailbox.newest(who["email"]))


def test_whoever_only_begins_with_a_national_id_does_not_lock_its_owner_out(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    who = person()
    come_in(visitor("london"), mailbox, {**who, "email": f"x{who['email']}"})
    page = register(visitor("london"), mailbox, who)
    assert page.url == "/account/welcome"


def test_the_link_of_the_mail_opens_a_page_with_a_button(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    who = person()
    ask(visitor("london"), who)
    link = link_in(mailbox, who["email"])
    someone = visitor("london")
    assert someone.get(link).status == 200
    assert someone.get("/register/identity").url.startswith("/enter")
    someone.get(link)
    assert someone.submit().url == "/register/identity"
    assert visitor("london").get(link).status == 410
    assert visitor("istanbul").get(link).status == 410


def test_the_identity_is_locked_after_confirming(visitor: Visit, mailbox: Mailbox, person) -> None:
    someone = visitor("london")
    register(someone, mailbox, person())
    assert someone.get("/account/profile/identity").status == 404
    assert someone.get("/register/identity").url == "/account"
    page = someone.get("/account/profile/residence")
    page = someone.submit({"res_city": "Leeds"}, form="res_city")
    assert "Leeds" in page.html
    page = someone.get("/account/profile/residence")
    page = someone.submit({"res_postal_code": "12"}, form="res_city")
    assert page.status == 422


def test_an_address_is_taken_as_people_write_it_in_their_country(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    someone = visitor("london")
    register(someone, mailbox, person())
    for country, city, code, kept in [
        ("DE", "Berlin", "D-10117", "10117"),
        ("JP", "Tokyo", "〒１０６－００４７", "106-0047"),
        ("CA", "Ottawa", "k1a-0b1", "K1A-0B1"),
        ("IQ", "Baghdad", "", "Baghdad"),  # a country where nobody knows one
    ]:
        someone.get("/account/profile/residence")
        boxes = {"res_country": country, "res_city": city, "res_postal_code": code}
        page = someone.submit(boxes | {"res_state": city}, form="res_city")
        assert page.status == 200 and f">{kept}<" in page.html.replace("\n", "")
    someone.get("/account/profile/residence")
    page = someone.submit({"res_address_local": "ул. Мира 5"}, form="res_city")
    assert page.status == 422 and "«у»" in page.html and "ул. Мира 5" in page.html


def test_two_answers_to_one_confirmation_make_one_account(
    visitor: Visit, mailbox: Mailbox, person
) -> None:
    who, someone = person(), visitor("london")
    register(someone, mailbox, who)
    mails = len(mailbox.to(who["email"]))
    assert someone.get("/register/preview").url == "/account"
    assert len(mailbox.to(who["email"])) == mails
