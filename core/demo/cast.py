"""The people of the demo: staff of each office, the ministry's superadmin, applicants."""

import base64
import hmac
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

import phonenumbers
import pyotp
from werkzeug.datastructures import MultiDict

from config.settings import Settings
from core.accounts import actions as accounts
from core.accounts import profile
from core.accounts.models import Account
from core.actor import Actor
from core.catalogue import answers
from core.clock import now
from core.demo.paper import portrait
from core.passwords import hash_password
from core.staff import actions as staff
from tenants.database import db
from tenants.scope import current_office

PASSWORD = "Carnation in the window"  # noqa: S105 - demo people only; production refuses them
FILE = "demo-people.json"
OFFICES = ("london", "istanbul", "baghdad", "tokyo")


@dataclass(frozen=True)
class Employee:
    """One of the staff: what they may, and how they are called."""

    key: str
    roles: tuple[str, ...]
    fa: str
    en: str

    def email(self, place: str) -> str:
        """The address that the demo signs in with."""
        return f"{self.key}@{place}.example"


STAFF = (
    Employee("consul", ("consul",), "کامران سعیدی", "Kamran Saeedi"),
    Employee("passports", ("passport_clerk",), "مریم کاظمی", "Maryam Kazemi"),
    Employee("notary", ("notarial_clerk",), "رضا فرهمند", "Reza Farahmand"),
    Employee("students", ("student_clerk",), "سحر امینی", "Sahar Amini"),
    Employee("registry", ("registry_clerk", "social_clerk"), "بهزاد نوروزی", "Behzad Norouzi"),
    Employee("counter", ("counter",), "لیلا شریفی", "Leila Sharifi"),
    Employee("cashier", ("cashier",), "حمید صادقی", "Hamid Sadeghi"),
    Employee("supervision", ("supervisor",), "فریبا دادگر", "Fariba Dadgar"),
    Employee("supervision2", ("supervisor",), "نوید سپهری", "Navid Sepehri"),
    Employee("admin", ("admin",), "نرگس توکلی", "Narges Tavakoli"),
)
SUPERADMIN = Employee("superadmin", ("superadmin",), "پرویز آرام", "Parviz Aram")
MINISTRY = (
    SUPERADMIN,
    Employee("catalogue", ("catalogue_admin",), "مهناز روشن", "Mahnaz Roshan"),
    Employee("inspector", ("inspector",), "ایرج کیانی", "Iraj Kiani"),
)

MEN = (
    ("آرش", "ARASH", "نیک‌سرشت", "NIKSERESHT"),
    ("امیرحسین", "AMIRHOSSEIN", "توکلی", "TAVAKOLI"),
    ("بهرام", "BAHRAM", "یزدان‌پناه فروغی", "YAZDANPANAH FOROUGHI"),
    ("سینا", "SINA", "کریمی", "KARIMI"),
)
WOMEN = (
    ("نیلوفر", "NILOUFAR", "رضایی‌نژاد", "REZAEINEJAD"),
    ("سارا", "SARA", "محمدپور", "MOHAMMADPOUR"),
    ("شیرین", "SHIRIN", "رضایی", "REZAEI"),
    ("لیلا", "LEILA", "احمدی", "AHMADI"),
)
# What a persona of the samples leaves open and the registration asks.
USUAL = {
    "mother_name_fa": "زهرا",
    "shenasnameh_issue_place": "تهران",
    "passport_issue_place": "تهران",
    "res_state": "مرکز",
    "res_address_local": "12 Rose Lane, Flat 3",
    "mobile_abroad": "+447400123456",
    "residence_doc_no": "RP1234567",
    "residence_issue_date": "2023-01-15",
    "residence_expiry": "2031-01-01",
    "foreign_passport_no": "X1234567",
    "foreign_passport_country": "GB",
    "preferred_language": "fa",
}


def whole(known: Mapping[str, Any]) -> dict[str, Any]:
    """The profile of a sample's person, with what it leaves open and the registration asks."""
    usual = dict(USUAL)
    if known["gender"] == "male":
        usual["military_status"] = "completed"
    if known.get("marital_status") == "married":
        usual["spouse_nationality"] = "iranian"
    return {**usual, **known}


def booklet(known: Mapping[str, Any], person_code: str) -> dict[str, str]:
    """The number of the birth certificate: from 1369 on the national ID."""
    late = date.fromisoformat(known["birth_date"]) >= profile.ONE_NUMBER_FROM
    return {"shenasnameh_no": person_code if late else "13542"}


def contact(place: str) -> MultiDict[str, str]:
    """How the demo's office is reached: a number that is nobody's, at an address that is none."""
    region = current_office().country_code
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.FIXED_LINE)
    assert number is not None
    return MultiDict({
        "phone": phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        "email": f"office@{place}.example",
        "address_fa": "خیابان میخک، شماره ۱",
        "address_en": "1 Carnation Street",
        "hours_fa": "مراجعه ۹ تا ۱۲، پاسخ‌گویی تلفنی ۱۴ تا ۱۶",
        "hours_en": "visits 9:00 to 12:00, telephone 14:00 to 16:00",
    })  # fmt: skip


def totp_secret(settings: Settings, email: str) -> str:
    """Each installation's own second factor for a demo person, the same at every start."""
    digest = hmac.new(settings.secret_key.encode(), f"demo totp {email}".encode(), sha256).digest()
    return base64.b32encode(digest[:20]).decode()


def current_code(settings: Settings, email: str) -> str:
    """The six digits that the person's phone would show now."""
    return pyotp.TOTP(totp_secret(settings, email)).now()


def employ(settings: Settings, place: str, one: Employee) -> Actor:
    """Make a member of staff who can sign in at once; in the scope of the place."""
    email = one.email(place)
    person = staff.create_active_staff(
        env=settings.env,
        email=email,
        name_fa=one.fa,
        name_en=one.en,
        roles=one.roles,
        password_hash=_password_hash(),
        totp_secret=totp_secret(settings, email),
    )
    kind = "ministry" if one in MINISTRY else "staff"
    return Actor(kind=kind, id=person.id, name=one.fa, roles=frozenset(one.roles))


def applicant(place: str, number: int, known: Mapping[str, Any], chance: random.Random) -> Actor:
    """Register somebody with such a whole profile, under a name of their own."""
    names = (MEN if known["gender"] == "male" else WOMEN)[number % 4]
    person_code = _national_id(chance)
    address = f"{_plain(names[1])}{number // 4 + 1 if number >= 4 else ''}@{place}.example"
    keys = ("first_name_fa", "first_name_en", "last_name_fa", "last_name_en")
    known = {**known, **dict(zip(keys, names, strict=True)), **booklet(known, person_code)}
    account = Account(email=address, person_code=person_code)
    db.session.add(account)
    db.session.flush()
    actor = Actor(kind="applicant", id=account.id, name=f"{names[0]} {names[2]}", office=place)
    for step in profile.sections():
        facts: dict[str, Any] = {**profile.facts(account), **known}
        accounts.save_step(actor, step, answers.form_of(step, facts))
    accounts.keep_photo(actor, portrait(), "portrait.jpg")
    accounts.activate(actor, accepted=profile.terms_version(), client="demo")
    account.password_hash, account.password_set_at = _password_hash(), now()
    return actor


def remember(settings: Settings, place: str, applicants: dict[str, str]) -> None:
    """Keep who the applicants of a place are (e-mail → national ID), for the page of sign-ins."""
    known = {**remembered(settings), place: applicants}
    (settings.home / FILE).write_text(json.dumps(known, indent=1))


def remembered(settings: Settings) -> dict[str, dict[str, str]]:
    """Place → its demo applicants (e-mail → national ID)."""
    try:
        known: dict[str, dict[str, str]] = json.loads((settings.home / FILE).read_text())
    except FileNotFoundError:
        return {}
    return known


@cache
def _password_hash() -> str:
    """One for all of them: they share the password, and a hash is slow on purpose."""
    return hash_password(PASSWORD)


def _plain(name: str) -> str:
    return name.lower().replace(" ", "")


def _national_id(chance: random.Random) -> str:
    digits = f"{chance.randrange(10**8, 10**9)}"
    rest = sum(int(digit) * (10 - at) for at, digit in enumerate(digits)) % 11
    return f"{digits}{rest if rest < 2 else 11 - rest}"
