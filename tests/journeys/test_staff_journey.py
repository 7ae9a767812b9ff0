"""Staff in a real browser: a passkey by the device, an app by its code, every page looked at."""

import pyotp
import pytest

from core.clock import now
from tests.integration import staff_house as house
from tests.journeys.conftest import DESKTOP, PHONE


def with_device(page):
    """Give the browser a device that makes passkeys and always finds the right finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


def choose_password(page, link):
    """The first page behind the link."""
    page.goto(link)
    page.fill("#password", house.PASSWORD)
    page.click("main form .btn-primary")


def test_a_passkey_of_the_device_makes_and_opens(app, browse, mailbox, axe):
    email = house.address()
    house.invite(app, "london", email, "admin")
    page = browse("london", lang="en", reduced_motion="no-preference")
    with_device(page)
    choose_password(page, house.link_for(mailbox, email))
    page.click("[data-passkey=create]")
    page.wait_for_selector(".recovery-codes")
    axe(page)
    page.click("main .btn-primary")
    page.wait_for_url("**/office")
    page.click("text=Sign out")
    page.wait_for_url("**/desk/sign-in")
    page.click("[data-passkey=get]")
    page.wait_for_url("**/office")
    page.goto("/desk/security")
    assert page.locator("text=Made on").count() == 1


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_an_office_admin_joins(app, browse, mailbox, axe, lang):
    """From the invitation to the first page; what stands behind it: test_every_page."""
    email = house.address()
    house.invite(app, "london", email, "admin", lang=lang)
    page = browse("london", lang=lang)
    page.goto("/desk/sign-in")
    page.click("main form .btn-primary")
    axe(page)
    join_with_app(page, house.link_for(mailbox, email), axe)
    page.click("main .btn-primary")
    page.wait_for_url("**/office")


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_the_ministry_opens_an_office(app, browse, mailbox, axe, lang):
    email = house.address()
    house.invite(app, "ministry", email, "superadmin", lang=lang)
    page = browse("ministry", lang=lang)
    join_with_app(page, house.link_for(mailbox, email), axe)
    slug = {"fa": "ljubljana", "en": "sarajevo"}[lang]
    page.goto(f"/open/{slug}")
    page.fill("#email", house.address())
    page.fill("#name_fa", "راهبر نمایندگی")
    page.fill("#name_en", "First Admin")
    page.click("main form .btn-primary")
    page.wait_for_selector(".timeline")
    page.locator(".timeline summary").click()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        axe(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{page.url} is {width} px wide"


def join_with_app(page, link, axe):
    """From the mail to the recovery codes, each page looked at."""
    choose_password(page, link)
    page.locator(".qr").evaluate("picture => picture.decode()")
    axe(page)
    secret = page.locator("[data-copy]").get_attribute("data-copy")
    page.fill("#code", pyotp.TOTP(secret).at(now()))
    page.click("main form .btn-primary")
    page.wait_for_selector(".recovery-codes")
    axe(page)
