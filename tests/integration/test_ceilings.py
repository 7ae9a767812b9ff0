"""How much a page may cost: queries to the database, and bytes over the wire."""

import re
from urllib.parse import urljoin

import pytest
from flask import Flask

from core.catalogue import reader
from tenants.scope import office
from tests import world
from tests.critic import Visitor
from tests.integration import applicants
from tests.statements import sent
from tests.world import Place

KILOBYTE = 1024
FIRST_PAGE, LATER_STEP = 120 * KILOBYTE, 25 * KILOBYTE
# Who, where, at most so many queries. The session counts, the cached host name does not.
SIGN_IN, LIST, QUEUE, CASE, SECTION, HANDING_IN = 1, 6, 8, 12, 8, 12
QUERIES = [
    (None, "/", SIGN_IN),
    (None, "/enter", SIGN_IN),
    (None, "/enter/password", SIGN_IN),
    (None, "/desk/sign-in", SIGN_IN),
    (None, "/services", SIGN_IN),
    (None, f"/services/{world.SERVICE}", LIST),
    ("many", "/requests", LIST),
    ("owner", "/account", LIST),
    ("owner", "/requests/{draft}", CASE),
    ("owner", "/requests/{draft}/sections/subject", SECTION),
    ("owner", "/requests/{draft}/documents", SECTION),
    ("owner", "/requests/{draft}/check", CASE),
    ("owner", "/requests/{submitted}", CASE),
    ("consul", "/desk/queues/new", QUEUE),
    ("consul", "/desk/requests/{submitted}", CASE),
    ("admin", "/office/staff", LIST),
    ("admin", "/office/settings", LIST),
    ("admin", "/office/services", LIST),
    ("admin", f"/office/services/{world.SERVICE}", LIST),
    ("admin", f"/office/services/{world.SERVICE}/documents", LIST),
    ("superadmin", "/", LIST),
    ("superadmin", "/people", LIST),
    ("superadmin", "/locks", LIST),
]
FIRST_STEPS = ["/", "/enter"]
LATER_STEPS = [
    "/requests",
    "/services",
    f"/services/{world.SERVICE}",
    "/requests/{draft}",
    "/requests/{draft}/sections/subject",
    "/requests/{draft}/documents",
    "/requests/{draft}/check",
    "/requests/{submitted}",
]
LINKS = re.compile(
    r'<link\b[^>]*\brel="(?:stylesheet|icon|preload|modulepreload)"[^>]*>|<(?:script|img)\b[^>]*>'
)
ADDRESS = re.compile(r'\b(?:href|src)="([^"]+)"')
IMPORTS = re.compile(r"""\b(?:from|import|new URL\()\s*["'](\.[^"']+)["']""")
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")


@pytest.fixture(scope="module")
def london(app: Flask) -> Place:
    """The office with its people; a list of twenty requests and more in the queue."""
    place = world.furnish_office(app, "london")
    place.people |= world.furnish_ministry(app).people
    place.people["many"] = place.people["neighbour"]
    with app.app_context(), office("london"):
        world.copy_requests(place, place.people["many"].id, 25)
    return place


def visit(app: Flask, place: Place, who: str | None) -> Visitor:
    return world.visitor_as(app, place.people[who] if who else None, None if who else "london")


@pytest.mark.parametrize(("who", "path", "ceiling"), QUERIES)
def test_queries(app: Flask, london: Place, who: str | None, path: str, ceiling: int) -> None:
    someone = visit(app, london, who)
    path = path.format(draft=london.draft, submitted=london.submitted)
    someone.get(path)  # what is read once per process is not the page's cost
    with sent(app) as statements:
        page = someone.get(path, follow=False)
    assert page.status == 200, page.status
    assert len(statements) <= ceiling, "\n".join(statements)


def test_handing_in_a_paper(app: Flask, london: Place) -> None:
    """One paper more, as the page sends it: checked, sealed, entered, written into the trail."""
    owner, address = visit(app, london, "owner"), f"/requests/{london.draft}/documents"
    kind = applicants.held(app, str(london.draft)).uploads[0].key
    owner.get(address)
    with sent(app) as statements:
        paper = {kind: (applicants.picture(), "paper.jpg")}
        page = owner.submit(paper, form=kind, follow=False)
    assert page.status == 303
    assert len(statements) <= HANDING_IN, "\n".join(statements)


def test_earlier_requests_are_asked_for_only_where_one_is_chosen(app: Flask) -> None:
    definition = reader.load_all()["enrolment-certificate"]
    section = next(s for s in definition.sections if any(f.type == "reference" for f in s.fields))
    sample = next(one for one in definition.samples if one.answers.get("has_student_file"))
    someone, account_id = applicants.sign_in(app, sample.profile)
    sample = applicants.with_references(app, account_id, sample, definition.code)
    draft = applicants.begin(someone, definition.code)
    applicants.fill_section(someone, draft, definition, section.key, sample)
    for page, times in (("documents", 0), (f"sections/{section.key}", 1)):
        with sent(app) as statements:
            assert someone.get(f"/requests/{draft}/{page}", follow=False).status == 200
        assert sum("submitted_at IS NOT NULL" in one for one in statements) == times, page


class Browser:
    """Fetches a page with everything it needs, and keeps what may be kept, as browsers do."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.cache: set[str] = set()

    def open(self, path: str) -> int:
        """The bytes that went over the wire."""
        size, html = self._fetch(path)
        for tag in LINKS.findall(html):
            address = ADDRESS.search(tag)
            # A person's own uploads come when they are scrolled to; they are not the page.
            if address and "/files/" not in address[1]:
                size += self._need(urljoin(path, address[1]), html)
        return size

    def _need(self, path: str, html: str) -> int:
        if path in self.cache or path.startswith("data:"):
            return 0
        size, text = self._fetch(path)
        if path.endswith(".js"):
            needed = IMPORTS.findall(text)
        else:
            faces = FONT_FACE.findall(text)
            needed = [URL.search(face)[1] for face in faces if is_needed(face, html)]
        return size + sum(self._need(urljoin(path, name), html) for name in needed)

    def _fetch(self, path: str) -> tuple[int, str]:
        host = self.visitor.host
        asked = {"Host": host, "Accept-Encoding": "gzip, deflate, br"}
        got = self.visitor.client.get(path, base_url=f"http://{host}", headers=asked)
        assert got.status_code == 200, path
        if "immutable" in got.headers.get("Cache-Control", ""):
            self.cache.add(path)
        size = len(got.data) + sum(len(k) + len(v) + 4 for k, v in got.headers.items())
        if got.mimetype != "text/html" and not path.endswith((".css", ".js")):
            return size, ""
        plain = self.visitor.client.get(path, base_url=f"http://{host}", headers={"Host": host})
        return size, plain.get_data(as_text=True)


def is_needed(face: str, html: str) -> bool:
    """Whether a page has a character of the ranges that a font face is for."""
    ranges = re.search(r"unicode-range:([^;}]+)", face)
    if ranges is None:
        return True
    for part in ranges[1].replace("U+", "").replace("u+", "").split(","):
        first, _, last = part.strip().partition("-")
        low, high = int(first.replace("?", "0"), 16), int((last or first).replace("?", "F"), 16)
        if any(low <= ord(letter) <= high for letter in set(html)):
            return True
    return False


@pytest.mark.parametrize("lang", ["fa", "en"])
@pytest.mark.parametrize("path", FIRST_STEPS)
def test_first_page(app: Flask, path: str, lang: str) -> None:
    someone = world.visitor_as(app, None, "london", lang)
    size = Browser(someone).open(path)
    assert size <= FIRST_PAGE, f"{size / KILOBYTE:.1f} KB"


@pytest.mark.parametrize("lang", ["fa", "en"])
@pytest.mark.parametrize("path", LATER_STEPS)
def test_later_step(app: Flask, london: Place, path: str, lang: str) -> None:
    """After the first page, with its styles, scripts and fonts in the cache."""
    browser = Browser(world.visitor_as(app, london.people["owner"], None, lang))
    browser.open("/account")
    size = browser.open(path.format(draft=london.draft, submitted=london.submitted))
    assert size <= LATER_STEP, f"{size / KILOBYTE:.1f} KB"
