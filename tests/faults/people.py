"""People with drafts that only wait to be submitted, made cheaply: one by the actions, the rest as
copies of its row."""

from dataclasses import dataclass
from itertools import count
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import insert

from blueprints import find_doors
from config.settings import Settings
from core import clock
from core.accounts.models import Account
from core.actor import Actor
from core.app import create_app
from core.catalogue import reader
from core.clock import now
from core.demo import cases
from core.demo.cast import USUAL
from core.requests.models import ServiceRequest
from core.sessions import actions as sessions
from tenants.database import db
from tenants.scope import office
from tests.offices import open_offices
from tests.world import FILED_AT, NOT_PROFILE

OFFICES = ("london", "istanbul")
# Asks for no paper, so its drafts are complete; and one that takes papers.
PLAIN, WITH_PAPERS = "question-and-answer", "power-of-attorney"
_serial = count(1)


@dataclass(frozen=True)
class Applicant:
    """Somebody signed in at an office, with drafts."""

    slug: str
    host: str
    cookie: str
    drafts: tuple[UUID, ...]
    papers: tuple[UUID, ...]


def house_of(settings: Settings) -> Flask:
    """The application over the tree's own servers, with the offices open."""
    app = create_app(settings, find_doors())
    open_offices(app, OFFICES)
    return app


def applicants(app: Flask, number: int, *, drafts: int, papers: int = 0) -> list[Applicant]:
    """So many people, in turn at each office, each with so many drafts of both kinds."""
    made = []
    with app.app_context():
        for slug in OFFICES:
            with office(slug):
                plain, with_papers = _pattern(slug, PLAIN), _pattern(slug, WITH_PAPERS)
                for _ in range(number // len(OFFICES)):
                    person, cookie = _person(slug)
                    host = f"{slug}.{app.extensions['settings'].base_domain}"
                    ready = copies(plain, person, drafts), copies(with_papers, person, papers)
                    made.append(Applicant(slug, host, cookie, *ready))
    return made


def _person(slug: str) -> tuple[UUID, str]:
    account = Account(
        state="active",
        email=f"fault{next(_serial)}@{slug}.example",
        person_code=f"F{uuid4().hex[:12]}",
        name_fa="نیلوفر رضایی",
        name_en="Niloufar Rezaei",
        profile={key: value for key, value in USUAL.items() if key not in NOT_PROFILE},
    )
    db.session.add(account)
    db.session.flush()
    return account.id, sessions.start(
        "applicant",
        account.id,
        names={"fa": account.name_fa, "en": account.name_en},
        factors=("code",),
    )[0]


def _pattern(slug: str, code: str) -> dict[str, object]:
    """A complete draft as a row, made through the actions."""
    person, _ = _person(slug)
    definition = reader.load_all()[code]
    sample = next(one for one in definition.samples if one.kind == "plain")
    with clock.at(FILED_AT):
        draft = cases.draft(Actor(kind="applicant", id=person, office=slug), definition, sample)
    columns = {column.key: getattr(draft, column.key) for column in draft.__table__.columns}
    return columns | {"created_at": now(), "changed_at": now()}


def copies(pattern: dict[str, object], person: UUID, number: int) -> tuple[UUID, ...]:
    """So many requests of a person like the row given; their ids."""
    ids = tuple(uuid4() for _ in range(number))
    if ids:
        rows = [pattern | {"id": one, "account_id": person} for one in ids]
        db.session.execute(insert(ServiceRequest), rows)
    return ids
