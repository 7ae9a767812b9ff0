"""Telephone numbers: a country's code and a number, or a whole number, kept as E.164."""

import phonenumbers
import pytest
from werkzeug.datastructures import MultiDict

from core import identifiers
from core.catalogue import deeds, reader, reference
from core.catalogue.definition import Field
from core.catalogue.fields import FieldError, type_of
from core.web.questions import questions

TEL = Field("tel", "phone", {"fa": "تلفن", "en": "Phone"})
LONDON = {"office.country_code": "GB"}
SEVEN_DIGITS = ("TA", "NU", "TK")  # islands whose landlines are shorter than any other number


@pytest.mark.parametrize(
    ("number", "dial", "stored"),
    [
        ("07700 900123", "GB", "+447700900123"),
        ("۰۱۵۱ ۲۳۴۵۶۷۸۹", "DE", "+4915123456789"),
        ("0912 123 4567", "IR", "+989121234567"),
        ("00 49 151 23456789", "GB", "+4915123456789"),  # a whole number knows better
        ("+98 912 123 4567", "GB", "+989121234567"),
        ("07700 900123", None, "+447700900123"),  # no list sent: the office's country
        ("07700 900123", "XX", "+447700900123"),
        ("415 555 2671", "US", "+14155552671"),
    ],
)
def test_the_number_is_kept_with_its_country(number, dial, stored):
    form = MultiDict({"tel": number} | ({"tel.dial": dial} if dial else {}))
    assert type_of(TEL).read(TEL, form, None, LONDON) == stored


@pytest.mark.parametrize(
    ("number", "dial", "told"),
    [
        ("0912 123 4567", "GB", "looks like a number in Iran"),  # a mother's, beside London's code
        ("۹۱۲۱۲۳۴۵۶۷", "US", "looks like a number in Iran"),
        ("09121234567", "DE", "looks like a number in Iran"),  # there a landline
        ("02122334455", "GB", "looks like a number in Iran"),
        ("989121234567", "CA", "looks like a number in Iran"),
        ("4915123456789", "GB", "begins with a country code"),
    ],
)
def test_a_number_of_another_country_is_not_stored_as_one_of_here(number, dial, told):
    form = MultiDict({"tel": number, "tel.dial": dial})
    with pytest.raises(FieldError, match=told):
        type_of(TEL).read(TEL, form, None, LONDON)


@pytest.mark.parametrize(
    ("number", "dial", "stored"),
    [
        ("090-1234-5678", "JP", "+819012345678"),  # mobiles here and in Iran
        ("0912 345 6789", "IN", "+919123456789"),
        ("0212 233 44 55", "TR", "+902122334455"),  # a landline here and in Tehran
        ("0901 234 567", "VN", "+84901234567"),
        ("+49 9121 234567", "GB", "+499121234567"),  # whoever means Germany writes it whole
    ],
)
def test_a_number_that_is_one_of_here_needs_no_question(number, dial, stored):
    form = MultiDict({"tel": number, "tel.dial": dial})
    assert type_of(TEL).read(TEL, form, None, LONDON) == stored


def test_a_code_without_a_number_is_no_answer_and_a_short_number_is_named():
    assert type_of(TEL).read(TEL, MultiDict({"tel": "", "tel.dial": "DE"}), None, LONDON) is None
    with pytest.raises(FieldError) as caught:
        type_of(TEL).read(TEL, MultiDict({"tel": "12", "tel.dial": "GB"}), None, LONDON)
    assert set(caught.value.errors) == {"tel"}


@pytest.mark.parametrize(
    "number",
    ["+4412345", "+44 7700 9001", "+49 12345", "+7 495 1234", "+1 555 2671", "+44 7700 9001234",
     "+49 151 2345 6789 0123 45", "+683 4002"],
)  # fmt: skip
def test_nobody_is_reached_under_a_number_of_another_length(number):
    with pytest.raises(FieldError) as caught:
        type_of(TEL).read(TEL, MultiDict({"tel": number}), None, LONDON)
    assert (
        "too short" in caught.value.message
        or "too long" in caught.value.message
        or ("8 to 15 digits" in caught.value.message)
    )


@pytest.mark.parametrize(
    "number",
    ["+44 7400 123456", "+44 20 7225 4208", "+49 30 843530", "+1 202 965 4990", "+33 6 12 34 56 78",
     "+90 532 123 45 67", "+971 50 123 4567", "+98 912 123 4567", "+39 06 8632 8485",
     "+46 70 123 45 67", "+61 412 345 678", "+43 1 712 2657", "+7 912 345 67 89",
     "+47 406 12 345", "+965 5001 2345", "+60 12 345 6789", "+354 611 1234", "+677 74 21234"],
)  # fmt: skip
def test_a_number_that_rings_somewhere_is_taken(number):
    read = type_of(TEL).read(TEL, MultiDict({"tel": number}), None, LONDON)
    assert read == number.replace(" ", "")


def test_what_is_stored_comes_back_in_two_boxes_and_is_read_as_the_same():
    for country in identifiers.dialling_codes():
        example = phonenumbers.example_number(country)
        stored = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        if country in SEVEN_DIGITS:
            continue
        boxes = type_of(TEL).to_form(TEL, stored)
        assert boxes["tel.dial"], country
        assert type_of(TEL).read(TEL, MultiDict(boxes), None, LONDON) == stored, country


def test_a_number_of_no_country_stays_whole():
    assert type_of(TEL).to_form(TEL, "+88213123456") == {"tel": ["+88213123456"]}


def test_the_list_begins_with_the_offices_country_and_keeps_what_was_chosen():
    drawn = questions([TEL], MultiDict({"tel": "1", "tel.dial": "DE"}), LONDON)[0]
    assert [option["key"] for option in drawn.spec["options"]][:2] == ["GB", "IR"]
    assert drawn.value == {"number": "1", "dial": "DE"}
    mobile = Field("tel", "phone", {"fa": "تلفن", "en": "Phone"}, rules={"region": "IR"})
    assert not questions([mobile], MultiDict(), LONDON)[0].spec["options"]


def test_countries_stand_where_their_readers_look_for_them():
    persian = [reference.countries()[code]["fa"] for code in reference.countries_in_order("fa")]
    assert persian.index("آلمان") < persian.index("اتریش") < persian.index("پاکستان")
    assert persian.index("پاکستان") < persian.index("ترکیه") < persian.index("گرجستان")
    assert persian.index("گرجستان") < persian.index("لبنان")
    english = [reference.countries()[code]["en"] for code in reference.countries_in_order("en")]
    assert english[0] == "Afghanistan"
    assert english.index("Åland Islands") < english.index("Albania")


def test_latin_words_keep_their_order_in_a_deed_and_a_row_tells_a_person_whole():
    words = deeds.person_words({"first_name_fa": "آرش", "address": "12 Rose Lane, Flat 3",
                                "phone": "+447400123456"})  # fmt: skip
    assert "به نشانی \u200e12 Rose Lane, Flat 3\u200e" in words
    assert "تلفن \u200e+44 7400 123456\u200e" in words
    parties = reader.load_all()["power-of-attorney"].fields["attorneys"]
    attorney = {
        "identity": "national_id",
        "first_name_fa": "کامران",
        "national_id": "1234567806",
        "phone": "+447400123456",
    }
    part = next(item for item in parties.fields if item.type == "person")
    ((_, told),) = type_of(parties).detail(parties, [{part.key: attorney}], "fa")
    assert "کامران" in told and "1234567806" in told and "\u200e+44 7400 123456\u200e" in told
