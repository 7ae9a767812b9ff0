"""Numbers and addresses that identify people and places, checked with words that help.

Every reader takes what was typed and returns the stored form, or raises IdentifierError.
"""

import re
from functools import cache
from unicodedata import category, normalize

import phonenumbers
from flask_babel import lazy_gettext as _l

from core.text import clean, digits, figures, only_digits

# No 0 O 1 I L: nobody can misread them. Weighted sum over a prime finds every single slip and swap.
CHECK_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_MOBILES = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
PHONE_DIGITS = (8, 15)  # of a whole number, its country code among them
_PROVIDERS = {"gmail": ("gmial", "gmai", "gmal", "gamil", "gnail", "gmaill", "gmaıl"),
              "yahoo": ("yaho", "yahooo", "yhaoo"),
              "hotmail": ("hotmial", "hotmai", "hotmal", "hotmaıl"),
              "outlook": ("outlok", "outloook"), "icloud": ("iclod", "iclould")}  # fmt: skip
_MAIL_TYPOS = {
    f"{name}.{ending}": f"{right}.com"
    for right, slips in _PROVIDERS.items()
    for name in (right, *slips)
    for ending in ("com", "cm", "co", "om", "con", "comm", "cpm", "vom")
    if (name, ending) != (right, "com")
} | {"gmail.ir": "gmail.com"}
_MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}"
)


class IdentifierError(ValueError):
    """What is wrong with what was typed, and what to do; `hint` may hold a likely correction."""

    def __init__(self, message: object, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(str(message))


def national_id(text: str) -> str:
    """Ten Latin figures with a right check figure. Raises IdentifierError."""
    number = _figures(text, _l("A national ID has figures only; please type its 10 digits."))
    if len(number) in (8, 9):
        raise IdentifierError(
            _l(
                "A national ID has 10 digits, the zeros in front among them; you typed %(count)s.",
                count=figures(len(number)),
            )
        )
    if len(number) != 10:
        raise IdentifierError(
            _l("A national ID has 10 digits; you typed %(count)s.", count=figures(len(number)))
        )
    if len(set(number)) == 1 or national_check_digit(number) != int(number[9]):
        raise IdentifierError(
            _l("This is not a national ID: one digit is wrong. Compare it with your card.")
        )
    return number


def national_check_digit(number: str) -> int:
    """The tenth figure that belongs to the first nine."""
    rest = sum(int(number[place]) * (10 - place) for place in range(9)) % 11
    return rest if rest < 2 else 11 - rest


def special_code(text: str) -> str:
    """A code given by an office to somebody without a national ID: X, office, 8 digits, check."""
    code = re.sub(r"[\s-]", "", digits(clean(text))).upper()
    if not re.fullmatch(r"X[A-Z]{3}[0-9]{8}[2-9A-Z]", code):
        raise IdentifierError(
            _l(
                "A special code is X, three letters, 8 digits and one more character, "
                "for example XLON00000017K. Copy it from the letter of the office."
            )
        )
    if check_character(code[:-1]) != code[-1]:
        raise IdentifierError(
            _l("One character of this special code is wrong. Compare it with the letter.")
        )
    return code


def make_special_code(office: str, number: int) -> str:
    """The special code with a running number of an office (its first three letters)."""
    letters = re.sub(r"[^A-Z]", "", office.upper()).ljust(3, "X")[:3]
    body = f"X{letters}{number:08d}"
    return body + check_character(body)


def check_character(body: str) -> str:
    """A character from the safe alphabet that belongs to the code before it."""
    total = sum((place + 1) * int(char, 36) for place, char in enumerate(body))
    return CHECK_ALPHABET[total % len(CHECK_ALPHABET)]


def person_code(text: str) -> str:
    """A national ID or a special code, whichever was typed."""
    plain = digits(clean(text)).strip().upper()
    return special_code(plain) if plain.startswith("X") else national_id(plain)


def is_special(code: str) -> bool:
    """Whether a stored person code is one that an office gave out."""
    return code.startswith("X")


def iran_postal_code(text: str) -> str:
    """Ten figures that do not begin with 0. Raises IdentifierError."""
    number = _figures(text.replace("/", ""), _l("An Iranian postal code has figures only."))
    if len(number) != 10:
        raise IdentifierError(
            _l(
                "An Iranian postal code has 10 digits; you typed %(count)s.",
                count=figures(len(number)),
            )
        )
    if number[0] == "0":
        raise IdentifierError(_l("An Iranian postal code does not begin with 0."))
    return number


def iran_mobile(text: str) -> str:
    """An Iranian mobile number as +989xxxxxxxxx, typed with 09, 9, +98, 0098 or +98 (0)9."""
    number = re.fullmatch(r"(?:(?:00)?98)?0?(9[0-79][0-9]{8})", only_digits(text))
    if not number:
        raise IdentifierError(
            _l("An Iranian mobile number begins with 09 and has 11 digits, like 09121234567.")
        )
    return "+98" + number[1]


def phone(text: str, region: str | None = None) -> str:
    """A telephone number as +<country><number>. `region` helps numbers typed without +.

    Without + a number is refused that is meant for another country, as far as that can be told:
    a mother's 0912… beside an office's own code would be stored as a stranger's number.
    """
    typed = re.sub(r"^00", "+", digits(clean(text)).strip())
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        raise IdentifierError(
            _l("Type the number with its country code, like +44 20 7225 4208.")
        ) from None
    if region and not typed.startswith("+") and (doubt := _meant_elsewhere(typed, number, region)):
        raise IdentifierError(doubt)
    stored = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if fault := _phone_fault(number, len(stored) - 1):
        raise IdentifierError(fault)
    return stored


def _meant_elsewhere(typed: str, here: phonenumbers.PhoneNumber, region: str) -> object | None:
    """What to do with a number without + that is of Iran, or of the country whose code it begins
    with, and none that the chosen country gives out. An Iranian mobile is asked about also where
    it is a number of another kind there (09121234567 may be a landline near Nuremberg)."""
    known = phonenumbers.is_valid_number(here)
    iranian = _given_out(typed, "IR")
    if iranian and region != "IR":
        mobile = phonenumbers.number_type(iranian) == phonenumbers.PhoneNumberType.MOBILE
        of_another_kind = mobile and phonenumbers.number_type(here) not in _MOBILES
        of_tehran = str(iranian.national_number).startswith("21")
        if of_another_kind or (not known and of_tehran):
            return _l(
                "This looks like a number in Iran: choose Iran (+98) as its country code. "
                "Otherwise type it with + and its own code."
            )
    if not known and _given_out("+" + only_digits(typed), None):
        return _l("This begins with a country code: type + before it.")
    return None


def _given_out(typed: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    """The number that this is in a country, None where no such number is given out."""
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _phone_fault(number: phonenumbers.PhoneNumber, length: int) -> object | None:
    """Why nobody abroad could dial it: a number without its area code is too short as well."""
    result = phonenumbers.ValidationResult
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason in (result.TOO_SHORT, result.IS_POSSIBLE_LOCAL_ONLY):
        return _l("This number is too short for its country. Is a digit missing?")
    if reason == result.TOO_LONG:
        return _l("This number is too long for its country. Is a digit too many?")
    if reason != result.IS_POSSIBLE:
        return _l("No country has a number like this. Check the country code.")
    if not PHONE_DIGITS[0] <= length <= PHONE_DIGITS[1]:
        return _l(
            "With its country code a number has %(least)s to %(most)s digits; this one has"
            " %(count)s.",
            least=figures(PHONE_DIGITS[0]),
            most=figures(PHONE_DIGITS[1]),
            count=figures(length),
        )
    return None


@cache
def dialling_codes() -> dict[str, str]:
    """Country → the code that is dialled before its numbers, like +44."""
    return {
        country: f"+{code}"
        for code, countries in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
        for country in countries
        if country.isalpha()
    }


def phone_parts(number: str) -> tuple[str, str]:
    """The country of a stored number and how it is dialled there.

    ("", the whole number) where the two would not be read as the same number again.
    """
    parsed = phonenumbers.parse(number, None)
    country = phonenumbers.region_code_for_number(
        parsed
    ) or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    there = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    try:
        same = country in dialling_codes() and phone(there, country) == number
    except IdentifierError:
        same = False
    return (country, there) if same else ("", number)


def show_phone(number: str) -> str:
    """A stored number in groups, to be read and dialled."""
    parsed = phonenumbers.parse(number, None)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def passport_no(text: str) -> str:
    """An Iranian passport number: one Latin letter and 8 figures."""
    number = re.sub(r"[\s-]", "", digits(clean(text))).upper()
    if re.fullmatch(r"[A-Z][0-9]{8}", number):
        return number
    if re.fullmatch(r"[0-9]{8}", number):
        raise IdentifierError(_l("The letter before the 8 digits is missing, like K12345678."))
    raise IdentifierError(
        _l("An Iranian passport number is one letter and 8 digits, like K12345678.")
    )


def foreign_passport_no(text: str) -> str:
    """A foreign passport number: 4 to 20 letters and figures."""
    number = re.sub(r"[\s-]", "", digits(clean(text))).upper()
    if not re.fullmatch(r"[A-Z0-9]{4,20}", number):
        raise IdentifierError(
            _l("A passport number has 4 to 20 Latin letters and digits and nothing else.")
        )
    return number


def iban(text: str) -> str:
    """An international account number with right check figures; 24 bare digits are a Sheba."""
    number = re.sub(r"[\s-]", "", digits(clean(text))).upper()
    if re.fullmatch(r"[0-9]{24}", number):
        number = "IR" + number
    if number.startswith("IR") and len(number) != 26:
        raise IdentifierError(
            _l(
                "A Sheba number is IR and 24 digits; you typed %(count)s characters.",
                count=figures(len(number)),
            )
        )
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}", number):
        raise IdentifierError(_l("An IBAN begins with two letters and two digits."))
    if int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97 != 1:
        raise IdentifierError(_l("One character of this IBAN is wrong. Compare it once more."))
    return number


def email(text: str) -> str:
    """An e-mail address in the form that we store. Raises IdentifierError (with a hint).

    What stands around a copied one (mailto:, a name with <>, a comma behind it) falls away.
    """
    plain = re.sub(r"^.*<([^<>]*)>.*$|^mailto:", r"\1", digits(clean(text)).lower())
    address = re.sub(r"\s", "", plain).strip(",;:،؛.\"'()[]")
    if address.count("@") != 1:
        raise IdentifierError(_l("An e-mail address has one @, like name@example.com."))
    name, domain = address.split("@")
    if len(address) > 254:
        raise IdentifierError(_l("This e-mail address is too long."))
    if strange := next((sign for sign in name if not sign.isascii()), None):
        raise IdentifierError(
            _l("Before @ there is a “%(sign)s”. Use Latin letters only (A to Z).", sign=strange)
        )
    domain = _ascii_domain(domain)
    if not domain or ".." in address or not _MAIL.fullmatch(f"{name}@{domain}"):
        raise IdentifierError(
            _l("This e-mail address is not complete. It looks like name@example.com.")
        )
    return f"{name}@{domain}"


def email_hint(address: str) -> str | None:
    """The stored address that was probably meant (gmial.com → gmail.com), or None."""
    name, _, domain = address.partition("@")
    meant = _MAIL_TYPOS.get(domain.encode().decode("idna"))
    return f"{name}@{meant}" if meant else None


def _ascii_domain(domain: str) -> str:
    """Empty for what is no domain (it has a comma), also where the old rules would make another
    one (ß → ss)."""
    if not all(sign in ".-" or category(sign)[0] in "LMN" for sign in normalize("NFC", domain)):
        return ""
    try:
        plain = domain.encode("idna").decode() if domain else ""
        same = plain.encode().decode("idna") == normalize("NFC", domain.lower())
    except UnicodeError:
        return ""
    return plain if same or domain.isascii() else ""


def _figures(text: str, message: object) -> str:
    plain = re.sub(r"[\s-]", "", digits(clean(text)))
    if not (plain.isascii() and (plain.isdecimal() or not plain)):
        raise IdentifierError(message)
    return plain
