"""Steps of the journeys: typing into the pages' own forms by the names of their boxes."""

import re
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Locator, Page

from core import clock
from core.catalogue import reader
from core.dates import typed
from core.demo.paper import document, portrait
from tests.integration import applicants
from tests.integration.registration_steps import CONTACT, IDENTITY, PERMIT, PERMIT_MORE, RESIDENCE

SERVICE = "passport-renewal"
PROCEED = "main form .btn-primary"
PROFILE = {
    "identity": IDENTITY,
    "residence": RESIDENCE,
    "permit": {**PERMIT, **PERMIT_MORE},
    "contact": CONTACT,
}


# Name → how it is answered, and whether other questions depend on the answer.
BOXES = """() => Object.fromEntries(
  [...document.querySelectorAll("main [name]:not([type=hidden])")]
    .map((box) => [box.name, [box.type, !!box.closest("[data-affects]")]]))"""


def type_in(page: Page, boxes: dict[str, Any]) -> None:
    """Fill what is there, in the order given; what depends on an answer appears after it."""
    calendars_first = sorted(boxes, key=lambda name: not name.endswith(".calendar"))
    there = page.evaluate(BOXES)
    for name in calendars_first:
        if name not in there:
            continue
        kind, affects = there[name]
        box = page.locator(f"main [name='{name}']:not([type=hidden])")
        _put(page, box, kind, boxes[name], affects)
        if affects:
            there = page.evaluate(BOXES)


def _put(page: Page, box: Locator, kind: str, value: Any, affects: bool) -> None:
    if kind in ("radio", "checkbox"):
        box = box.and_(page.locator(f"[value='{value}']"))
        _with_consequences(page, box, box.check, affects)
    elif kind == "select-one":
        _with_consequences(page, box, lambda: choose(box, str(value)), affects)
    else:
        box.fill(str(value))


def choose(box: Locator, value: str) -> None:
    """Choose in a list, also in one that stands behind a searchable box."""
    plain = value.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789"))
    box.evaluate(
        "(box, value) => { box.value = value;"
        " box.dispatchEvent(new Event('change', { bubbles: true })); }",
        plain.lstrip("0") if plain.isdigit() else plain,
    )


def _with_consequences(page: Page, box: Locator, act: Any, affects: bool) -> None:
    """Where other questions depend on the answer, wait until they are there."""
    if not affects:
        act()
        return
    if box.first.evaluate("(box) => box.checked === true"):
        return
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        act()
    page.wait_for_timeout(50)


def proceed(page: Page, selector: str = PROCEED) -> None:
    """Press the one filled button and be on the next page."""
    with page.expect_navigation():
        page.locator(selector).last.click()
    summary = page.locator(".summary")
    assert not summary.count(), f"{page.url}: {summary.inner_text()}"


def new_answers() -> dict[str, Any]:
    """The plain sample of the renewal, with a passport that expires in three months."""
    definition = reader.load_all()[SERVICE]
    sample = next(sample for sample in definition.samples if sample.key == "plain")
    boxes: dict[str, Any] = {}
    for section in definition.sections:
        boxes |= applicants.boxes_of_sample(definition, section.key, sample)
    today = clock.today("Europe/London")
    boxes |= _jalali("old_issue", today - timedelta(days=1700))
    return boxes | _jalali("old_expiry", today + timedelta(days=90))


def _jalali(key: str, day: date) -> dict[str, str]:
    parts = typed(day, "jalali")
    names = (key, f"{key}.month", f"{key}.year")
    return {f"{key}.calendar": "jalali", **dict(zip(names, parts, strict=True))}


def hand_in(page: Page, app: Any, request_id: str) -> None:
    """A real picture for every paper that is required, by choosing files."""
    for ask in applicants.held(app, request_id).uploads:
        for number in range(1, 1 + (ask.min if ask.required else 0)):
            picture = portrait(number) if ask.photo else document(ask.code, number)
            upload(page, ask.key, picture.read())
            page.locator(f"#upload-{ask.key} .upload-item").nth(number - 1).wait_for()


def upload(page: Page, key: str, content: bytes) -> None:
    """Choose a file; the page sends it by itself."""
    file = {"name": f"{key}.jpg", "mimeType": "image/jpeg", "buffer": content}
    page.locator(f"input[type=file][name='{key}']").set_input_files(file)  # type: ignore[arg-type]


def act(page: Page, name: str, answers: dict[str, Any] | None = None) -> None:
    """An act of the desk, by its button in the bar, through its page if it asks something."""
    with page.expect_navigation():
        page.locator(f"form[action$='/acts/{name}'] button, a[href$='/acts/{name}']").first.click()
    if page.url.endswith(f"/acts/{name}"):
        type_in(page, answers or {})
        with page.expect_navigation():
            page.locator("main form .btn-primary, main form .btn-danger").last.click()
    assert not page.locator(".summary").count(), page.locator(".summary").inner_text()


def request_id(page: Page) -> str:
    """The id of the request in hand."""
    found = re.search(r"/requests/([0-9a-f-]{36})", page.url)
    assert found, page.url
    return found[1]
