"""The profile: its steps as data (config/reference/registration.toml), read as a service's form.

The same question types, conditions and words as in any service's form; only what data can't say
is here: the age of an account holder, letters in names, postal codes of a country.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l

from core.accounts.models import Account
from core.catalogue import build, reference
from core.catalogue.definition import Field, Section
from core.catalogue.fields import read_fields, type_of, visible
from core.catalogue.fields.base import Form
from core.catalogue.node import Fault, Node
from core.clock import today
from core.dates import years_between
from core.identifiers import is_special
from core.text import digits, fold
from tenants.scope import current_office

ADULT = 18
IDENTITY, RESIDENCE, PERMIT, CONTACT = "identity", "residence", "permit", "contact"
PHOTO = "photo"
STEPS = (IDENTITY, PHOTO, RESIDENCE, PERMIT, CONTACT)
NAMES_FA = (
    "first_name_fa",
    "last_name_fa",
    "previous_last_name",
    "father_name_fa",
    "mother_name_fa",
)
NAMES_EN = ("first_name_en", "last_name_en")
_LETTERS_FA = re.compile(r"[\u0621-\u063a\u0641-\u0655\u0670-\u06d3\u200c ]+")
_LETTERS_EN = re.compile(r"[A-Z '\-]+")
# A letter and two digits, either first, as people copy it: «الف ۱۲», «12/ب».
_LETTER, _DIGITS = r"(?:الف|[آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی])", r"[0-9]{2}"
_SERIES = re.compile(rf"{_LETTER}[ /-]*{_DIGITS}|{_DIGITS}[ /-]*{_LETTER}")
# 1 Farvardin 1369: who was born from then on has the national ID as number of the booklet.
ONE_NUMBER_FROM = date(1990, 3, 21)
# Only where a wrong code is certain; elsewhere whatever was typed is taken.
POSTAL_CODES = {
    "AT": (r"\d{4}", "1010"), "AU": (r"\d{4}", "2600"),
    "CA": (r"[A-Z]\d[A-Z][ -]?\d[A-Z]\d", "K1A 0B1"),
    "CH": (r"\d{4}", "3000"), "CN": (r"\d{6}", "100600"), "DE": (r"\d{5}", "10117"),
    "ES": (r"\d{5}", "28002"), "FR": (r"\d{5}", "75016"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]?[ -]?\d[A-Z]{2}", "SW7 1EJ"), "IN": (r"\d{3}[ -]?\d{3}", "110001"),
    "IT": (r"\d{5}", "00161"), "JP": (r"\d{3}[ -]?\d{4}", "106-0047"),
    "NL": (r"\d{4}[ -]?[A-Z]{2}", "2514 BM"), "RU": (r"\d{6}", "101000"),
    "SE": (r"\d{3}[ -]?\d{2}", "181 32"), "TR": (r"\d{5}", "34110"),
    "US": (r"\d{5}(-\d{4})?", "20007"),
}  # fmt: skip

_COUNTRY_BEFORE_CODE = re.compile(r"^[A-Z]{1,3}[ -]+(?=\d{4})")  # D-10117, as on an envelope


@cache
def sections() -> tuple[Section, ...]:
    """The sections of the profile in order."""
    faults: list[Fault] = []
    found = build.sections(
        Node({"sections": reference.table("registration")["sections"]}, (), faults)
    )
    if faults:
        raise ValueError("; ".join(f"{fault.path}: {fault.message}" for fault in faults))
    return tuple(found)


def section(key: str) -> Section | None:
    """The section of a step; the photo has none."""
    return next((item for item in sections() if item.key == key), None)


def terms_version() -> str:
    """Which terms are accepted at the moment."""
    return str(reference.table("registration")["terms_version"])


def facts(account: Account) -> dict[str, Any]:
    """What conditions may ask about the person, by field key."""
    office = current_office()
    born = account.profile.get("birth_date")
    day = today(office.timezone)
    others = ("other_nationality", "second_other_nationality")
    return {
        **account.profile,
        "other_nationality": [account.profile[key] for key in others if account.profile.get(key)],
        "national_id": None if is_special(account.person_code) else account.person_code,
        "special_code": account.person_code if is_special(account.person_code) else None,
        "email": account.email,
        "age": years_between(date.fromisoformat(born), day) if born else None,
        "today": day,
        "office.country_code": office.country_code,
    }


def read(account: Account, step: Section, form: Form) -> tuple[dict[str, Any], dict[str, Any]]:
    """The step's answers and what is wrong with them, by field key."""
    known = facts(account)
    values, errors = read_fields(step.fields, form, "", known)
    if code := values.get("res_postal_code"):
        values["res_postal_code"] = _COUNTRY_BEFORE_CODE.sub("", code)
    for key, fault in _faults_beyond_data(values, known):
        errors.setdefault(key, fault)
    return values, errors


def missing(account: Account) -> list[str]:
    """The steps that are not complete yet."""
    return [step for step in STEPS if step not in account.steps_done]


def apply(account: Account, step: Section, values: Mapping[str, Any], *, whole: bool) -> None:
    """Store the answers of a step; answers to questions that no longer apply are dropped.

    `whole` says that the step is complete; a draft is kept, but the step stays open.
    """
    kept = {key: value for key, value in account.profile.items() if not _belongs(step, key)}
    account.profile = {**kept, **{key: value for key, value in values.items() if value is not None}}
    others = [done for done in account.steps_done if done != step.key]
    account.steps_done = [*others, step.key] if whole else others
    if whole and step.key == IDENTITY:
        _copy_identity(account)
    if whole and step.key == CONTACT:
        account.lang = account.profile.get("preferred_language", account.lang)


def shown(account: Account, step: Section, lang: str) -> list[tuple[Field, str]]:
    """The questions of a step that apply, each with the answer in words."""
    known = facts(account)
    return [
        (item, type_of(item).show(item, account.profile.get(item.key), lang))
        for item in visible(step.fields, known)
    ]


def permit_expired(account: Account) -> bool:
    """Whether the person's permit to stay is over, which changes what can be asked for."""
    expiry = account.profile.get("residence_expiry")
    return bool(expiry) and date.fromisoformat(str(expiry)) < today(current_office().timezone)


def _belongs(step: Section, key: str) -> bool:
    return any(item.key == key for item in step.fields)


def _copy_identity(account: Account) -> None:
    """The few columns that sign-in, search and rules ask for."""
    profile = account.profile
    account.name_fa = f"{profile['first_name_fa']} {profile['last_name_fa']}"
    account.name_en = f"{profile['first_name_en']} {profile['last_name_en']}"
    account.birth_date = date.fromisoformat(profile["birth_date"])
    account.search_key = fold(f"{account.name_fa} {account.name_en} {account.person_code}")


def _faults_beyond_data(
    values: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    for check in (_faults_of_names, _faults_of_age, _faults_of_booklet, _faults_of_place):
        yield from check(values, known)


def _faults_of_names(values: Mapping[str, Any], _: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for keys, letters, told in (
        (
            NAMES_FA,
            _LETTERS_FA,
            _l("A name has Persian letters and spaces only, as in the booklet."),
        ),
        (
            NAMES_EN,
            _LETTERS_EN,
            _l("A name has Latin letters, spaces, hyphens and apostrophes only."),
        ),
    ):
        for key in keys:
            if values.get(key) and not letters.fullmatch(values[key]):
                yield key, told


def _faults_of_age(
    values: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    born = values.get("birth_date")
    if born and years_between(date.fromisoformat(born), known["today"]) < ADULT:
        yield (
            "birth_date",
            _l(
                "An account is for people of 18 years and more. A parent or guardian opens one and "
                "files for the child from there."
            ),
        )


def _faults_of_booklet(
    values: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """services.md §1.2: the series is a letter and two digits; from 1369 on there is one number.

    Cards of those born from then on show a 0 where the booklet's own number stood.
    """
    series, number = values.get("shenasnameh_series"), values.get("shenasnameh_no")
    if series and not _SERIES.fullmatch(digits(series)):
        yield "shenasnameh_series", _l("The series is one letter and two digits, such as ب۱۲.")
    born, national_id = values.get("birth_date"), known.get("national_id")
    if not (born and number and national_id):
        return
    if date.fromisoformat(born) >= ONE_NUMBER_FROM and int(number) not in (0, int(national_id)):
        yield (
            "shenasnameh_no",
            _l("For people born after 1368 the number of the booklet is the national ID."),
        )


def _faults_of_place(values: Mapping[str, Any], _: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    pattern, example = POSTAL_CODES.get(values.get("res_country") or "", (None, ""))
    typed = values.get("res_postal_code")
    if pattern and typed and not re.fullmatch(pattern, typed):
        yield (
            "res_postal_code",
            _l("In this country a postal code looks like %(example)s.", example=example),
        )
