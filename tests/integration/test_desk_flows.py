"""Three services from the queue to the end, each step pressed on its page by who may do it."""

import pytest
from flask import Flask

from core import clock
from core.accounts import actions as accounts
from core.actor import Actor
from core.catalogue import deeds, reader
from core.catalogue.definition import Sample
from core.demo import cases
from core.demo.paper import portrait
from tenants.scope import office
from tests.critic import Page
from tests.integration import applicants
from tests.integration.desk_house import Clerk, employ

same_papers = applicants.same_papers
ROLES = ("passport_clerk", "notarial_clerk", "student_clerk", "counter", "cashier", "consul")
WORDS = {
    "ground": "Article 17",
    "receipt": "R-204117",
    "document_no": "1405-00231",
    "postal_no": "RR123456785",
    "receiver": "The applicant",
    "outcome": "Done",
    "letter": "230/118",
}
# Where nobody may do anything more, and where a queue shows it on the way.
QUEUES = {
    "submitted": "new",
    "under_review": "checking",
    "text_review": "text",
    "awaiting_visit": "visit",
    "identity_verified": "present",
    "biometrics_taken": "present",
    "signed_before_officer": "present",
    "awaiting_payment": "pay",
    "approved": "print",
    "certified": "print",
    "issuing": "print",
    "ready": "ready",
    "posted": "ready",
}


@pytest.fixture(autouse=True)
def noon():
    with clock.at(applicants.NOON):
        yield


@pytest.fixture(scope="module")
def staff(app) -> list[Clerk]:
    with clock.at(applicants.NOON):
        return [employ(app, role.replace("_", " ").title(), role) for role in ROLES]


def filed(app: Flask, code: str, sample: Sample) -> str:
    """A submitted request with the sample's answers."""
    _, account = applicants.sign_in(app, sample.profile)
    with app.app_context(), office("london"):
        person = Actor(kind="applicant", id=account, office="london")
        accounts.keep_photo(person, portrait(), "portrait.jpg")
        return str(cases.file(person, reader.load_all()[code], sample).id)


def samples() -> list:
    known = reader.load_all()
    wanted = ("passport-renewal", "power-of-attorney", "enrolment-certificate")
    return [
        pytest.param(code, sample, id=f"{code}-{sample.key}")
        for code in wanted
        for sample in known[code].samples
        if sample.kind in ("plain", "complicated")
        and not any(isinstance(v, dict) and "request" in v for v in sample.answers.values())
    ]


@pytest.mark.parametrize(("code", "sample"), samples())
def test_from_the_queue_to_the_end(app, staff, code, sample):
    request_id = filed(app, code, sample)
    walked = ["submitted"]
    at_it = staff[0]
    for _ in range(14):
        code = applicants.held(app, request_id).request.tracking_code
        _is_in_its_queue(staff, request_id, walked[-1], code)
        # Whoever was at it last goes on; the others are asked when they can't.
        turns = sorted(staff, key=lambda one: one is not at_it)
        at_it = next((clerk for clerk in turns if _step(clerk, request_id)), None)
        if at_it is None:
            break
        status = applicants.held(app, request_id).request.status
        assert status != walked[-1] or status in ("under_review", "text_review"), walked
        walked.append(status)
    assert walked[-1] in ("delivered", "closed"), walked
    assert "Consul" in staff[-1].open(request_id).text


def _is_in_its_queue(staff: list[Clerk], request_id: str, status: str, code: str) -> None:
    key = QUEUES.get(status)
    if key is None:
        return
    pages = (clerk.visitor.get(f"/desk/queues/{key}?q={code}") for clerk in staff)
    assert any(page.status == 200 and request_id in page.html for page in pages), (status, key)


def _step(clerk: Clerk, request_id: str) -> bool:
    """Take it, check it, or press the filled button; False when there is nothing for this one."""
    page, case = clerk.open(request_id), f"/desk/requests/{request_id}"
    if page.status != 200:
        return False
    if clerk.name != "Consul" and _leads_to(page, f"{case}/take"):
        assert clerk.visitor.submit(form=f"{case}/take").status == 200
        return True
    if "accept_rest" in page.html:
        page = clerk.visitor.submit(form=f"{case}/items", button="accept_rest")
        assert page.status == 200
    act = _forward(page)
    if act is None:
        return False
    address = f"{case}/acts/{act}"
    if _leads_to(page, address):
        assert clerk.visitor.submit(form=address).status == 200
    else:
        given = _given(clerk.visitor.get(address))
        assert clerk.visitor.submit(given, form="seen").status == 200
    return True


def _leads_to(page: Page, address: str) -> bool:
    return any(form.get("action") == address for form in page.forms())


def _forward(page: Page) -> str | None:
    bar = next(e for e in page.root.iter("div") if e.get("class") == "action-bar")
    for element in bar.iter():
        buttons = [element] if element.tag == "a" else element.iter("button")
        address = element.get("action") or element.get("href") or ""
        if "/acts/" in address and any(b.get("class") == "btn btn-primary" for b in buttons):
            return address.rpartition("/")[2]
    return None


def _given(page: Page) -> dict:
    """What the page of an act asks for: words in each box, every tick."""
    given: dict = {}
    for box in page.root.iter("input"):
        name = box.get("name")
        if name in WORDS:
            given[name] = WORDS[name]
        elif box.get("type") == "checkbox":
            given.setdefault(name, []).append(box.get("value"))
    return given


def test_the_text_of_a_deed_is_read_beside_the_answers(app, staff):
    definition = reader.load_all()["power-of-attorney"]
    sample = next(item for item in definition.samples if item.kind == "plain")
    request_id = filed(app, "power-of-attorney", sample)
    facts = applicants.held(app, request_id).facts
    place = {"city": {"fa": "لندن", "en": "London"}, "name": {"fa": "سفارت", "en": "Embassy"}}
    deed = deeds.compose(definition, facts, place)
    notary = next(clerk for clerk in staff if clerk.name == "Notarial Clerk")
    page = notary.open(request_id)
    assert deed.title in page.text and " ".join(deed.paragraphs[0].split()) in page.text
    assert "12 Rose Lane, Flat 3, London SW7 1DW" in page.text and "بریتانیا" in page.text
    local = employ(app, "Local", "local_employee").open(request_id)
    assert local.status == 200 and deed.title not in local.text, "it is full of numbers"
