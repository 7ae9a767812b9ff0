"""Numbers and money as people of either language write them."""

from decimal import Decimal

import pytest
from flask_babel import force_locale

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
