"""The first journey of the house: an applicant, a clerk, the consul, the ministry, in a browser.

Axe looks here at what `test_every_page` can't open: pages behind a mail, and how it ends.
"""

import re
from uuid import UUID, uuid4

import pytest

from core.actor import Actor
from core.demo import cases
from core.requests.models import ServiceRequest
from tenants.database import db
from tenants.scope import office
from tests.integration import applicants
from tests.integration import registration_steps as registration
from tests.integration import staff_house as house
from tests.journeys import steps
from tests.journeys.conftest import DESKTOP, PHONE

PASSWORD = "heron on the quiet river"


@pytest.mark.parametrize(("lang", "size"), [("fa", DESKTOP), ("en", PHONE)])
def test_from_the_home_page_to_the_decision(app, browse, visitor, mailbox, person, axe, lang, size):
    clerk, consul = (
        house.inside(app, visitor, "london", role) for role in ("passport_clerk", "consul")
    )
    ministry = house.inside(app, visitor, "ministry", "superadmin")
    open_before, decided_before = ministry_sees(ministry, mailbox)
    someone = person()
    page = browse("london", lang=lang, size=size)

    to_the_door(page)
    come_in(page, mailbox, someone, axe)
    register(page)
    set_password(page)
    code = file_renewal(page, app)
    request_id = steps.request_id(page)
    assert code[:4] in mailbox.text(mailbox.newest(someone["email"]))
    download_receipt(page)
    track(browse("london", lang=lang, size=size), code, axe)
    assert ministry_sees(ministry, mailbox) == (open_before + 1, decided_before)

    desk = sign_in_staff(browse("london", lang=lang), clerk)
    paper = send_one_back(desk, app, request_id)
    assert f"/requests/{request_id}" in mailbox.text(mailbox.newest(someone["email"]))
    correct_only(page, request_id, paper)
    assert status(app, request_id) == "under_review", page.locator("main").inner_text()
    accept_all(desk, request_id)
    advance_at_the_counter(app, request_id)
    approve(browse_as(browse, consul, lang), request_id)
    assert "approved" in status(app, request_id)
    page.goto(f"/requests/{request_id}")
    axe(page)
    assert ministry_sees(ministry, mailbox)[1] == decided_before + 1


def to_the_door(page):
    """Home, the list of services, one service, start: and so to the page to come in."""
    page.goto("/")
    page.goto(f"/services/{steps.SERVICE}")
    page.locator("main a.btn-primary").first.click()
    page.wait_for_url(re.compile("/enter"))


def come_in(page, mailbox, someone, axe):
    """Address, national ID, the device's own work; then the code of the mail."""
    page.fill("#email", someone["email"])
    page.fill("#national_id", someone["national_id"])
    steps.proceed(page)
    page.wait_for_url(re.compile("/enter/code"))
    axe(page)
    page.fill("#code", registration.code_in(mailbox, someone["email"]))
    steps.proceed(page)


def register(page):
    """Every step of the wizard, the preview, the confirmation."""
    for name in ("identity", "photo", "residence", "permit", "contact"):
        page.wait_for_url(re.compile(f"/register/{name}"))
        if name == "photo":  # goes on by itself when the picture has arrived
            steps.upload(page, "photo", registration.portrait().read())
        else:
            steps.type_in(page, steps.PROFILE[name])
            steps.proceed(page)
    page.wait_for_url("**/register/preview")
    page.check("#consent_terms")
    steps.proceed(page)


def set_password(page):
    """The tick on the page of welcome, and its page."""
    page.check("#wants_password")
    steps.proceed(page)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    steps.proceed(page)


def file_renewal(page, app):
    """The draft section by section, the pictures, the check, the declarations; the code."""
    page.goto(f"/requests/new/{steps.SERVICE}")
    steps.proceed(page)
    request_id, typed = steps.request_id(page), steps.new_answers()
    with page.expect_navigation():
        page.locator("main a.btn-primary").click()
    while "/sections/" in page.url:
        here = page.url
        steps.type_in(page, typed)
        steps.proceed(page)
        assert page.url != here
    page.goto(f"/requests/{request_id}/documents")
    steps.hand_in(page, app, request_id)
    page.goto(f"/requests/{request_id}/check")
    for box in page.locator("[name=declared]").all():
        box.check()
    steps.proceed(page)
    page.wait_for_url("**/submitted")
    found = applicants.CODE.search(page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]


def download_receipt(page):
    """A PDF to print and bring."""
    address = page.locator("a[href$='receipt.pdf']").get_attribute("href")
    begins = page.evaluate(
        "async (address) => (await (await fetch(address)).text()).slice(0, 5)", address
    )
    assert begins == "%PDF-"


def track(page, code, axe):
    """Signed out, by the code and the birth date."""
    page.goto("/track")
    page.fill("#code", code.lower())
    born = {"born": "۱۲", "born.month": "۷", "born.year": "۱۳۶۵"}
    steps.type_in(page, {"born.calendar": "jalali", **born})
    with page.expect_navigation():
        page.click(steps.PROCEED)
    assert page.locator(".timeline li").count() >= 1
    axe(page)


def sign_in_staff(page, joined):
    """Password, then the code of the app."""
    page.goto("/desk/sign-in")
    page.fill("#email", joined.email)
    page.fill("#password", house.PASSWORD)
    steps.proceed(page)
    page.fill("#code", joined.code(1))
    steps.proceed(page)
    return page


def send_one_back(page, app, request_id):
    """Take the case, return its first document with a reason, send it back."""
    page.goto(f"/desk/requests/{request_id}")
    with page.expect_navigation():
        page.locator("button[data-take]").first.click()
    paper = applicants.held(app, request_id).uploads[0].key
    item = page.locator(f"#item-document-{paper}")
    item.locator("summary").first.click()
    item.locator("select").select_option("unreadable")
    item.locator("textarea").fill("لطفاً صفحه را کامل بفرستید.")
    item.locator("button[name=return]").click()
    item.locator(".returned").first.wait_for()
    steps.act(page, "send_back")
    assert status(app, request_id) == "needs_correction"
    return paper


def correct_only(page, request_id, paper):
    """Only the returned document can be changed; it is, and goes back."""
    page.goto(f"/requests/{request_id}/correct")
    files = page.locator("input[type=file]")
    assert [box.get_attribute("name") for box in files.all()] == [paper]
    old = page.locator(".upload-item button[name=_remove_file]")
    if old.count():
        old.first.click()
        old.first.wait_for(state="detached")
    steps.upload(page, paper, applicants.picture().read())
    page.locator(".upload-item").first.wait_for()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Send to the office|ارسال به نمایندگی")).click()
    assert not page.locator(".summary").count(), page.locator(".summary").inner_text()


def accept_all(page, request_id):
    """Everything that is left is accepted; the applicant is invited."""
    page.goto(f"/desk/requests/{request_id}")
    take = page.locator("button[data-take]")
    if take.count():
        with page.expect_navigation():
            take.first.click()
    assert page.locator("button[name=accept_rest]").count(), page.locator("main").inner_text()
    page.locator("button[name=accept_rest]").click()
    page.locator("button[name=accept_rest]").wait_for(state="detached")
    steps.act(page, "invite")


def advance_at_the_counter(app, request_id):
    """Identity, fee: the counter's and the cashier's acts, until the consul's turn comes."""
    with app.app_context(), office("london"):
        roles = frozenset(["counter", "cashier"])
        staff = [Actor(kind="staff", id=uuid4(), name="Leila", roles=roles)]
        held = db.session.get_one(ServiceRequest, UUID(request_id))
        while cases.advance(held, staff):
            pass


def approve(page, request_id):
    """The consul's word."""
    page.goto(f"/desk/requests/{request_id}")
    steps.act(page, "approve")


def browse_as(browse, joined, lang):
    """A browser with the session of somebody who is inside already."""
    page = browse("london", lang=lang)
    cookie = joined.visitor.client.get_cookie("mikhak", domain=joined.visitor.host)
    page.context.add_cookies(
        [{"name": "mikhak", "value": cookie.value, "domain": joined.visitor.host, "path": "/"}]
    )
    return page


def status(app, request_id):
    """The state as the office has it."""
    return applicants.held(app, request_id).request.status


def ministry_sees(joined, mailbox):
    """(open, decided this month) of London, once the outbox has been carried over."""
    mailbox.deliver()
    row = next(
        element
        for element in joined.visitor.get("/").root.iter("tr")
        if any("/offices/london" in (a.get("href") or "") for a in element.iter("a"))
    )
    figures = [cell for cell in row.iter("td") if cell.get("class") == "n"]
    return tuple(int(re.sub(r"\D", "", "".join(cell.itertext())) or 0) for cell in figures)
