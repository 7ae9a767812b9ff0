"""Every page in a real browser, as everybody who can open it: nothing for axe, CSP or the critic.

In Persian on a desk and in English on a phone: no violation, no error of the console; nothing wider
than the screen in either language at either size, names of sixty letters included.
"""

import re
from functools import cache
from urllib.parse import urlsplit

import pytest

from core.platform import assets, stylesheets
from core.web.door import Door
from tests.critic import criticise
from tests.journeys import pages
from tests.journeys.conftest import DESKTOP, PHONE

EVERYBODY = (
    "nobody", "newcomer", "neighbour", "owner", pages.CLERK, "consul", "counter", "admin",
    "ministry:nobody", "ministry:superadmin", "ministry:catalogue_admin",
)  # fmt: skip
ARGUMENT = re.compile(r"<(?:[^:>]*:)?(\w+)>")
CLASSES = re.compile(r' class="([^"]*)"')


@pytest.fixture(scope="module")
def house(app):
    return pages.furnish(app)


@pytest.fixture(scope="module")
def window(browse_on):
    """`window("fa")`: one window for a language (and options), with its files fetched once."""
    opened = {}

    def make(lang, **options):
        wanted = lang, *options.items()
        if wanted not in opened:
            opened[wanted] = browse_on(lang=lang, **options)
        return opened[wanted]

    return make


@pytest.fixture
def looker(window, house, live, axe):
    """`looker("owner", "fa")`: somebody who notes what is wrong with the pages they open.

    They sit down at the window of the language; cookies of whoever sat there before are gone.
    """
    seated = []

    def make(who, lang, **options):
        site, _, name = who.rpartition(":")
        place = house.ministry if site else house.london
        address = f"http://{place.slug}.localhost:{live}"
        page = window(lang, **options)
        page.context.clear_cookies()
        cookies = {"lang": lang}
        if person := place.people.get(name):
            cookies["mikhak"] = person.cookie
        page.context.add_cookies(
            [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
        )
        seated.append(Looker(page, address, lang, axe, options.get("color_scheme") == "dark"))
        return seated[-1]

    yield make
    for someone in seated:
        someone.leave()


class Looker:
    """Opens pages and notes every fault with its place."""

    def __init__(self, page, address, lang, axe, dark):
        self.page, self.address = page, address
        self.lang, self.axe, self.dark = lang, axe, dark
        self.faults, self.said = [], []
        page.on("console", self._listen)

    def _listen(self, line):
        if line.type == "error":
            self.said.append(line.text)

    def leave(self):
        """Whoever comes next hears what is said from now on."""
        self.page.remove_listener("console", self._listen)

    def look(self, path):
        """One page: Persian on the desk and English on the phone in full, the other sizes fit."""
        self.said.clear()
        answer = self.page.goto(self.address + path)  # at the size that the last page was left in
        self._check(path, lambda: self._read(answer.text()))
        self._at_this_size(path)
        self.page.set_viewport_size(PHONE if self.page.viewport_size == DESKTOP else DESKTOP)
        self._at_this_size(path)
        wrong = [text for text in self.said if not (answer.status >= 400 and "status of" in text)]
        self.faults += [f"{path}: console: {text}" for text in wrong]
        if urlsplit(answer.url).path != path.partition("?")[0]:
            self.faults.append(f"{path}: ends at {answer.url}")
        return answer

    def _read(self, html):
        criticise(html)
        classes = set(" ".join(CLASSES.findall(html)).split())
        without = classes & _cut_away()
        assert not without, f"no rules for {without}"

    def _at_this_size(self, path):
        size = self.page.viewport_size
        self._check(f"{path} {size['width']} px", self._fits)
        if size == (DESKTOP if self.lang == "fa" else PHONE):
            self._check(path, lambda: self.axe(self.page, colours=self.dark))

    def _fits(self):
        room, width = self.page.evaluate(
            "[document.documentElement.clientWidth, document.documentElement.scrollWidth]"
        )
        assert width <= room, f"{width} px wide on {room}"

    def _check(self, where, check):
        try:
            check()
        except AssertionError as fault:
            self.faults.append(f"{where}: {fault}")


@cache
def _cut_away():
    """The classes whose rules Bootstrap has and our pages do not get."""
    served = assets.BUILT / "files" / assets.manifest()["bootstrap.css"]
    whole = _with_rules(stylesheets.SHEETS["bootstrap.css"])
    assert len(whole) > 1000
    return whole - _with_rules(served)


def _with_rules(sheet):
    return set(re.findall(r"\.([a-z][\w-]*)", sheet.read_text()))


@pytest.mark.parametrize("lang", ["fa", "en"])
@pytest.mark.parametrize("who", EVERYBODY)
def test_pages_have_no_fault(looker, house, who, lang):
    someone = looker(who, lang)
    for path in pages.paths(house)[who]:
        status = someone.look(path).status
        if status != (404 if "no-such" in path else 200):
            someone.faults.append(f"{path}: status {status}")
    assert not someone.faults, "\n" + "\n".join(someone.faults)


def test_no_page_is_forgotten(app, house):
    seen = {shape for who in EVERYBODY for shape in map(_shape, pages.paths(house)[who])}
    left_out = {*pages.WALKED_THROUGH, *pages.ONLY_REDIRECT}
    missing = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and _host(app, rule) in ("office", "ministry")
        and not any(sign in rule.rule for sign in pages.NO_PAGES)
        and _plain(rule.rule) not in left_out
        and not any(_matches(rule, path) for path in seen)
    ]
    assert not missing


def _host(app, rule):
    door = app.blueprints[rule.endpoint.rpartition(".")[0]]
    assert isinstance(door, Door)
    return door.host


def _plain(rule):
    return ARGUMENT.sub(r"<\1>", rule)


def _shape(path):
    return path.partition("?")[0]


def _matches(rule, path):
    return re.fullmatch(ARGUMENT.sub("[^/]+", re.sub(r"\.", r"\\.", rule.rule)), path)


def test_the_dark_side(looker, house):
    someone = looker("owner", "fa", color_scheme="dark")
    for path in ("/", f"/requests/{house.returned}", f"/requests/{house.london.draft}/documents"):
        someone.look(path)
    clerk = looker(pages.CLERK, "en", color_scheme="dark")
    clerk.look("/desk/queues/all")
    clerk.look(f"/desk/requests/{house.london.submitted}")
    assert not someone.faults + clerk.faults


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_errors_are_told_in_words(looker, house, lang):
    """Everything left out: the summary leads to each field, and the page is as good as before."""
    someone = looker("newcomer", lang)
    someone.look("/register/contact")
    someone.page.fill("[name=mobile_abroad]", "")
    someone.page.click("main form .btn-primary")
    someone.page.wait_for_selector(".summary")
    someone.axe(someone.page)
    first = someone.page.locator(".summary a").first
    wanted = first.get_attribute("href").removeprefix("#")
    first.click()
    assert someone.page.evaluate("document.activeElement.id") == wanted
    assert not someone.faults
