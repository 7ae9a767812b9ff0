"""Numbers and money as people of either language write them."""

from dataclasses import replace
from decimal import Decimal

import pytest
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from core.catalogue.definition import Field
from core.catalogue.fields import FieldError, type_of
from core.catalogue.fields.texts import Refused
from core.web.templating import money, num
from tests.house.bare import bare_app


@pytest.mark.parametrize(("lang", "spoken"), [("fa", "۱٬۲۳۴٬۵۶۷٫۵۰"), ("en", "1,234,567.50")])
def test_money_has_the_marks_of_the_language(lang, spoken):
    with bare_app().test_request_context(), force_locale(lang):
        assert spoken in money(Decimal("1234567.5"), "EUR")


@pytest.mark.parametrize(("lang", "spoken"), [("fa", "۱٬۲۳۴"), ("en", "1,234")])
def test_so_have_numbers(lang, spoken):
    with bare_app().test_request_context(), force_locale(lang):
        assert num(1234) == spoken


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12,50", "12.5"), ("0,5", "0.5"), ("۱۲٫۵", "12.5"), ("۱۲٬۵", "12.5"), ("0,500", "0.5"),
        ("1,234", "1234"), ("۱٬۲۳۴٬۵۶۷", "1234567"), ("1,234.5", "1234.5"), ("1 234", "1234"),
        ("1,23,4", None), ("1,2.5", None), (",5", None),
    ],
)  # fmt: skip
def test_a_comma_parts_thousands_or_is_the_point(typed, meant):
    field = Field("sum", "number", {"fa": "", "en": ""}, rules={"decimals": 3})
    try:
        read = str(type_of(field).parse(field, typed, {}))
    except Refused:
        read = None
    assert (read and Decimal(read).normalize()) == (meant and Decimal(meant).normalize())


MONEY = Field("sum", "money", {"fa": "مبلغ", "en": "Amount"})


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("1.000.000", "EUR", "1000000"), ("1.500,00", "EUR", "1500.00"), ("1’500", "CHF", "1500"),
        ("۱،۰۰۰،۰۰۰", "IRR", "1000000"), ("€50", "EUR", "50"), ("50 eur", "EUR", "50"),
        ("۵۰ یورو", "EUR", "50"), ("$ 1,200.50", "USD", "1200.50"), ("1.500", "KWD", "1.500"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_written_on_a_bill(typed, currency, amount):
    form = MultiDict({"sum": typed, "sum.currency": currency})
    assert type_of(MONEY).read(MONEY, form) == {"amount": amount, "currency": currency}


@pytest.mark.parametrize(
    ("typed", "lang", "words"),
    [
        ("1.500", "en", "This can be read as 1500 and as 1.5. Type it like one of these."),
        (
            "15/000",
            "fa",
            "این را هم ۱۵۰۰۰ می‌توان خواند و هم ۱۵. آن را مانند یکی از این دو بنویسید.",
        ),
        ("£50", "en", "Type a number in figures, for example 12."),
    ],
)
def test_an_amount_with_two_readings_is_asked_about_and_never_guessed(typed, lang, words):
    with bare_app().test_request_context(), force_locale(lang):
        with pytest.raises(FieldError) as caught:
            type_of(MONEY).read(MONEY, MultiDict({"sum": typed, "sum.currency": "EUR"}))
        assert str(caught.value.message) == words


def test_an_amount_and_its_bounds_are_told_with_the_marks_of_the_language():
    assert type_of(MONEY).show(MONEY, {"amount": "1234.50", "currency": "EUR"}, "fa") == (
        "۱٬۲۳۴٫۵۰ یورو"
    )
    least = replace(MONEY, rules={"min": "2.5"})
    with bare_app().test_request_context(), force_locale("fa"):
        with pytest.raises(FieldError) as caught:
            type_of(least).read(least, MultiDict({"sum": "1.5", "sum.currency": "EUR"}))
        assert "۲٫۵" in str(caught.value.message) and "۱٫۵" in str(caught.value.message)


@pytest.mark.parametrize("typed", ["30", "۳۰ روز", "30 days", "۳۰روز"])
def test_the_unit_may_stand_behind_a_number(typed):
    field = Field(
        "wait", "number", {"fa": "", "en": ""}, rules={"unit": {"fa": "روز", "en": "days"}}
    )
    assert type_of(field).parse(field, typed, {}) == 30
