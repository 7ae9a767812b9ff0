"""Versions: published once for good, shown in words; drafts may move, requests never do."""

import io
from uuid import UUID

import pypdf
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import ProgrammingError

from core import clock
from core.audit.models import MinistryAuditEntry
from core.cli import mikhak
from core.publishing.models import PublishedDefinition
from core.requests.definitions import FOLDER
from core.requests.models import RequestEvent, ServiceDefinition
from tenants import registry
from tenants.database import db
from tenants.scope import ministry, office
from tests.integration import applicants, made_up_service
from tests.integration import desk_house as desk
from tests.integration import staff_house as house
from tests.integration.made_up_service import CODE, TEXT

COLOUR = 'key = "colour"\ntype = "text"\nmax = 30\nlabel = { fa = "رنگ", en = "Colour" }\n'
PAINT = COLOUR.replace('"Colour"', '"Paint"')
SPLIT = (
    'key = "frame_colour"\ntype = "text"\nlabel = { fa = "رنگ تنه", en = "Frame colour" }\n\n'
    '[[sections.fields]]\nkey = "bell_colour"\ntype = "text"\nrequired = false\n'
    'label = { fa = "رنگ زنگ", en = "Bell colour" }\n'
)
TEAM = """[[sections.fields]]
key = "team"
type = "text"
when = { field = "kind", is = "racing" }
label = { fa = "نام تیم", en = "Team" }

"""


def later(text: str, version: int, code: str = CODE) -> str:
    """The text as another version (its samples fit, so far as anybody walks them)."""
    return text.replace("version = 1", f"version = {version}").replace(CODE, code)


def without(text: str, *keys: str) -> str:
    """The text without the samples' answers to these questions."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(tuple(f"{k} =" for k in keys)))


def split(version: int) -> str:
    """The colour is asked as two questions."""
    return without(later(TEXT, version).replace(COLOUR, SPLIT), "colour")


def removed(version: int) -> str:
    """The team is not asked any more."""
    return without(later(TEXT, version).replace(TEAM, ""), "team")


def renamed(version: int) -> str:
    """The colour is called paint, and stored under that name."""
    return without(later(TEXT, version).replace(COLOUR, PAINT.replace("colour", "paint")), "colour")


def mikhak_does(app, *words):
    """A command as an operator types it."""
    with app.app_context():
        return CliRunner().invoke(mikhak, list(words))


@pytest.fixture
def noon():
    with clock.at(applicants.NOON):
        yield


@pytest.fixture
def admin(app, visitor):
    """A catalogue admin of the ministry, inside."""
    return house.inside(app, visitor, "ministry", "catalogue_admin").visitor


class TestPublishing:
    def test_a_version_is_stored_once_and_nothing_new_is_said(self, app):
        text = later(TEXT, 1, "once-letter")
        with made_up_service.offered(app, text, "once-letter") as definition:
            first = mikhak_does(app, "catalogue", "publish", "once-letter")
            assert first.exit_code == 0 and "once-letter version 1" in first.output, first.output
            again = mikhak_does(app, "catalogue", "publish")
            assert again.exit_code == 0 and again.output == "Nothing is new.\n"
        with app.app_context(), ministry():
            row = db.session.get_one(PublishedDefinition, definition.hash)
            assert row.content["title"]["en"] == "Bicycle letter" and row.published_by == "system"
            acts = db.session.scalars(
                db.select(MinistryAuditEntry).filter_by(act="catalogue.published")
            ).all()
            assert definition.hash in {entry.details["hash"] for entry in acts}

    def test_the_same_version_with_other_content_is_refused_with_what_changed(self, app):
        code = "twice-letter"
        with made_up_service.offered(app, later(TEXT, 1, code), code):
            assert mikhak_does(app, "catalogue", "publish").exit_code == 0
        with made_up_service.offered(app, later(TEXT.replace(COLOUR, PAINT), 1, code), code):
            refused = mikhak_does(app, "catalogue", "publish", code)
            assert refused.exit_code == 1
            assert "raise version to 2" in refused.output
            assert "“Colour” is now called “Paint”." in refused.output
        with made_up_service.offered(app, later(TEXT.replace(COLOUR, PAINT), 2, code), code):
            assert "version 2" in mikhak_does(app, "catalogue", "publish", code).output
        with made_up_service.offered(app, later(TEXT, 1, code), code):
            refused = mikhak_does(app, "catalogue", "publish", code)
            assert refused.exit_code == 1 and "raise version to 3" in refused.output

    def test_a_published_version_cannot_be_changed_or_deleted(self, app):
        code = "stone-letter"
        with made_up_service.offered(app, later(TEXT, 1, code), code):
            assert mikhak_does(app, "catalogue", "publish").exit_code == 0
        for statement in ("UPDATE ministry.published_definitions SET version = 9",
                          "DELETE FROM ministry.published_definitions"):  # fmt: skip
            with app.app_context(), pytest.raises(ProgrammingError), ministry():
                db.session.execute(db.text(statement))

    def test_the_difference_is_printed_against_what_was_published_a_hash_or_a_file(
        self, app, tmp_path
    ):
        code = "diff-letter"
        with made_up_service.offered(app, later(TEXT, 1, code), code) as old:
            nothing = mikhak_does(app, "catalogue", "diff", code)
            assert nothing.exit_code == 1 and "never published" in nothing.output
            assert mikhak_does(app, "catalogue", "publish").exit_code == 0
        before = tmp_path / "before.toml"
        before.write_text(later(TEXT, 1, code))
        with made_up_service.offered(app, later(TEXT.replace(COLOUR, PAINT), 2, code), code):
            for older in ([], [old.hash[:10]], [str(before)]):
                printed = mikhak_does(app, "catalogue", "diff", code, *older)
                assert printed.output == "“Colour” is now called “Paint”.\n"
            persian = mikhak_does(app, "catalogue", "diff", code, "--lang", "fa")
            assert "در زبان دیگر تغییر کرده است" in persian.output
            assert mikhak_does(app, "catalogue", "diff", code, "ffff").exit_code == 1
            assert mikhak_does(app, "catalogue", "diff", "no-such").exit_code == 1


class TestPages:
    def test_the_ministry_sees_and_publishes_versions(self, app, admin):
        code = "page-letter"
        with made_up_service.offered(app, later(TEXT, 1, code), code):
            assert "version 1 is not published yet" in admin.get("/catalogue").text
            admin.get("/catalogue/publish")
            assert "1 version is published." in admin.submit(form="_once").text
            assert "the same" in admin.get("/catalogue").text
        with made_up_service.offered(app, later(TEXT.replace(COLOUR, PAINT), 2, code), code):
            page = admin.get(f"/catalogue/{code}")
            assert "“Colour” is now called “Paint”." in page.text
            assert "Publish version 2" in page.text
            admin.get(f"/catalogue/{code}/publish")
            page = admin.submit(form="_once")
            assert "The version is published." in page.text
            assert "Version 2" in page.text and "The first version." in page.text
            assert "“Colour” is now called “Paint”." in page.text
            assert admin.get(f"/catalogue/{code}/publish").status == 404
        with made_up_service.offered(app, later(TEXT, 2, code), code):
            page = admin.get(f"/catalogue/{code}")
            assert "Raise version to 3 in the file." in page.text
        assert admin.get("/catalogue/no-such").status == 404

    def test_an_inspector_reads_and_does_not_publish(self, app, visitor):
        inspector = house.inside(app, visitor, "ministry", "inspector").visitor
        code = "read-letter"
        with made_up_service.offered(app, later(TEXT, 1, code), code):
            assert "Publish everything new" not in inspector.get("/catalogue").text
            assert inspector.get(f"/catalogue/{code}").status == 200
            assert inspector.get("/catalogue/publish").status == 403
            assert inspector.get(f"/catalogue/{code}/publish").status == 403

    def test_the_pages_speak_persian(self, app, admin):
        code = "fa-letter"
        with made_up_service.offered(app, later(TEXT, 1, code), code):
            assert mikhak_does(app, "catalogue", "publish").exit_code == 0
        with made_up_service.offered(
            app, later(TEXT.replace("max = 30", "max = 40"), 2, code), code
        ):
            page = admin.get(f"/catalogue/{code}?lang=fa")
            assert "«رنگ»، حداکثر: اکنون ۴۰ (پیش‌تر: ۳۰)." in page.text


@pytest.mark.usefixtures("noon")
class TestRequests:
    @pytest.mark.parametrize("change", [renamed, split, removed])
    def test_what_was_filed_stays_readable_when_its_questions_change(self, app, change):
        with made_up_service.offered(app) as old:
            someone = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
            sample = made_up_service.sample(old, "team")
            request_id = applicants.filed(app, someone, old, sample)
        with made_up_service.offered(app, change(2)):
            page = someone.get(f"/requests/{request_id}")
            assert "Colour" in page.text and "green" in page.text
            assert "Team" in page.text and "Rose" in page.text
            paper = someone.get(f"/requests/{request_id}/form.pdf").response.data
            printed = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper)).pages)
            case = desk.employ(app, "Passports", "passport_clerk").open(request_id)
            for said in ("Colour", "green", "Team", "Rose"):
                assert said in printed and said in case.text, said
            assert someone.get(f"/requests/{request_id}/newer", follow=False).status == 303

    def test_a_draft_keeps_its_version_until_its_owner_moves_it(self, app):
        with made_up_service.offered(app) as old:
            someone = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
            draft = applicants.begin(someone, CODE)
            sample = made_up_service.sample(old, "team")
            applicants.fill_sections(app, someone, draft, sample)
            assert "newer version" not in someone.get(f"/requests/{draft}").text
        with made_up_service.offered(app, split(2)) as new:
            page = someone.get(f"/requests/{draft}")
            assert "This service has a newer version" in page.text
            assert "Colour" in someone.get(f"/requests/{draft}/sections/bicycle").text
            page = someone.get(f"/requests/{draft}/newer")
            assert "New question: “Frame colour” (text)." in page.text
            assert "The question “Colour” was removed." in page.text
            assert "Answers that the newer version does not take" in page.text
            page = someone.submit(form="_once")
            assert "Your draft has the newest version now." in page.text
            assert "This service has a newer version" not in page.text
            held = applicants.held(app, draft).request
            assert held.definition_hash == new.hash
            assert held.aside["colour"] == "green" and held.answers["team"] == "Rose"
            assert held.done == ["riders"]
            assert "Frame colour" in someone.get(f"/requests/{draft}/sections/bicycle").text
        with app.app_context(), office("london"):
            event = db.session.scalars(
                db.select(RequestEvent).filter_by(request_id=UUID(draft), act="move_to_newest")
            ).one()
            assert event.inputs == {"from": 1, "to": 2} and not event.public
            assert db.session.get(ServiceDefinition, old.hash) is not None

    def test_what_the_ministry_publishes_is_what_new_requests_begin_with(self, app, admin):
        code = "national-letter"
        old, new = later(TEXT, 1, code), later(TEXT.replace(COLOUR, PAINT), 2, code)
        with made_up_service.offered(app, old, code):
            someone = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
            draft = applicants.begin(someone, code)
        with made_up_service.offered(app, new, code):
            admin.get(f"/catalogue/{code}/publish")
            assert "The version is published." in admin.submit(form="_once").text
        registry.forget()  # as every process does once a second
        with made_up_service.offered(app, old, code):
            begun = applicants.begin(someone, code)
            assert "Paint" in someone.get(f"/requests/{begun}/sections/bicycle").text
            assert "newer version" not in someone.get(f"/requests/{begun}").text
            assert "newer version" in someone.get(f"/requests/{draft}").text
            assert "Colour" in someone.get(f"/requests/{draft}/sections/bicycle").text
        with made_up_service.offered(app):  # no file says anything of it any more
            assert "Bicycle letter" in someone.get(f"/services/{code}").text
            assert "Paint" in someone.get(f"/requests/{begun}/sections/bicycle").text
        with made_up_service.offered(app, later(TEXT, 3, code), code):
            ahead = applicants.begin(someone, code)
            assert "Colour" in someone.get(f"/requests/{ahead}/sections/bicycle").text

    def test_an_answer_of_another_kind_is_kept_aside_and_comes_back_with_its_question(self, app):
        other = later(TEXT, 2).replace(
            'key = "colour"\ntype = "text"\nmax = 30', 'key = "colour"\ntype = "number"'
        )
        with made_up_service.offered(app) as old:
            someone = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
            draft = applicants.begin(someone, CODE)
            applicants.fill_sections(app, someone, draft, made_up_service.sample(old, "plain"))
        with made_up_service.offered(app, other):
            someone.get(f"/requests/{draft}/newer")
            someone.submit(form="_once")
            held = applicants.held(app, draft).request
            assert "colour" not in held.answers
            assert held.aside[f"colour@{old.hash[:8]}"] == "سبز"
            assert someone.get(f"/requests/{draft}/sections/bicycle").status == 200
            assert someone.get(f"/requests/{draft}/sections/riders").status == 200

    def test_moving_twice_or_a_request_that_was_sent_is_refused(self, app):
        with made_up_service.offered(app):
            someone = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
            draft = applicants.begin(someone, CODE)
        with made_up_service.offered(app, removed(2)):
            page = someone.get(f"/requests/{draft}/newer")
            field = {e.get("name"): e.get("value") for e in page.form("_once").iter("input")}
            someone.submit(form="_once")
            fresh = {**field, "_once": "y" * 20}
            assert someone.post(f"/requests/{draft}/newer", fresh).status == 409
            stranger = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
            assert stranger.get(f"/requests/{draft}/newer").status == 404


def test_a_new_service_is_one_file(app, visitor):
    with made_up_service.offered(app):
        page = visitor("london", lang="en").get(f"/services/{CODE}")
        assert page.status == 200 and "Bicycle letter" in page.text
        assert [file.name for file in app.config[FOLDER].iterdir()] == [f"{CODE}.toml"]
