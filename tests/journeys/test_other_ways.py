"""Other ways through the same pages: without JavaScript, with the keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from core.crypto import open_link
from core.sessions import actions as sessions
from tenants.scope import office
from tests.integration import applicants, made_up_service
from tests.integration import registration_steps as registration
from tests.journeys import steps
from tests.journeys.conftest import PHONE


def figures_of(app, picture):
    """What the picture shows, as its id says to whoever holds the office's key."""
    with app.app_context(), office("london", read_only=True):
        return open_link("picture", picture)[0]


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_without_javascript_everything_works(app, browse, mailbox, person, lang):
    someone = person()
    page = browse("london", lang=lang, size=PHONE, java_script_enabled=False)
    page.goto("/enter")
    page.fill("#email", someone["email"])
    page.fill("#national_id", someone["national_id"])
    page.fill("#security_code", "00000")
    press(page)
    assert page.locator("#security_code-error").count() == 1
    assert page.input_value("#email") == someone["email"]
    page.fill("#security_code", figures_of(app, page.input_value("[name=security_token]")))
    press(page)
    page.fill("#code", registration.code_in(mailbox, someone["email"]))
    press(page)
    walk_the_wizard(page)
    page.check("#consent_terms")
    press(page)
    page.goto(f"/requests/new/{steps.SERVICE}")
    press(page)
    page.goto(f"{page.url}/sections/renewal")
    type_in(page, {"reason": "expiry", "old_passport_no": "K12345678"})
    press(page)
    assert page.locator(".summary").count() == 1
    assert page.input_value("#old_passport_no") == "K12345678"


def walk_the_wizard(page):
    """Identity, photo, residence, permit (which asks again for what depends on it), contact."""
    for boxes in (registration.IDENTITY, None, registration.RESIDENCE, registration.PERMIT):
        if boxes is None:
            picture = registration.portrait().read()
            file = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture}
            page.set_input_files("#photo", file)
        else:
            type_in(page, boxes)
        press(page)
    if page.url.endswith("/permit"):
        type_in(page, registration.PERMIT_MORE)
        press(page)
    type_in(page, registration.CONTACT)
    press(page)
    assert page.url.endswith("/register/preview"), page.locator("main").inner_text()


def type_in(page, boxes):
    """Into the plain controls of the page, as they came."""
    for name, value in boxes.items():
        box = page.locator(f"main [name='{name}']:not([type=hidden])")
        kind = box.first.get_attribute("type") if box.count() else None
        if kind in ("radio", "checkbox"):
            box.and_(page.locator(f"[value='{value}']")).check()
        elif box.count() and box.first.evaluate("(box) => box.tagName") == "SELECT":
            box.select_option(value)
        elif box.count():
            box.fill(value)


def press(page):
    """The one filled button."""
    with page.expect_navigation():
        page.locator(steps.PROCEED).last.click()


def test_with_the_keyboard_alone(app, browse, mailbox, person):
    someone = person()
    registration.registered(app, someone)
    page = browse("london", lang="en")
    page.goto(f"/requests/new/{steps.SERVICE}")
    page.wait_for_url(re.compile("/enter"))
    page.keyboard.press("Tab")
    assert focused(page, "el.matches('.skip')"), "the first stop leads to the content"
    tab_to(page, "el.id == 'email'")
    page.keyboard.type(someone["email"])
    page.keyboard.press("Tab")
    page.keyboard.type(someone["national_id"])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/enter/code"))
    tab_to(page, "el.id == 'code'")
    page.keyboard.type(registration.code_in(mailbox, someone["email"]))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*/requests/new"))
    tab_to(page, "el.matches('main form .btn-primary')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/requests/[0-9a-f-]{36}$"))
    tab_to(page, "el.matches('main a.btn-primary')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/sections/"))
    tab_to(page, "el.matches('main form input[type=radio]')")
    page.keyboard.press("Space")
    assert focused(page, "el.checked")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("ArrowDown")  # another answer, which other questions hang on
        page.evaluate("document.querySelector('main a').focus()")
    page.wait_for_timeout(100)
    assert focused(page, "el.matches('a')"), "who went on while they came stays there"


def tab_to(page, wanted, most=40):
    """Step on with Tab; whatever takes the focus shows it and stands in the view."""
    for _ in range(most):
        if focused(page, wanted):
            return
        page.keyboard.press("Tab")
        assert focused(page, SHOWS_FOCUS), page.evaluate("document.activeElement.outerHTML")
    raise AssertionError(f"never reached {wanted}")


def focused(page, condition):
    """Whether the element with the focus is so."""
    return page.evaluate(
        f"(() => {{ const el = document.activeElement; return !!({condition}); }})()"
    )


SHOWS_FOCUS = """(() => {
  if (el === document.body) return true;
  const label = el.closest("label") ?? el;
  const ring = [el, label].map((one) => getComputedStyle(one))
    .some((style) => style.outlineStyle !== "none" || style.boxShadow !== "none");
  const box = label.getBoundingClientRect();
  return ring && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
})()"""


def test_a_page_fetches_only_the_helpers_that_it_needs(browse):
    page = browse("london")
    page.goto("/help")
    assert helpers(page) == {"page"}
    page.goto("/enter/password")
    assert helpers(page) == {"page", "fields", "calendars", "proof"}
    assert page.locator("[data-reveal]").is_visible()


def test_a_helper_is_fetched_for_a_part_that_comes_later_too(browse):
    page = browse("london")
    page.goto("/enter/password")
    shown = page.evaluate("document.querySelector('.field:has([data-reveal])').outerHTML")
    page.goto("/help")
    page.evaluate(
        "(html) => { const main = document.querySelector('main');"
        " main.insertAdjacentHTML('beforeend', html);"
        " main.dispatchEvent(new CustomEvent('mikhak:fresh', { bubbles: true })); }",
        shown,
    )
    page.locator("[data-reveal]").click()
    assert page.locator("#password").get_attribute("type") == "text"


def test_a_helper_that_never_arrives_costs_only_what_it_does(browse):
    page = browse("london")
    page.route("**/proof.*.js", lambda route: route.abort())
    page.goto("/enter/password")
    page.locator("[data-reveal]").click()
    assert page.locator("#password").get_attribute("type") == "text"


def helpers(page):
    """The scripts that the page fetched."""
    return set(
        page.evaluate(
            "performance.getEntriesByType('resource').map((one) => one.name)"
            ".filter((name) => name.endsWith('.js'))"
            ".map((name) => name.split('/').pop().split('.')[0])"
        )
    )


def test_what_is_typed_after_the_session_ended_waits_for_the_next(app, browse):
    """Somebody who was signed out elsewhere goes on typing; a second window signs them in again."""
    with made_up_service.offered(app) as service:
        applicant, _ = applicants.sign_in(app, made_up_service.PROFILE, lang="en")
        draft = applicants.begin(applicant, service.code)
        cookie = applicant.client.get_cookie("mikhak", domain=applicant.host).value
        page = browse("london", lang="en")

        def session(value):
            address = page.context.pages[0].url
            page.context.add_cookies([{"name": "mikhak", "value": value, "url": address}])

        page.goto("/")
        session(cookie)
        page.goto(f"/requests/{draft}/sections/bicycle")
        session("over")
        page.fill("[name=colour]", "green")
        told = page.locator("[data-saved]")
        expect(told).to_contain_text("you have been signed out")
        page.click("main form .btn-primary")
        expect(page.locator("[name=colour]")).to_have_value("green")
        session(cookie)
        page.click("main form .btn-primary")
        expect(told).to_contain_text("Saved at")
        page.reload()
        assert page.input_value("[name=colour]") == "green"
        stop = page.locator("#section-stops .notice")
        for answer, boxes in (("no", 1), ("yes", 0)):
            page.check(f"[name=own_bicycle][value={answer}]")
            expect(stop).to_have_count(boxes)


def test_a_form_sent_after_the_session_ended_waits_behind_the_sign_in(app, browse):
    """Without JavaScript, where no page saves itself."""
    with made_up_service.offered(app) as service:
        applicant, person = applicants.sign_in(app, made_up_service.PROFILE, lang="en")
        draft = applicants.begin(applicant, service.code)
        page = browse("london", size=PHONE, java_script_enabled=False)

        def come_in():
            with app.app_context(), office("london"):
                names = {"fa": "آرش", "en": "Arash"}
                value, _ = sessions.start("applicant", person, names=names)
            page.context.add_cookies([{"name": "mikhak", "value": value, "url": page.url}])

        page.goto("/")
        come_in()
        page.goto(f"/requests/{draft}/sections/bicycle")
        page.fill("[name=colour]", "سبز")
        with app.app_context(), office("london"):
            sessions.end_all("applicant", person)
        page.click("main form .btn-primary")
        expect(page.locator(".notice")).to_contain_text("نگه داشته شده است")
        come_in()
        page.goto("/unsent")
        page.click("main form .btn-primary")
        expect(page.locator("[name=colour]")).to_have_value("سبز")
