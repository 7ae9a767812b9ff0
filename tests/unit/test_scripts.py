"""What a text is written with: names, Persian prose, foreign papers, the lines of a passport."""

import pytest
from werkzeug.datastructures import MultiDict

from core.catalogue.definition import Field
from core.catalogue.fields import FieldError, type_of

LABEL = {"fa": "متن", "en": "Text"}


def read(script: str, text: str, kind: str = "text") -> str:
    field = Field("it", kind, LABEL, rules={"script": script})
    return type_of(field).read(field, MultiDict({"it": text}))


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("persian", "مریم‌السادات هاشمی‌نژاد"),
        ("persian", "آقای «ک. رضایی» – تهران، خیابان ۱۲…"),
        ("prose", "به نام Maria Müller، گذرنامه K12345678 (صادره London – 2019)…"),
        (
            "prose",
            "مبلغ ۱٬۵۰۰٫۵۰ یورو (€) معادل 80% به حساب IR82 0540 1026 8002 0817 9090 02 واریز شود!",
        ),
        ("prose", "متراژ ۱۲۰ m² [پلاک ۵] #۳ با e-mail: ali_r@example.org"),
        ("latin", "Université Paris–Saclay « Orsay »"),
        ("latin", "Łódź Üniversitesi “Şişli”, Dr. O’Brien & Søn"),
        ("ascii", "K12-34/5 (A'B)"),
    ],
)
def test_what_such_a_text_is_made_of_is_taken_as_it_is(script, text):
    assert read(script, text) == text


@pytest.mark.parametrize(
    ("script", "text", "words"),
    [
        ("persian", "رضا Karimi", "“K” cannot stand here. Write this with Persian letters."),
        ("prose", "خانه 東京", "“東” cannot stand here. Write it with Persian or Latin letters."),
        ("prose", "رضا 🙂", "“🙂” cannot stand here. Write it with Persian or Latin letters."),
        ("prose", "My house 12",
         "Write this in Persian; foreign names and numbers may stand in it."),
        ("latin", "МГУ", "“М” cannot stand here. Write this with Latin letters."),
        ("latin", "دانشگاه", "“د” cannot stand here. Write this with Latin letters."),
        ("ascii", "Müller", "“ü” cannot stand here. Use the letters A to Z, as a passport does."),
    ],
)  # fmt: skip
def test_the_sign_that_cannot_stand_there_is_named(script, text, words):
    with pytest.raises(FieldError) as caught:
        read(script, text)
    assert str(caught.value.message) == words


def test_signs_that_a_keyboard_corrects_are_plain_again_where_a_passport_is_copied():
    assert read("ascii", "O’Brien–Smith ۱۲") == "O'Brien-Smith 12"


def test_letters_copied_from_a_pdf_and_wide_ones_are_the_letters_that_they_show():
    assert read("persian", "ﺭﺿﺎ ﻼ") == "رضا لا"
    assert read("ascii", "ＡＢ－１２") == "AB-12"


@pytest.mark.parametrize(
    ("text", "shown"), [("کوچه 12", "کوچه ۱۲"), ("東京 12", "東京 12"), ("Oak 12", "Oak 12")]
)
def test_figures_keep_to_the_letters_around_them(text, shown):
    field = Field("it", "text", LABEL)
    assert type_of(field).show(field, text, "fa") == shown
