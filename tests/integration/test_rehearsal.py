"""A definition before it is published: checked, looked at, tried, compared, then in force."""

import io

import pytest

from core.rehearsal.models import DefinitionDraft, DefinitionTrial
from tenants import registry
from tenants.database import db
from tenants.scope import ministry
from tests.integration import applicants, desk_house, made_up_service
from tests.integration import staff_house as house

CODE = "skating-letter"
TEXT = made_up_service.TEXT.replace(made_up_service.CODE, CODE).replace('"G99"', '"G98"')
NEXT = TEXT.replace("version = 1", "version = 2").replace('en = "Colour"', 'en = "Paint"')
DEED = '\n[deed]\ntitle = "نامه"\n[[deed.paragraphs]]\ntext = "رنگ آن {colour} است."\n'


@pytest.fixture
def admin(app, visitor):
    """A catalogue admin of the ministry, inside."""
    return house.inside(app, visitor, "ministry", "catalogue_admin").visitor


def hand_in(admin, text):
    """Paste a definition into the page of drafts."""
    admin.get("/catalogue/drafts")
    return admin.submit({"text": text}, form="text")


def begin(admin, sample, *, filled, site=""):
    """Begin a trial as the person of a sample, at an office or at none; its address."""
    page = admin.get(f"/catalogue/drafts/{CODE}")
    named = [
        {e.get("name"): e.get("value") for e in form.iter() if e.get("type") == "hidden"}
        for form in page.forms()
    ]
    wanted = next(fields for fields in named if fields.get("sample") == sample)
    data = {**wanted, "site": site, **({"filled": "1"} if filled else {})}
    return admin.post(f"/catalogue/drafts/{CODE}/try", data).url


def test_a_definition_is_checked_looked_at_tried_and_published(app, admin, visitor):
    what_is_wrong_is_told(admin)
    it_is_kept_as_a_draft(admin)
    it_is_looked_at_filled_in(admin)
    tried = it_is_tried(app, admin)
    nobody_else_sees_it(app, visitor, tried)
    it_is_published(app, admin)
    its_next_version_is_seen_with_an_offices_choices(app, admin)
    a_draft_that_changed_is_not_published_and_can_be_deleted(app, admin)


def what_is_wrong_is_told(admin):
    broken = TEXT.replace('type = "date"', 'type = "dat"')
    page = hand_in(admin, broken)
    line = broken[: broken.index('"dat"')].count("\n") + 1
    assert page.status == 422 and f"definition.toml:{line}:" in page.text
    assert "did you mean “date”?" in page.text and "Is the bicycle yours?" in page.html
    page = hand_in(admin, "# " + "x" * 2_000_000)
    assert page.status == 422 and "too long" in page.text and "x" * 2_000_000 in page.html
    assert "This is not TOML" in hand_in(admin, "a = ").text
    assert "is used by “passport-renewal” too" in hand_in(admin, TEXT.replace("G98", "P02")).text


def it_is_kept_as_a_draft(admin):
    page = admin.get("/catalogue/drafts")
    assert CODE not in page.text
    fields = {e.get("name"): e.get("value") for e in page.form("text").iter("input")}
    sent = {**fields, "text": "", "file": (io.BytesIO((TEXT + DEED).encode()), "x.toml")}
    page = admin.post("/catalogue/drafts", sent)
    assert "The draft is kept." in page.text and "This is a new service." in page.text


def it_is_looked_at_filled_in(admin):
    filled = begin(admin, "team", filled=True)
    page = admin.get(filled)
    for said in ("green", "Rose", "The bicycle's bill", "Nothing has to be paid.",
                 "رنگ آن \u200egreen", "Submitted", "I declare"):  # fmt: skip
        assert said in page.text, said
    assert "Only the owner can file this." in admin.get(begin(admin, "foreign", filled=True)).text


def it_is_tried(app, admin):
    tried = begin(admin, "team", filled=False)
    page = admin.get(f"{tried}/sections/bicycle")
    assert "nothing of this reaches an office" in page.text and "Step 1 of 4" in page.text
    assert admin.submit({"own_bicycle": "yes"}, form="colour").status == 422
    typed = {"own_bicycle": "yes", "colour": "blue", "kind": "racing", "team": "Tulip"}
    day = {"bought_on": "1", "bought_on.month": "2", "bought_on.year": "2024"}
    page = admin.submit({**typed, **day, "bought_on.calendar": "gregorian"}, form="colour")
    assert page.url == f"{tried}/sections/riders", page.text[:800]
    page = admin.submit({"riders.0.rider_name": "Ali"}, form="riders.0.rider_name")
    assert page.url == tried and "Tulip" in page.text and "To do" not in page.text
    with app.app_context(), ministry():
        for row in db.session.scalars(db.select(DefinitionTrial)):
            assert b"Tulip" not in row.sealed
    return tried


def nobody_else_sees_it(app, visitor, tried):
    colleague = house.inside(app, visitor, "ministry", "catalogue_admin").visitor
    assert colleague.get(tried).status == 404
    inspector = house.inside(app, visitor, "ministry", "inspector").visitor
    assert inspector.get("/catalogue/drafts").status == 403


def it_is_published(app, admin):
    someone = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
    assert someone.get(f"/services/{CODE}").status == 404
    admin.get(f"/catalogue/drafts/{CODE}/publish")
    assert "The version is published." in admin.submit(form="seen").text
    assert admin.get(f"/catalogue/drafts/{CODE}").status == 404
    registry.forget()  # as every process does once a second
    draft = applicants.begin(someone, CODE)
    assert "Colour" in someone.get(f"/requests/{draft}/sections/bicycle").text


def its_next_version_is_seen_with_an_offices_choices(app, admin):
    assert "“Colour” is now called “Paint”." in hand_in(admin, NEXT).text
    head = desk_house.employ(app, "Admin", "admin").visitor
    head.get(f"/office/services/{CODE}/documents")
    head.submit({}, form="seen", button=("_add", "extra"))
    row = {"code": "NID", "how": "upload", "required": "yes", "only": "kind:racing"}
    head.submit({f"extra.0.{key}": value for key, value in row.items()}, form="seen")
    head.get(f"/office/services/{CODE}/words")
    head.submit({"notice_fa": "با کلاه بیایید.", "notice_en": "Bring a helmet."}, form="seen")
    for site, here in (("", False), ("istanbul", False), ("london", True)):
        page = admin.get(begin(admin, "team", filled=True, site=site))
        assert ("National card" in page.text) is here and ("Bring a helmet." in page.text) is here
        assert ("offers it now" in page.text) is bool(site)


def a_draft_that_changed_is_not_published_and_can_be_deleted(app, admin):
    page = admin.get(f"/catalogue/drafts/{CODE}/publish")
    assert "“Colour” is now called “Paint”." in page.text
    hand_in(admin, NEXT.replace("Paint", "Hue"))
    fields = {e.get("name"): e.get("value") for e in page.form("seen").iter("input")}
    assert admin.post(f"/catalogue/drafts/{CODE}/publish", fields).status == 409
    admin.get(f"/catalogue/drafts/{CODE}")
    assert "The draft is deleted." in admin.submit(form=f"/catalogue/drafts/{CODE}/discard").text
    with app.app_context(), ministry():
        for model in (DefinitionDraft, DefinitionTrial):
            assert not db.session.scalars(db.select(model).filter_by(code=CODE)).all()
