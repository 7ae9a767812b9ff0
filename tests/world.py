"""A populated world for tests: offices and the ministry with people who are signed in.

Each office has three applicants (`owner` of a submitted request, a draft and their documents,
`neighbour`, who has nothing, `newcomer`, who is still registering) and one member of staff for each
role, named by the role. Requests and documents are made by the same actions as on the pages.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from uuid import UUID, uuid4

from flask import Flask

from core import clock
from core.accounts import actions as accounts
from core.accounts import special_codes
from core.accounts.models import Account
from core.actor import Actor
from core.catalogue import reader
from core.demo import cases
from core.demo.cast import USUAL
from core.demo.paper import document, portrait
from core.documents import queries as documents
from core.rehearsal import actions as rehearsal
from core.requests import actions as requests
from core.requests.models import ServiceRequest
from core.requests.situation import situation_of
from core.requests.tracking import new_code
from core.sessions import actions as sessions
from core.sessions import queries as live
from core.staff import signing_in
from core.staff.models import MinistryPasskey, MinistryPerson, StaffMember, StaffPasskey
from core.staff.roles import ROLES
from core.staff.signing_in import Visit
from tenants.database import db
from tenants.scope import ministry, office
from tests.conftest import national_id
from tests.critic import Visitor

SERVICE, SAMPLE = "power-of-attorney", "plain"
FILED_AT = datetime(2026, 11, 20, 9, tzinfo=UTC)  # the samples' dates fit to this day
MINISTRY = "ministry"
OFFICE_ROLES = tuple(code for code, role in ROLES.items() if not role.ministry)
MINISTRY_ROLES = tuple(code for code, role in ROLES.items() if role.ministry)
NOT_PROFILE = ("age", "email", "national_id", "special_code")
_serial = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody signed in: the cookie in hand, and another session elsewhere."""

    name: str
    place: str
    id: UUID
    cookie: str
    other_session: UUID
    passkey: UUID | None = None


@dataclass
class Place:
    """An office (or the ministry) and what is in it."""

    slug: str
    people: dict[str, Person] = field(default_factory=dict)
    submitted: UUID | None = None
    draft: UUID | None = None
    document: UUID | None = None
    draft_document: UUID | None = None
    tracking_code: str | None = None
    special_code: UUID | None = None
    trial: UUID | None = None


def furnish_office(app: Flask, slug: str) -> Place:
    """People of every kind in an office that is open, and the owner's requests."""
    place = Place(slug)
    with app.app_context():
        with office(slug):
            for role in OFFICE_ROLES:
                place.people[role] = _employee(role, slug)
            for name in ("owner", "neighbour", "newcomer"):
                place.people[name] = _applicant(name, slug)
        with office(slug), clock.at(FILED_AT):
            _file(place)
        with office(slug):
            place.special_code = _special_code(place.people["registry_clerk"])
    return place


def furnish_ministry(app: Flask) -> Place:
    """One person of the ministry for each role; a draft of a service, and somebody who tries it."""
    with app.app_context(), ministry():
        people = {role: _employee(role, MINISTRY) for role in MINISTRY_ROLES}
        return Place(MINISTRY, people, trial=_try_a_draft(people["catalogue_admin"].id))


def _try_a_draft(person_id: UUID) -> UUID:
    """The service's own file as a draft, and a trial of it."""
    writer = Actor(kind="ministry", id=person_id, roles=frozenset({"catalogue_admin"}))
    text = (reader.FOLDER / f"{SERVICE}.toml").read_text("utf-8")
    definition = rehearsal.keep_draft(writer, text)
    sample = definition.samples[0].key
    return rehearsal.begin_trial(writer, definition.code, sample=sample, filled=True).id


def copy_requests(place: Place, person_id: UUID, number: int) -> None:
    """So many more submitted requests like the owner's, of a person; in the office's scope."""
    original = db.session.get_one(ServiceRequest, place.submitted)
    columns = {column.key: getattr(original, column.key) for column in original.__table__.columns}
    for _ in range(number):
        own = {"id": uuid4(), "account_id": person_id, "tracking_code": new_code()}
        db.session.add(ServiceRequest(**{**columns, **own}))


def visitor_as(
    app: Flask, person: Person | None, site: str | None = None, lang: str = "en"
) -> Visitor:
    """A browser with the person's cookie, at the person's place or (misplaced) at another."""
    slug = site or (person.place if person else "base")
    base = app.extensions["settings"].base_domain
    host = base if slug == "base" else f"{slug}.{base}"
    visitor = Visitor(app, host, lang)
    if person is not None:
        visitor.client.set_cookie("mikhak", person.cookie, domain=host)
    return visitor


def _special_code(clerk: Person) -> UUID:
    """Somebody without a national ID, with the photo."""
    actor = Actor(kind="staff", id=clerk.id, name="", roles=frozenset([clerk.name]))
    passport = {"passport_no": f"P{next(_serial):06d}", "passport_country": "GB"}
    code = special_codes.issue(actor, name="Anna Mary Smith", **passport)
    special_codes.keep_photo(actor, code, portrait(), "portrait.jpg")
    return code.id


def _employee(role: str, place: str) -> Person:
    model = MinistryPerson if place == MINISTRY else StaffMember
    words = ROLES[role]
    row = model(
        email=f"{role}{next(_serial)}@{place}.example",
        name_fa=words.fa,
        name_en=words.en,
        roles=[role],
        state="active",
    )
    db.session.add(row)
    db.session.flush()
    cookie, other = staff_cookie(row), staff_cookie(row)
    return Person(role, place, row.id, cookie, _session_id(other), _passkey(row.id, place))


def staff_cookie(person: StaffMember | MinistryPerson) -> str:
    """Of a new session of somebody employed, with both factors; in the scope of their place."""
    visit = Visit(client="127.0.0.1", browser="a test")
    return signing_in.start_session(person, ("password", "totp"), visit).cookie


def _passkey(person_id: UUID, place: str) -> UUID:
    model = MinistryPasskey if place == MINISTRY else StaffPasskey
    rows = [
        model(person_id=person_id, credential_id=uuid4().bytes, public_key=b"-", sign_count=0)
        for _ in range(2)  # the last one can't be taken away
    ]
    db.session.add_all(rows)
    db.session.flush()
    return rows[0].id


def _applicant(name: str, place: str) -> Person:
    number = national_id()
    account = Account(
        state="registering" if name == "newcomer" else "active",
        email=f"{name}{number}@example.org",
        person_code=number,
        name_fa="نیلوفر رضایی",
        name_en="Niloufar Rezaei",
        profile=_profile(),
    )
    db.session.add(account)
    db.session.flush()
    if name == "owner":
        actor = Actor(kind="applicant", id=account.id, office=place)
        accounts.keep_photo(actor, portrait(), "portrait.jpg")
    roles = ("registering",) if name == "newcomer" else ()
    cookie, other = (
        sessions.start(
            "applicant",
            account.id,
            names={"fa": account.name_fa, "en": account.name_en},
            roles=roles,
            factors=("code",),
        )[0]
        for _ in range(2)
    )
    return Person(name, place, account.id, cookie, _session_id(other))


def _profile() -> dict:
    known = {**USUAL, **_sample().profile}
    return {key: value for key, value in known.items() if key not in NOT_PROFILE}


def _sample():
    samples = reader.load_all()[SERVICE].samples
    return next(sample for sample in samples if sample.key == SAMPLE)


def _file(place: Place) -> None:
    definition = reader.load_all()[SERVICE]
    owner = Actor(kind="applicant", id=place.people["owner"].id, office=place.slug)
    submitted = cases.file(owner, definition, _sample())
    place.submitted, place.tracking_code = submitted.id, submitted.tracking_code
    place.document = documents.of_request(submitted.id)[0].id
    draft = cases.draft(owner, definition, _sample())
    for ask in situation_of(draft).uploads:
        for number in range(1, 1 + (ask.min if ask.required else 0)):
            stream = portrait(number) if ask.photo else document(ask.code, number)
            handed = requests.hand_in(owner, draft, key=ask.key, stream=stream, name="scan.jpg")
            place.draft_document = handed.id
    place.draft = draft.id


def _session_id(cookie: str) -> UUID:
    model = live.session_model()
    wanted = db.select(model.id).where(model.token_hash == live.hash_of(cookie))
    return db.session.scalars(wanted).one()
