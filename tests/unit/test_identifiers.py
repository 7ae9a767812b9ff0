"""Identifiers are read in one form and refused with words that help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import identifiers
from core.identifiers import IdentifierError
from core.text import to_persian_digits
from tests.unit.alphabet import TYPED


@given(st.integers(0, 10**9 - 1).map(lambda n: f"{n:09d}"))
def test_a_right_national_id_is_accepted_in_any_figures_and_a_slip_is_not(nine):
    number = nine + str(identifiers.national_check_digit(nine))
    if len(set(number)) == 1:
        return
    assert identifiers.national_id(to_persian_digits(number)) == number
    assert identifiers.national_id(f" {number[:3]}-{number[3:9]}-{number[9]} ") == number
    wrong = number[:9] + str((int(number[9]) + 1) % 10)
    with pytest.raises(IdentifierError):
        identifiers.national_id(wrong)


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (
            "national_id",
            "123456789",
            "A national ID has 10 digits, the zeros in front among them; you typed 9.",
        ),
        ("national_id", "12345678901", "A national ID has 10 digits; you typed 11."),
        ("national_id", "", "A national ID has 10 digits; you typed 0."),
        ("national_id", "12345a7890", "A national ID has figures only; please type its 10 digits."),
        (
            "national_id",
            "1111111111",
            "This is not a national ID: one digit is wrong. Compare it with your card.",
        ),
        ("iran_postal_code", "0123456789", "An Iranian postal code does not begin with 0."),
        ("iran_postal_code", "12345", "An Iranian postal code has 10 digits; you typed 5."),
        ("passport_no", "12345678", "The letter before the 8 digits is missing, like K12345678."),
        (
            "passport_no",
            "KK1",
            "An Iranian passport number is one letter and 8 digits, like K12345678.",
        ),
        (
            "iran_mobile",
            "0912123456",
            "An Iranian mobile number begins with 09 and has 11 digits, like 09121234567.",
        ),
        ("phone", "abc", "Type the number with its country code, like +44 20 7225 4208."),
        ("phone", "+44 12345", "This number is too short for its country. Is a digit missing?"),
        ("phone", "+44 20", "This number is too short for its country. Is a digit missing?"),
        ("email", "name", "An e-mail address has one @, like name@example.com."),
        ("email", "a@b", "This e-mail address is not complete. It looks like name@example.com."),
        (
            "email",
            "a@b،c.com",
            "This e-mail address is not complete. It looks like name@example.com.",
        ),
        ("email", "alı@gmail.com", "Before @ there is a “ı”. Use Latin letters only (A to Z)."),
        ("iban", "IR12", "A Sheba number is IR and 24 digits; you typed 4 characters."),
    ],
)
def test_words_say_what_is_wrong(read, text, words):
    with pytest.raises(IdentifierError) as caught:
        getattr(identifiers, read)(text)
    assert str(caught.value.message) == words


@pytest.mark.parametrize(
    ("read", "text", "stored"),
    [
        ("iran_mobile", "۰۹۱۲ ۱۲۳ ۴۵۶۷", "+989121234567"),
        ("iran_mobile", "0098-912-1234567", "+989121234567"),
        ("iran_mobile", "+98 (0)912 123 4567", "+989121234567"),
        ("iran_mobile", "0098 0912 1234567", "+989121234567"),
        ("phone", "۰۰۴۴ 20 7225 4208", "+442072254208"),
        ("phone", "+49 (0)1512 3456789", "+4915123456789"),
        ("phone", "+1 (416) 555-0123", "+14165550123"),
        ("phone", "+964 780 123 4567", "+9647801234567"),
        ("phone", "+90 532 123 45 67", "+905321234567"),
        ("phone", "+81 90-1234-5678", "+819012345678"),
        ("phone", "+971.50.123.4567", "+971501234567"),
        ("phone", "0098 21 61151", "+982161151"),
        ("phone", "+47 40 61 23 45", "+4740612345"),
        ("passport_no", "k۱۲۳ ۴۵۶۷۸", "K12345678"),
        ("email", " Name@Gmail.COM ", "name@gmail.com"),
        ("email", "ali@gmail.com،", "ali@gmail.com"),
        ("email", "Ali Reza <Ali@Example.org>", "ali@example.org"),
        ("email", "mailto:ali@example.org", "ali@example.org"),
        ("email", "(o'neil@example.org).", "o'neil@example.org"),
        ("iban", "IR06 2960 0000 0010 0324 2000 01", "IR062960000000100324200001"),
        ("iban", "06 2960 0000 0010 0324 2000 01", "IR062960000000100324200001"),
        ("iran_postal_code", "19395/47411", "1939547411"),
        ("foreign_passport_no", "ab-12 34", "AB1234"),
    ],
)
def test_stored_form(read, text, stored):
    function = getattr(identifiers, read)
    assert function(text) == stored
    assert function(stored) == stored


@given(st.sampled_from(["london", "baghdad", "ya"]), st.integers(0, 10**8 - 1))
def test_special_codes_find_their_own_slips(office, number):
    code = identifiers.make_special_code(office, number)
    assert identifiers.special_code(code.lower()) == code == identifiers.person_code(code)
    slip = code[:6] + str((int(code[6]) + 1) % 10) + code[7:]
    with pytest.raises(IdentifierError):
        identifiers.special_code(slip)


READERS = [
    "national_id",
    "special_code",
    "person_code",
    "iran_postal_code",
    "iran_mobile",
    "phone",
    "passport_no",
    "foreign_passport_no",
    "iban",
    "email",
]


@given(st.sampled_from(READERS), st.text(TYPED, max_size=40))
def test_nothing_typed_breaks_a_reader(read, text):
    function = getattr(identifiers, read)
    try:
        stored = function(text.replace("\x00", ""))
    except IdentifierError as error:
        assert str(error.message)
    else:
        assert function(stored) == stored


def test_a_likely_typing_error_is_offered():
    for slip in ("gmial.com", "gmail.cm", "gmail.comm", "gmial.con", "gmaıl.com"):
        assert identifiers.email_hint(identifiers.email(f"a@{slip}")) == "a@gmail.com"
    assert identifiers.email_hint("a@hotmail.co") == "a@hotmail.com"
    assert identifiers.email_hint("a@yahoo.co.uk") is None
    assert identifiers.email_hint("a@gmail.com") is None


@pytest.mark.parametrize("address", ["ali@straße.de", "ali@βόλος.example"])
def test_a_domain_that_old_rules_would_change_is_refused(address: str) -> None:
    """ß and ς are letters of their own today; as ss and σ the mail would go to somebody else."""
    with pytest.raises(IdentifierError):
        identifiers.email(address)


def test_a_domain_in_other_letters_is_kept() -> None:
    assert identifiers.email("ali@Müller.example") == "ali@xn--mller-kva.example"
