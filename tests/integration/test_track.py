"""Tracking without signing in: code and birth date in, the state out, guessing limited."""

import pytest

from core import clock
from core.requests.tracking import new_code
from tests.integration import applicants, made_up_service


@pytest.fixture(autouse=True)
def noon():
    with clock.at(applicants.NOON):
        yield


@pytest.fixture(scope="module")
def code(app):
    with clock.at(applicants.NOON), made_up_service.offered(app) as service:
        visitor, _ = applicants.sign_in(app, made_up_service.PROFILE)
        sample = made_up_service.sample(service, "plain")
        request_id = applicants.filed(app, visitor, service, sample)
        return applicants.held(app, request_id).request.tracking_code


def ask(visitor, code, *, client, born=("14", "5", "1988", "gregorian")):
    visitor.client.environ_base["REMOTE_ADDR"] = client
    visitor.get("/track")
    names = ("born", "born.month", "born.year", "born.calendar")
    return visitor.submit({"code": code, **dict(zip(names, born, strict=True))}, form="code")


def test_code_and_birth_date_show_the_state(visitor, code):
    page = ask(visitor(lang="en"), code, client="10.0.0.1")
    assert page.status == 200 and "Submitted" in page.text and "Bicycle letter" in page.text
    assert "نیک" not in page.text and "ARASH" not in page.text
    assert page.url == "/track"


def test_any_way_of_typing_it_is_understood(visitor, code):
    spaced = f" {code[:4].lower()} {code[4:8]}-{code[8:]} "
    persian = spaced.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    jalali = ("۲۴", "۲", "۱۳۶۷", "jalali")
    assert ask(visitor(), persian, client="10.0.0.2", born=jalali).status == 200


def test_wrong_code_and_wrong_birth_date_get_one_answer(visitor, code):
    pages = [
        ask(visitor(lang="en"), new_code(), client="10.0.0.3"),
        ask(visitor(lang="en"), "ABCD-EFGH-JKMM", client="10.0.0.3"),
        ask(visitor(lang="en"), code, client="10.0.0.3", born=("15", "5", "1988", "gregorian")),
        ask(visitor("istanbul", lang="en"), code, client="10.0.0.3"),
    ]
    assert [page.status for page in pages] == [422] * 4
    told = {page.root.find(".//div[@role='alert']/ul/li/a").text for page in pages}
    assert len(told) == 1 and "No request fits" in told.pop()


@pytest.mark.parametrize("born", [("", "", "", "jalali"), ("30", "2", "2000", "gregorian")])
def test_a_date_that_is_none_is_said_at_its_box(visitor, code, born):
    page = ask(visitor(lang="en"), code, client="10.0.0.4", born=born)
    assert page.status == 422 and 'href="#born"' in page.html
    assert ("Type the birth date." in page.text) == (not born[0])
    both = ask(visitor(lang="en"), "", client="10.0.0.4", born=born)
    assert both.html.index('href="#code"') < both.html.index('href="#born"'), "as on the page"


@pytest.mark.parametrize("text", ["", "x" * 10_000, "\x00", "<script>"])
def test_odd_codes_are_answered(visitor, text):
    assert ask(visitor(lang="en"), text, client="10.0.0.5").status == 422


@pytest.mark.parametrize("client", ["10.0.0.6", "2001:db8:0:6::{:x}"])
def test_guessing_is_limited(visitor, client):
    """A household has an IPv4 address, or a whole /64."""
    guesser = visitor(lang="en")
    clients = [client.format(turn) for turn in range(22)]
    seen = [ask(guesser, new_code(), client=one).status for one in clients]
    assert seen[:20] == [422] * 20 and seen[-1] == 429
