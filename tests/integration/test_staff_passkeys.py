"""Passkeys with a device in software: joining, signing in, and what is refused."""

import json

import pytest

from core.clock import now
from core.staff.models import StaffPasskey
from tenants.database import db
from tenants.scope import office
from tests.integration import staff_house as house
from tests.integration.authenticator import Authenticator

LONDON = "http://london.localhost"


def send(visitor, path, body, token):
    """What our script sends; the status and the JSON that came back."""
    page = visitor.client.post(
        path,
        data=json.dumps(body),
        content_type="application/json",
        base_url=f"http://{visitor.host}",
        headers={"Host": visitor.host, "Accept": "application/json", "X-CSRFToken": token},
    )
    return page.status_code, page.get_json()


def token_on(page):
    """The token of the page's forms, where the script reads it."""
    return next(e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token")


def join_with_passkey(app, visitor, mailbox, device, *roles):
    """From the mail to inside without any app."""
    email = house.address()
    house.invite(app, "london", email, *roles)
    someone = visitor("london", lang="en")
    link = house.link_for(mailbox, email)
    someone.get(link)
    token = token_on(someone.submit({"password": house.PASSWORD}, form="password"))
    status, options = send(someone, f"{link}/passkey/options", {}, token)
    assert status == 200 and options["rp"]["id"] == "london.localhost"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    return someone, email, send(someone, f"{link}/passkey", device.create(options), token)


def options_for(visitor, site="london"):
    """Open the sign-in page and press the passkey button."""
    someone = visitor(site, lang="en")
    token = token_on(someone.get("/desk/sign-in"))
    status, options = send(someone, "/desk/sign-in/passkey/options", {}, token)
    assert status == 200
    return someone, token, options


def test_a_passkey_is_password_and_second_factor_at_once(app, visitor, mailbox):
    device = Authenticator(LONDON)
    someone, _, (status, answer) = join_with_passkey(app, visitor, mailbox, device, "admin")
    assert status == 200 and answer["next"] == "/desk/security/recovery-codes"
    assert len(house.codes_on(someone.get(answer["next"]))) == 10
    browser, token, options = options_for(visitor)
    status, answer = send(browser, "/desk/sign-in/passkey", device.get(options), token)
    assert (status, answer) == (200, {"next": "/office"})
    assert browser.get("/office", follow=False).status == 200


def test_without_finger_face_or_pin_a_passkey_is_refused(app, visitor, mailbox):
    device = Authenticator(LONDON, verifies=False)
    someone, _, (status, answer) = join_with_passkey(app, visitor, mailbox, device, "admin")
    assert status == 422 and "could not make a passkey" in answer["message"]
    assert someone.get("/desk/security", follow=False).status == 303


@pytest.fixture
def device(app, visitor, mailbox):
    """A device whose passkey is known at London."""
    made = Authenticator(LONDON)
    _, _, (status, _) = join_with_passkey(app, visitor, mailbox, made, "admin")
    assert status == 200
    return made


def test_an_answer_works_once(app, visitor, device):
    browser, token, options = options_for(visitor)
    begun = browser.client.get_cookie("form", domain=browser.host).value
    answer = device.get(options)
    assert send(browser, "/desk/sign-in/passkey", answer, token)[0] == 200
    thief = visitor("london")
    thief.client.set_cookie("form", begun, domain=thief.host)
    assert send(thief, "/desk/sign-in/passkey", answer, token)[0] == 410


def test_a_counter_that_goes_back_betrays_a_copied_key(app, visitor, device):
    for _ in range(2):
        browser, token, options = options_for(visitor)
        assert send(browser, "/desk/sign-in/passkey", device.get(options), token)[0] == 200
    device.count = 0
    browser, token, options = options_for(visitor)
    status, answer = send(browser, "/desk/sign-in/passkey", device.get(options), token)
    assert status == 422 and "could not be checked" in answer["message"]


def test_a_passkey_of_one_office_is_unknown_at_another(visitor, device):
    browser, token, options = options_for(visitor, "istanbul")
    device.origin = "http://istanbul.localhost"
    assert send(browser, "/desk/sign-in/passkey", device.get(options), token)[0] == 422


def test_a_page_of_another_host_cannot_borrow_a_passkey(visitor, device):
    browser, token, options = options_for(visitor)
    device.origin = "http://evil.example"
    assert send(browser, "/desk/sign-in/passkey", device.get(options), token)[0] == 422


@pytest.mark.parametrize("body", [[], "x", {}, {"rawId": 5}, {"rawId": "é"}, {"rawId": "AAAA"}])
def test_nonsense_is_refused_and_nothing_breaks(visitor, body):
    browser, token, _ = options_for(visitor)
    assert send(browser, "/desk/sign-in/passkey", body, token)[0] == 422


def test_the_last_second_factor_stays(app, visitor, mailbox, device):
    browser, token, options = options_for(visitor)
    send(browser, "/desk/sign-in/passkey", device.get(options), token)
    page = browser.get("/desk/security")
    with app.app_context(), office("london"):
        row = db.session.scalar(
            db.select(StaffPasskey).filter_by(credential_id=device.credential_id)
        )
        assert row.sign_count == device.count and row.last_used_at <= now()
    path = f"/desk/security/passkeys/{row.id}"
    page = browser.post(path, {"csrf_token": token_on(page)})
    assert page.status == 409 and "only second factor" in page.text
