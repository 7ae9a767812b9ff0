"""Every page of the house, by who can open it, in a world with long names and full states.

The list is by hand, because a page is worth a look in its interesting states; a test compares it
with the URL map, so that no page can be forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from flask import Flask
from sqlalchemy import update

from core.accounts import actions as accounts
from core.accounts.models import Account
from core.actor import Actor
from core.catalogue import reader, stored
from core.demo import cases
from core.demo.paper import portrait
from core.documents import queries as documents
from core.overlay import aspects
from core.requests import actions, queues
from core.requests.models import ServiceDefinition, ServiceRequest
from core.requests.situation import situation_of
from core.sessions import unsent
from core.sessions.unsent import UnsentForm
from tenants.database import db
from tenants.scope import office
from tests.world import SAMPLE, SERVICE, Person, Place, furnish_ministry, furnish_office

CLERK = "notarial_clerk"
LONG_FA = "سیده‌فاطمه‌زهرا میرمحمدصادقی حسینی‌نژاد اصل تهرانی‌پور"
LONG_EN = "Seyyedeh-Fatemeh-Zahra Mirmohammadsadeghi Hosseininejad-Asl Tehranipour"
# What the URL map answers to GET without being a page for eyes.
NO_PAGES = (
    ".json", ".svg", ".png", ".wav", ".pdf", ".jpg", "/file", "/original", "/pages/<", "/health/",
    "/stage",
)  # fmt: skip
STEPS = ("identity", "photo", "residence", "permit", "contact")
# Pages behind a mail or a form: other journeys walk through them with their axe.
WALKED_THROUGH = (
    "/enter/link/<link>",
    "/enter/reset/<link>",
    "/enter/code",
    "/requests/<request_id>/appeal",
    "/account/email/confirm",
    "/desk/invitation/<token>",
    "/desk/invitation/<token>/second-factor",
    "/desk/sign-in/code",
    "/invitation/<token>",
    "/invitation/<token>/second-factor",
    "/sign-in/code",
    "/desk/security/recovery-codes",
    "/security/recovery-codes",
)
ONLY_REDIRECT = ("/register", "/register/next", "/desk/")


@dataclass(frozen=True)
class House:
    """The world of the crawl."""

    london: Place
    ministry: Place
    returned: UUID
    colleague: UUID
    sections: tuple[str, ...]


def furnish(app: Flask) -> House:
    """An office with a request in hand, one sent back, a draft; everybody's name is very long."""
    london = furnish_office(app, "london")
    with app.app_context(), office("london"):
        returned = _sent_back(london)
        _begun_earlier(london)
    with app.app_context(), office("london"):
        clerk = _actor(london.people[CLERK])
        actions.take(clerk, db.session.get_one(ServiceRequest, london.submitted))
        owner = london.people["owner"].id
        db.session.execute(
            update(Account)
            .where(Account.id == owner)
            .values(name_fa=LONG_FA, name_en=LONG_EN, password_hash="set")
        )
        named = update(ServiceRequest).where(ServiceRequest.account_id == owner)
        db.session.execute(named.values(subject_name=LONG_FA))
        newcomer = london.people["newcomer"].id
        whole = update(Account).where(Account.id == newcomer).values(steps_done=list(STEPS))
        db.session.execute(whole)
        somebody = Actor(kind="applicant", id=newcomer, office=london.slug)
        accounts.keep_photo(somebody, portrait(), "portrait.jpg")
        step = UnsentForm("/register/contact", (("mobile_abroad", LONG_FA),))
        unsent.keep(london.people["newcomer"].cookie, step)
    ministry = furnish_ministry(app)
    with app.app_context(), office("london", read_only=True):
        draft = situation_of(db.session.get_one(ServiceRequest, london.draft))
        sections = tuple(part.key for part in draft.sections)
    return House(london, ministry, returned, london.people["cashier"].id, sections)


def _actor(person: Person) -> Actor:
    return Actor(kind="staff", id=person.id, name=LONG_FA, roles=frozenset([person.name]))


def _sent_back(london: Place) -> UUID:
    """A second request of the owner, with an answer and a document returned."""
    owner = Actor(kind="applicant", id=london.people["owner"].id, office=london.slug)
    definition = reader.load_all()[SERVICE]
    sample = next(sample for sample in definition.samples if sample.key == SAMPLE)
    request = cases.file(owner, definition, sample)
    clerk = _actor(london.people[CLERK])
    actions.take(clerk, request)
    paper = documents.of_request(request.id)[0]
    words = "لطفاً تصویر را بدون حاشیه و خوانا بفرستید."
    actions.return_item(
        clerk, request, kind="document", key=paper.kind, reason="unreadable", words=words
    )
    actions.send_back(clerk, request)
    return request.id


def _begun_earlier(london: Place) -> None:
    """The draft was begun with an older version: the same but for a title."""
    content = stored.plain(reader.load_all()[SERVICE])
    first = {**content["sections"][0], "title": {"fa": LONG_FA, "en": LONG_EN}}
    older = {**content, "version": 0, "sections": [first, *content["sections"][1:]]}
    db.session.add(ServiceDefinition(hash="older", code=SERVICE, version=0, content=older))
    db.session.flush()
    db.session.get_one(ServiceRequest, london.draft).definition_hash = "older"


def paths(house: House) -> dict[str, list[str]]:
    """Who → the pages that this person opens (`nobody` of the office and of the ministry apart)."""
    london = house.london
    filed, draft = f"/requests/{london.submitted}", f"/requests/{london.draft}"
    return {
        "nobody": [*_public(), "/desk/sign-in", "/no-such-page"],
        "newcomer": [*(f"/register/{step}" for step in (*STEPS, "preview")), "/unsent"],
        "neighbour": ["/requests", "/account/welcome"],
        "owner": list(
            chain(_account(), _filed(filed, london), _draft(draft, house.sections), _back(house))
        ),
        CLERK: list(_desk(london)),
        "consul": ["/desk/queues/all", f"/desk/requests/{london.submitted}"],
        "counter": ["/desk/queues/all"],
        "admin": list(
            chain(_staff_admin("/office/staff", house.colleague), _office(), _security("/desk"))
        ),
        "ministry:nobody": ["/sign-in", "/no-such-page"],
        "ministry:superadmin": list(_ministry(house)),
        "ministry:catalogue_admin": list(_catalogue(house.ministry)),
    }


def _public() -> list[str]:
    service = f"/services/{SERVICE}"
    return [
        "/", "/services", service, "/services/find", "/services/find?at=family.marriage.after",
        "/services?q=zzz", "/services?q=passport", "/help", "/track",
        "/style", "/enter", "/enter/password", "/enter/forgotten", "/enter/forgotten/sent",
    ]  # fmt: skip


def _account() -> Iterator[str]:
    yield from ("/account", "/account/profile", "/account/sessions", "/account/email")
    yield from ("/account/password", "/account/password/remove", "/account/profile/contact")


def _filed(address: str, place: Place) -> Iterator[str]:
    yield from ("/requests", address, f"/requests/new/{SERVICE}")
    yield from (f"{address}/{part}" for part in ("submitted", "withdraw", "text"))
    yield f"{address}/files/{place.document}"


def _draft(address: str, sections: tuple[str, ...]) -> Iterator[str]:
    yield address
    yield from (f"{address}/{part}" for part in ("documents", "check", "text", "withdraw", "newer"))
    yield from (f"{address}/sections/{key}" for key in sections)


def _back(house: House) -> Iterator[str]:
    yield from (f"/requests/{house.returned}", f"/requests/{house.returned}/correct")


def _desk(place: Place) -> Iterator[str]:
    case = f"/desk/requests/{place.submitted}"
    yield from (f"/desk/queues/{queue.key}" for queue in queues.QUEUES[:4])
    yield from ("/desk/queues/all?q=zzz", "/desk/special-codes", case)
    yield f"/desk/special-codes/{place.special_code}"
    yield from (f"{case}/hand-over", f"{case}/acts/send_back")


def _staff_admin(address: str, person: UUID) -> Iterator[str]:
    yield from (address, f"{address}/new", f"{address}/{person}", f"{address}/{person}/suspend")


def _office() -> Iterator[str]:
    yield from ("/office", "/office/settings", "/office/settings/renewal_window_months")
    yield from ("/office/services", f"/office/services/{SERVICE}")
    yield from (f"/office/services/{SERVICE}/{key}" for key in aspects.TITLES)


def _security(prefix: str) -> Iterator[str]:
    yield from (f"{prefix}/security", f"{prefix}/security/confirm")


def _ministry(house: House) -> Iterator[str]:
    yield from ("/", "/offices/london", "/offices/london/suspend", "/offices/london/erasure")
    yield from ("/open", "/open?q=v", "/open/sarajevo")
    yield from _staff_admin("/people", house.ministry.people["inspector"].id)
    yield from _security("")


def _catalogue(place: Place) -> Iterator[str]:
    one, trial = f"/catalogue/{SERVICE}", f"/catalogue/trials/{place.trial}"
    yield from ("/catalogue", "/catalogue/publish", one, f"{one}/publish")
    drafts = f"/catalogue/drafts/{SERVICE}"
    yield from (
        "/catalogue/drafts",
        drafts,
        f"{drafts}/publish",
        trial,
        f"{trial}/sections/subject",
    )
    yield from ("/locks", f"/locks/{SERVICE}")
