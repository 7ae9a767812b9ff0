"""The receipt as it is made from a request: what stands on it, in the words of its reader."""

import io

import pypdf
import pytest
from sqlalchemy import update

from core import clock
from core.accounts import actions as accounts
from core.accounts.models import Account
from core.actor import Actor
from core.catalogue import reader
from core.demo.paper import portrait
from core.identifiers import make_special_code
from tenants import registry
from tenants.database import db
from tenants.scope import office
from tests.integration import applicants


@pytest.fixture(scope="module")
def filed(app):
    """A request of somebody who registered with a special code, at an office that has a phone."""
    definition = reader.load_all()["nationality-status"]
    sample = next(item for item in definition.samples if item.kind == "plain")
    code = make_special_code("london", 4711)
    with clock.at(applicants.NOON):
        visitor, account = applicants.sign_in(app, sample.profile, lang="en")
        with app.app_context(), office("london"):
            changed = update(Account).where(Account.id == account).values(person_code=code)
            db.session.execute(changed)
        return visitor, applicants.filed(app, visitor, definition, sample), code


def lines(filed, name: str, lang: str) -> str:
    visitor, request_id, _ = filed
    with clock.at(applicants.NOON):
        answer = visitor.get(f"/requests/{request_id}/{name}?lang={lang}").response
    reader_of_it = pypdf.PdfReader(io.BytesIO(answer.data))
    return "\n".join(page.extract_text() for page in reader_of_it.pages)


@pytest.mark.parametrize("name", ["receipt.pdf", "form.pdf"])
def test_whoever_has_a_special_code_finds_it(filed, name: str) -> None:
    text = lines(filed, name, "en")
    assert "Special code" in text and filed[2] in text
    of_the_applicant = text.split("Documents")[0].split("What your claim rests on")[0]
    assert "National ID" not in of_the_applicant


def test_the_receipt_asks_for_itself_once(filed) -> None:
    text = lines(filed, "receipt.pdf", "en")
    assert "This receipt, printed" in text
    assert "Printed receipt with the tracking code" not in text


def test_the_office_is_reached_in_words(app, filed, monkeypatch) -> None:
    with app.app_context():
        facts = registry.get("london")
    contact = {"phone": "+44 20 7225 4208", "address": {"fa": "لندن", "en": "16 Prince's Gate"}}
    monkeypatch.setitem(facts.contact, "phone", contact["phone"])
    monkeypatch.setitem(facts.contact, "address", contact["address"])
    text = lines(filed, "receipt.pdf", "en")
    assert "Telephone: +44 20 7225 4208" in text
    assert "Address: 16 Prince's Gate" in text.replace("’", "'")


def test_a_deed_of_two_has_the_photo_of_the_registration_and_says_what_two_cost(app) -> None:
    definition = reader.load_all()["power-of-attorney"]
    sample = next(item for item in definition.samples if item.key == "house_by_two")
    with clock.at(applicants.NOON):
        visitor, person_id = applicants.sign_in(app, sample.profile, lang="en")
        request_id = applicants.filed(app, visitor, definition, sample)

        def first_page() -> pypdf.PageObject:
            answer = visitor.get(f"/requests/{request_id}/form.pdf").response
            return pypdf.PdfReader(io.BytesIO(answer.data)).pages[0]

        before = len(first_page().images)
        with app.app_context(), office("london"):
            person = Actor(kind="applicant", id=person_id, office="london")
            accounts.keep_photo(person, portrait(), "portrait.jpg")
        assert len(first_page().images) == before + 1
        receipt = visitor.get(f"/requests/{request_id}/receipt.pdf").response
    pages = pypdf.PdfReader(io.BytesIO(receipt.data)).pages
    assert len(pages) == 1, "what one brings along is one sheet"
    assert "3 × " in pages[0].extract_text(), "three copies"


def test_a_special_code_opens_only_what_it_is_for(filed) -> None:
    visitor, *_ = filed
    with clock.at(applicants.NOON):
        visitor.get("/requests/new/passport-renewal")
        page = visitor.submit(form="_once")
    assert page.status == 409 and "special code" in page.text
