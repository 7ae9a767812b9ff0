"""Typed text comes into one stored form."""

import pytest
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.definition import Field
from core.catalogue.fields.base import unanswered
from core.text import TextRefused, clean, digits, fold, only_digits, to_persian_digits
from tests.house.bare import bare_app

typed = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(typed, st.booleans())
def test_cleaning_twice_equals_once(text, lines):
    once = clean(text, lines=lines)
    assert clean(once, lines=lines) == once


@given(st.text("abاآدبیه۱5\u200c .،«", max_size=12))
def test_the_short_way_for_tidy_text_says_the_same(text):
    assert clean(text) == clean(f"{text} \u00ad")  # the soft hyphen, dropped, makes it untidy


@given(typed)
def test_folding_twice_equals_once(text):
    assert fold(fold(text)) == fold(text)


@given(typed)
def test_digits_twice_equals_once(text):
    assert digits(digits(text)) == digits(text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("علي", "علی"),
        ("كاظم", "کاظم"),
        ("موسى", "موسی"),
        ("هەژار", "هه\u200cژار"),
        ("خانە", "خانه"),
        ("  علی\u00a0\u2003 رضا ", "علی رضا"),
        ("\u202eعلی\u202c\u200f", "علی"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("علی\u200c رضا\u200c", "علی رضا"),
        ("می\u200c\u200cخواهم", "می\u200cخواهم"),
        ("دار\u200cد", "دارد"),
        ("a\tb\nc", "a b c"),
        ("محـــمد", "محمد"),
        ("<b>=1+1</b>", "<b>=1+1</b>"),
    ],
)
def test_stored_form(text, stored):
    assert clean(text) == stored


def test_lines_are_kept_when_asked():
    assert clean("a\r\nb\r\n\r\n\r\n c ", lines=True) == "a\nb\n\nc"


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_what_no_keyboard_types_is_refused(text):
    with pytest.raises(TextRefused):
        clean(text)


def test_figures():
    assert digits("۱۲٣4") == "1234"
    assert only_digits("۰۰۱-۲ 3") == "00123"
    assert to_persian_digits(1402) == "۱۴۰۲"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("گذر‌نامه", "گذرنامه"),
        ("Müller", "muller"),
        ("آرش", "ارش"),
        ("رضائی", "رضایی"),
        ("كد ۱۲", "کد 12"),
    ],
)
def test_search_finds_either_way_of_writing(one, other):
    assert fold(one) == fold(other)


def test_a_sentence_that_is_said_later_is_no_html():
    """An office's own question "<b>Name" is told back when it is left out."""
    field = Field("own", "text", {"fa": "<b>نام", "en": "<b>Name"})
    app = bare_app()
    with app.test_request_context(), force_locale("en"):
        page = app.jinja_env.from_string("{{ told }}|{{ told|ltr }}|{{ told ~ '' }}")
        shown = page.render(told=unanswered(field, {}))
    assert "<b>" not in shown and shown.count("&lt;b&gt;Name") == 3
