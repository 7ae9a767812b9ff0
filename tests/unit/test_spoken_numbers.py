"""Numbers and money as people of either language write them."""

from decimal import Decimal

import pytest
from flask_babel import force_locale

from core.catalogue.definition import Field
from core.catalogue.fields import type_of
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
