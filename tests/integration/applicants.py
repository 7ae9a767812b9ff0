"""Applicants and clerks for tests: signed in, walking through a request page by page.

The walk uses the pages' own forms, as a browser without JavaScript would.
"""

import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image, ImageDraw

from core import clock
from core.accounts.models import Account
from core.actor import Actor
from core.catalogue import reader
from core.catalogue.definition import Definition, Sample
from core.catalogue.fields import type_of
from core.demo import cases
from core.documents import inspection
from core.requests import definitions
from core.requests.models import ServiceRequest
from core.requests.situation import Situation, situation_of
from core.requests.tracking import new_code
from core.sessions import actions as sessions
from tenants.database import db
from tenants.scope import office
from tests.conftest import national_id
from tests.critic import Page, Visitor

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOT_PROFILE = ("age", "email", "national_id", "special_code")
CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b")
_shade = itertools.count(1)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon of one day in the files that name this."""
    with clock.at(NOON):
        yield


def sign_in(
    app: Flask, profile: dict[str, Any], *, site: str = "london", lang: str = "fa"
) -> tuple[Visitor, UUID]:
    """A visitor at the office, signed in as a new person with this profile."""
    number = national_id()
    name = f"{profile.get('first_name_fa', '')} {profile.get('last_name_fa', '')}".strip()
    with app.app_context(), office(site):
        account = Account(
            state="active",
            email=f"a{number}@example.org",
            person_code=number,
            lang=lang,
            name_fa=name,
            profile={key: value for key, value in profile.items() if key not in NOT_PROFILE},
        )
        db.session.add(account)
        db.session.flush()
        names = {"fa": name, "en": name}
        cookie, _ = sessions.start(
            "applicant", account.id, names=names, factors=("code",), lang=lang
        )
        account_id = account.id
    visitor = _with_cookie(app, site, lang, cookie)
    visitor.account_id = account_id
    return visitor, account_id


def clerk(name: str, *roles: str) -> Actor:
    """Somebody of the staff, for acts that need no page."""
    return Actor(kind="staff", id=UUID(int=next(_shade)), name=name, roles=frozenset(roles))


def _with_cookie(app: Flask, site: str, lang: str, cookie: str) -> Visitor:
    visitor = Visitor(app, f"{site}.{app.extensions['settings'].base_domain}", lang)
    visitor.client.set_cookie("mikhak", cookie, domain=visitor.host)
    return visitor


def picture(width: int = 300, height: int = 400) -> io.BytesIO:
    """A picture that no test has sent before."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    step = next(_shade)
    for offset in range(0, width, 30):
        draw.line([(offset, 0), (width - offset, height - step % 50)], fill="black", width=3)
    out = io.BytesIO()
    image.save(out, "JPEG")
    out.seek(0)
    return out


def held(app: Flask, request_id: str, site: str = "london") -> Situation:
    """The request as the office has it now."""
    with app.app_context(), office(site, read_only=True):
        found = situation_of(db.session.get_one(ServiceRequest, UUID(request_id)))
        _ = found.facts, found.uploads, found.handed, found.params, found.quote
        _ = dict(found.facts["references"])
        return found


def boxes_of_sample(definition: Definition, key: str, sample: Sample) -> dict[str, Any]:
    """What a person types into a section to give the sample's answers."""
    section = definition.section(key)
    assert section is not None
    boxes: dict[str, Any] = {}
    for field in section.fields:
        if field.key not in sample.answers:
            continue
        for name, texts in type_of(field).to_form(field, sample.answers[field.key]).items():
            boxes[_as_drawn(name)] = texts if len(texts) > 1 else texts[0]
    return boxes


def _as_drawn(name: str) -> str:
    """The page's box of the day is the date itself."""
    return name.removesuffix(".day") if name.endswith(".day") else name


def begin(visitor: Visitor, code: str) -> str:
    """From the service's page to a fresh draft; its id."""
    visitor.get(f"/services/{code}")
    assert visitor.page.status == 200
    visitor.get(f"/requests/new/{code}")
    page = visitor.submit(form="_once")
    assert page.status == 200, page.text[:500]
    return page.url.rpartition("/")[2]


def fill_sections(app: Flask, visitor: Visitor, request_id: str, sample: Sample) -> None:
    """Every section that applies, in order, as the sample answers it."""
    done: set[str] = set()
    while True:
        situation = held(app, request_id)
        todo = [section for section in situation.sections if section.key not in done]
        if not todo:
            return
        key = todo[0].key
        done.add(key)
        page = fill_section(visitor, request_id, situation.definition, key, sample)
        assert page.status == 200, (key, page.text[:1500])


def fill_section(
    visitor: Visitor, request_id: str, definition: Definition, key: str, sample: Sample
) -> Page:
    """One section as the sample answers it."""
    address = f"/requests/{request_id}/sections/{key}"
    page = visitor.get(address)
    assert page.status == 200, (key, page.text[:600])
    fields = boxes_of_sample(definition, key, sample)
    keys = {field.key for field in definition.section(key).fields}
    empty = {
        name: None
        for name in (element.get("name") for element in page.form(address).iter())
        if name and name.partition(".")[0] in keys and name not in fields
    }
    return visitor.submit({**empty, **fields}, form=address)


def hand_in_all(app: Flask, visitor: Visitor, request_id: str) -> None:
    """A picture for every upload that is asked and required."""
    for ask in held(app, request_id).uploads:
        if not ask.required:
            continue
        for _ in range(ask.min):
            upload(visitor, request_id, ask.key)


def upload(
    visitor: Visitor, request_id: str, key: str, file: Any = None, name: str = "scan.jpg"
) -> Page:
    """One file through the page of the documents."""
    page = visitor.get(f"/requests/{request_id}/documents")
    form = next(f for f in page.forms() if any(e.get("name") == key for e in f.iter()))
    token = next(e.get("value") for e in form.iter() if e.get("name") == "csrf_token")
    return visitor.post(
        f"/requests/{request_id}/documents",
        {"csrf_token": token, "_key": key, key: (file or picture(), name)},
    )


def submit(visitor: Visitor, request_id: str) -> Page:
    """From the check page, with every declaration ticked."""
    page = visitor.get(f"/requests/{request_id}/check")
    assert page.url.endswith("/check"), page.text[:1500]
    declared = [e.get("value") for e in page.root.iter("input") if e.get("name") == "declared"]
    return visitor.submit({"declared": declared}, form="declared")


def whole_request(app: Flask, visitor: Visitor, code: str, sample: Sample) -> str:
    """A submitted request with the sample's answers; its id."""
    request_id = begin(visitor, code)
    fill_sections(app, visitor, request_id, sample)
    hand_in_all(app, visitor, request_id)
    page = submit(visitor, request_id)
    assert page.status == 200 and page.url.endswith("/submitted"), page.text[:1500]
    return request_id


@pytest.fixture(autouse=True, scope="module")
def same_papers() -> Iterator[None]:
    """Equal papers are looked at once in a file of tests that takes this in."""
    with inspection.remembering():
        yield


def filed(app: Flask, visitor: Visitor, definition: Definition, sample: Sample) -> str:
    """A request of whoever is signed in there, submitted without its pages; its id."""
    assert visitor.account_id
    with app.app_context(), office("london"):
        person = Actor(kind="applicant", id=visitor.account_id, office="london")
        return str(cases.file(person, definition, sample).id)


def with_references(app: Flask, account_id: UUID, sample: Sample, code: str) -> Sample:
    """The sample with real requests of this person in the place of those it refers to."""
    definition = reader.load_all()[code]
    real = {
        key: {"request": _approved(app, account_id, definition.fields[key].rules)}
        for key, value in sample.answers.items()
        if isinstance(value, dict) and "request" in value
    }
    return replace(sample, answers={**sample.answers, **real})


def _approved(app: Flask, account_id: UUID, rules: Any) -> str:
    """An earlier request of the person that fits what is asked for."""
    with app.app_context(), office("london"):
        definition = next(iter(reader.load_all().values()))
        definitions.keep(definition)
        earlier = ServiceRequest(
            account_id=account_id,
            service_code=rules.get("services", ["P02"])[0],
            service_ref=rules.get("services", ["P02"])[0],
            service_group="S",
            service_title={"fa": "پرونده دانشجویی", "en": "Student file"},
            definition_hash=definition.hash,
            flow="V",
            status=rules.get("states", ["approved_online"])[0],
            tracking_code=new_code(),
            submitted_at=NOON,
        )
        db.session.add(earlier)
        db.session.flush()
        return str(earlier.id)
