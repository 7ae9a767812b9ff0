"""Answers of earlier requests: copied with consent, read again, marked until they are saved."""

import pytest

from core import clock
from core.requests.models import RequestEvent
from tenants.database import db
from tenants.scope import office
from tests.integration import applicants, made_up_service
from tests.integration.made_up_service import CODE, PROFILE, TEXT

MARK = "Copied from request"


@pytest.fixture(autouse=True)
def noon():
    with clock.at(applicants.NOON):
        yield


def begin(visitor, *ticked):
    """A new draft through its first page, with these earlier requests ticked; its id."""
    visitor.get(f"/requests/new/{CODE}")
    page = visitor.submit({"carry": list(ticked)} if ticked else {}, form="_once")
    assert page.status == 200, page.text[:500]
    return page.url.rpartition("/")[2]


def test_answers_are_copied_when_asked_marked_and_count_after_they_are_saved(app):
    with made_up_service.offered(app) as definition:
        someone = applicants.sign_in(app, PROFILE, lang="en")[0]
        assert "Copy answers" not in someone.get(f"/requests/new/{CODE}").text
        sample = made_up_service.sample(definition, "team")
        earlier = applicants.filed(app, someone, definition, sample)
        page = someone.get(f"/requests/new/{CODE}")
        assert "Would be copied: Colour; Bought on; Kind; Team; Riders" in page.text

        bare = applicants.held(app, begin(someone)).request
        assert bare.answers == bare.aside == bare.carried == {}

        draft = begin(someone, earlier)
        held = applicants.held(app, draft)
        assert "own_bicycle" not in held.answers  # it decides whether one may file at all
        assert held.answers["riders"] == sample.answers["riders"] and held.request.done == []
        assert not any(held.is_done(section) for section in held.sections)
        page = someone.get(f"/requests/{draft}/sections/bicycle")
        assert page.text.count(MARK) == 4 and "green" in page.html and "Rose" in page.html
        page = someone.submit({"own_bicycle": "yes", "colour": "blue"}, form="colour")
        assert page.url.endswith("/sections/riders") and page.text.count(MARK) == 1
        assert MARK not in someone.get(f"/requests/{draft}/sections/bicycle").text
        held = applicants.held(app, draft)
        assert held.answers["colour"] == "blue" and list(held.request.carried) == ["riders"]
        with app.app_context(), office("london"):
            code = applicants.held(app, earlier).request.tracking_code
            event = db.session.scalars(
                db.select(RequestEvent).filter_by(request_id=held.request.id, act="start")
            ).one()
            assert event.inputs == {"carried_from": [code]}

        stranger = applicants.sign_in(app, PROFILE, lang="en")[0]
        page = stranger.get(f"/requests/new/{CODE}")
        assert "Copy answers" not in page.text
        assert stranger.submit({"carry": earlier}, form="_once").status == 404


def test_what_is_asked_otherwise_or_no_longer_fits_is_not_copied(app):
    with made_up_service.offered(app) as definition:
        someone = applicants.sign_in(app, PROFILE, lang="en")[0]
        sample = made_up_service.sample(definition, "team")
        earlier = applicants.filed(app, someone, definition, sample)
    changed = (
        TEXT.replace("version = 1", "version = 2")
        .replace("max = 30", "max = 3")
        .replace('{ key = "racing", fa = "مسابقه", en = "Racing" }',
                 '{ key = "race", fa = "مسابقه", en = "Racing" }')
        .replace('is = "racing"', 'is = "race"')
        .replace('en = "Riders"', 'en = "Who rides"')
    )  # fmt: skip
    with made_up_service.offered(app, changed):
        page = someone.get(f"/requests/new/{CODE}")
        assert "Would be copied: Bought on; Team" in page.text
        draft = begin(someone, earlier)
        held = applicants.held(app, draft).request
        assert set(held.answers) == {"bought_on"} and held.aside == {"team": "Rose"}
        assert set(held.carried) == {"bought_on", "team"}
        page = someone.get(f"/requests/{draft}/sections/bicycle")
        assert "Rose" not in page.html  # asked of racers only
        sent = {e.get("name"): e.get("value") for e in page.form("colour").iter("input")}
        chosen = {"csrf_token": sent["csrf_token"], "kind": "race"}
        part = someone.client.post(
            f"/requests/{draft}/sections/bicycle/fields",
            data=chosen,
            base_url=f"http://{someone.host}",
        ).get_data(as_text=True)
        assert "Rose" in part and part.count(MARK) == 2
