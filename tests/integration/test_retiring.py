"""A service withdrawn from all offices: by page and by command, told politely, and brought back."""

import pytest

from core import clock
from core.audit.models import MinistryAuditEntry
from core.publishing.models import ServiceRetirement
from tenants import registry
from tenants.database import db
from tenants.scope import ministry
from tests.integration import applicants, made_up_service
from tests.integration import staff_house as house
from tests.integration.made_up_service import PROFILE, sample
from tests.integration.test_catalogue_versions import later, mikhak_does

CODE, HEIR = "sledge-letter", "heir-letter"
TEXT = later(made_up_service.TEXT, 1, CODE).replace("G99", "G97").replace("Bicycle", "Sledge")
PAGE = f"/catalogue/{CODE}"
TOLD = {"told_fa": "نامه تازه را بخواهید.", "told_en": "Ask for the new letter."}


@pytest.fixture(autouse=True)
def noon():
    with clock.at(applicants.NOON):
        yield


def seen_everywhere() -> None:
    """As in every process once a second."""
    registry.forget()


def names_it(visitor) -> list[bool]:
    """Whether home page, list, search and the guide name it."""
    pages = ("/", "/services", "/services?q=sledge", "/services?group=G")
    return [CODE in visitor.get(p).html or "Sledge letter" in visitor.get(p).text for p in pages]


def test_a_withdrawn_service_takes_nothing_new_and_what_was_filed_goes_on(app, visitor):
    admin = house.inside(app, visitor, "ministry", "catalogue_admin").visitor
    heir = TEXT.replace(CODE, HEIR).replace("G97", "G96").replace("Sledge letter", "New letter")
    with made_up_service.offered(app, heir, HEIR):
        assert mikhak_does(app, "catalogue", "publish", HEIR).exit_code == 0
    someone = applicants.sign_in(app, PROFILE, lang="en")[0]
    with made_up_service.offered(app, TEXT, CODE) as service:
        seen_everywhere()
        filed = applicants.whole_request(app, someone, CODE, sample(service, "plain"))
        draft = applicants.begin(someone, CODE)
        form = someone.get(f"/requests/new/{CODE}")
        assert names_it(someone) == [True] * 4
        it_is_withdrawn(app, admin, visitor)
        whoever_looks_for_it_is_told(someone)
        nothing_new_is_taken(someone, form, draft)
        what_was_filed_goes_on(app, someone, filed)
        it_is_brought_back_and_withdrawn_by_command(app, someone, draft)
    a_newer_version_brings_it_back(app, admin, someone)
    all_of_it_is_in_the_trail(app)


def it_is_withdrawn(app, admin, visitor):
    inspector = house.inside(app, visitor, "ministry", "inspector").visitor
    assert inspector.get(f"{PAGE}/retire").status == 403
    admin.get(f"{PAGE}/retire")
    page = admin.submit({"reason": "", **TOLD, "successor": CODE}, form="_once")
    assert page.status == 422 and "Choose a service that is offered." in page.text
    told = {"reason": "A new law", **TOLD, "successor": HEIR}
    page = admin.submit(told, form="_once")
    assert "The service is withdrawn." in page.text and "A new law" in page.text
    assert admin.get(f"{PAGE}/retire").status == 404
    seen_everywhere()
    office_admin = house.inside(app, visitor, "london", "admin").visitor
    assert "Withdrawn by the ministry" in office_admin.get("/office/services?q=sledge").text
    seen_everywhere()


def whoever_looks_for_it_is_told(someone):
    assert names_it(someone) == [False] * 4
    page = someone.get(f"/services/{CODE}")
    assert "no longer offered at any office" in page.text
    assert "Ask for the new letter. New letter" in page.text
    assert f"/services/{HEIR}" in page.links() and f"/requests/new/{CODE}" not in page.links()
    assert "نامه تازه را بخواهید." in someone.get(f"/services/{CODE}?lang=fa").text


def nothing_new_is_taken(someone, form, draft):
    refused = someone.get(f"/requests/new/{CODE}?lang=en")
    assert refused.status == 409 and "Ask for the new letter." in refused.text
    someone.page = form
    assert someone.submit(form="_once").status == 409
    page = someone.get(f"/requests/{draft}")
    assert "This request cannot be filed" in page.text and "New letter" in page.text


def what_was_filed_goes_on(app, someone, filed):
    assert "cannot be filed" not in someone.get(f"/requests/{filed}").text
    assert applicants.held(app, filed).stops == []


def it_is_brought_back_and_withdrawn_by_command(app, someone, draft):
    again = mikhak_does(app, "catalogue", "retire", CODE, "--reason", "x",
                        "--told-fa", "x", "--told-en", "x")  # fmt: skip
    assert again.exit_code == 1 and "withdrawn already" in again.output
    mikhak_does(app, "catalogue", "publish")
    seen_everywhere()
    assert names_it(someone) == [False] * 4  # publishing everything brings nothing back
    back = mikhak_does(app, "catalogue", "return", CODE, "--reason", "The law fell")
    assert back.output == f"{CODE} is offered again.\n"
    seen_everywhere()
    assert names_it(someone) == [True] * 4
    assert "cannot be filed" not in someone.get(f"/requests/{draft}").text
    gone = mikhak_does(app, "catalogue", "retire", CODE, "--reason", "Once more",
                       "--told-fa", "دیگر نه", "--told-en", "No more")  # fmt: skip
    assert gone.exit_code == 0, gone.output


def a_newer_version_brings_it_back(app, admin, someone):
    with made_up_service.offered(app, later(TEXT, 2), CODE):
        seen_everywhere()
        assert "No more" in someone.get(f"/services/{CODE}").text
        admin.get(f"{PAGE}/publish")
        assert "The version is published." in admin.submit(form="_once").text
        seen_everywhere()
        assert someone.get(f"/requests/new/{CODE}").status == 200


def all_of_it_is_in_the_trail(app):
    with app.app_context(), ministry():
        acts = [row.retired for row in db.session.scalars(
            db.select(ServiceRetirement).filter_by(code=CODE).order_by(ServiceRetirement.number)
        )]  # fmt: skip
        assert acts == [True, False, True, False]
        retired = db.select(MinistryAuditEntry).filter_by(act="catalogue.retired")
        audited = db.session.scalars(retired.order_by(MinistryAuditEntry.seq)).all()
        assert audited[0].details["successor"] == HEIR and len(audited) == 2
