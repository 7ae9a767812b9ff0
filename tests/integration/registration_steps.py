"""How people register and sign in, as steps that tests share."""

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image, ImageDraw

from core import passwords
from core.accounts.models import Account
from core.clock import now
from tenants.database import db
from tenants.scope import office
from tests.conftest import Mailbox
from tests.critic import Page, Visitor

Visit = Callable[..., Visitor]
GROUPED = re.compile(r"\b(\d{4} \d{4})\b")
PASSWORD = "کفش آبی هفت دریا"


def solve(someone: Visitor) -> str:
    """Do the work of the security check for real."""
    response = someone.client.get(
        "/enter/challenge.json", base_url=f"http://{someone.host}", headers={"Host": someone.host}
    )
    task = response.get_json()
    for number in range(task["maxNumber"] + 1):
        if hashlib.sha256(f"{task['salt']}{number}".encode()).hexdigest() == task["challenge"]:
            keys = ("algorithm", "challenge", "salt", "signature")
            answer = {**{key: task[key] for key in keys}, "number": number}
            return base64.b64encode(json.dumps(answer).encode()).decode()
    raise AssertionError("the work has no solution")


def ask(someone: Visitor, person: dict[str, str], *, follow: bool = True) -> Page:
    """Ask for a code."""
    someone.get("/enter")
    return someone.submit({**person, "altcha": solve(someone)}, form="email", follow=follow)


def code_in(mailbox: Mailbox, address: str) -> str:
    """The code of the newest mail."""
    found = GROUPED.search(mailbox.text(mailbox.newest(address)))
    assert found, mailbox.text(mailbox.newest(address))
    return found[1]


def link_in(mailbox: Mailbox, address: str) -> str:
    """The path of the link of the newest mail."""
    found = re.search(r"http://[^/\s]+(/enter/\S+)", mailbox.text(mailbox.newest(address)))
    assert found, mailbox.text(mailbox.newest(address))
    return found[1]


def come_in(someone: Visitor, mailbox: Mailbox, person: dict[str, str]) -> Page:
    """Ask for a code and type it."""
    assert ask(someone, person).status == 200
    return someone.submit({"code": code_in(mailbox, person["email"])}, form="code")


@pytest.fixture(scope="module")
def newcomer(visitor: Visit, mailbox: Mailbox, person: Callable[[], dict[str, str]]) -> Visitor:
    """Somebody who has come in and has said nothing yet, for tests after which that is so still."""
    someone = visitor("london")
    come_in(someone, mailbox, person())
    return someone


def portrait() -> io.BytesIO:
    """A picture that may pass for a photo."""
    picture = Image.new("RGB", (600, 800), (235, 235, 235))
    ImageDraw.Draw(picture).ellipse((166, 166, 434, 566), fill=(190, 150, 120))
    stream = io.BytesIO()
    picture.save(stream, "JPEG")
    stream.seek(0)
    return stream


IDENTITY = {
    "first_name_fa": "مریم",
    "last_name_fa": "علي‌پور",
    "first_name_en": "Maryam",
    "last_name_en": "Alipour",
    "father_name_fa": "رضا",
    "gender": "female",
    "birth_date.calendar": "jalali",
    "birth_date": "۱۲",
    "birth_date.month": "۷",
    "birth_date.year": "۱۳۶۵",
    "birth_country": "IR",
    "birth_city": "شیراز",
    "shenasnameh_no": "۱۲۳۴",
    "shenasnameh_issue_place": "شیراز",
    "marital_status": "single",
}
RESIDENCE = {
    "res_state": "Greater London",
    "res_country": "GB",
    "res_city": "London",
    "res_address_local": "16 Prince's Gate",
    "res_postal_code": "sw7 1pt",
}
PERMIT = {"residency_type": "citizen"}
PERMIT_MORE = {"foreign_passport_no": "123456789", "foreign_passport_country": "GB"}
CONTACT = {"mobile_abroad": "۰۰۴۴ ۷۷۰۰ ۹۰۰۱۲۳", "preferred_language": "fa"}


def fill_in(someone: Visitor) -> Page:
    """All steps up to the preview."""
    someone.submit(IDENTITY, form="first_name_fa")
    someone.submit({"photo": (portrait(), "me.jpg")}, form="photo")
    someone.submit(RESIDENCE, form="res_city")
    someone.submit(PERMIT, form="residency_type")
    someone.submit(PERMIT_MORE, form="foreign_passport_no")
    return someone.submit(CONTACT, form="mobile_abroad")


def confirm(someone: Visitor) -> Page:
    """Accept and confirm on the preview."""
    someone.get("/register/preview")
    return someone.submit({"consent_terms": "1405-1"}, form="consent_terms")


def register(someone: Visitor, mailbox: Mailbox, person: dict[str, str]) -> Page:
    """A new person with an active account."""
    come_in(someone, mailbox, person)
    fill_in(someone)
    return confirm(someone)


def registered(app: Flask, person: dict[str, str], *, password: str | None = None) -> None:
    """Somebody whose account is active already, without walking through the wizard."""
    profile = {"first_name_fa": "مریم", "last_name_fa": "علی‌پور", "first_name_en": "MARYAM"}
    profile |= {"last_name_en": "ALIPOUR", "birth_date": "1986-10-04", "gender": "female"}
    profile |= {"res_country": "GB", "res_city": "London", "res_postal_code": "SW7 1PT"}
    profile |= {"res_address_local": "16 Prince's Gate", "residency_type": "permanent"}
    with app.app_context(), office("london"):
        db.session.add(
            Account(
                email=person["email"],
                person_code=person["national_id"],
                state="active",
                name_fa="مریم علی‌پور",
                name_en="MARYAM ALIPOUR",
                profile=profile,
                steps_done=["identity", "photo", "residence", "permit", "contact"],
                password_hash=passwords.hash_password(password) if password else None,
                activated_at=now(),
            )
        )


def wrong(code: str) -> str:
    """Another code than this one."""
    return f"{(int(code.replace(' ', '')) + 1) % 100_000_000:08d}"


def sign_in(someone: Visitor, who: dict[str, str], password: str) -> Page:
    """Come in with a fixed password."""
    someone.get("/enter/password")
    return someone.submit({**who, "password": password, "altcha": solve(someone)}, form="password")
