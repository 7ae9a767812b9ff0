"""A test client that is a critic of every page it fetches, and fills forms as a browser would."""

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import html5lib
import lxml.html
import markupever
from flask import Flask
from lxml.etree import XPath
from lxml.etree import _Element as Element
from werkzeug.test import TestResponse

# Long lists of choices are all alike: two options stand for the rest when a page is judged.
CHOICES = re.compile(
    r"((?:\s*<option[^<>]*>[^<]*</option>){2})(?:\s*<option[^<>]*>[^<]*</option>)+"
)
WORDS = re.compile(r'>[^<]*|"[^"]*"')
_sound: set[str] = set()
_visitors = itertools.count(1)
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
IDS = XPath("//@id[. != '']", smart_strings=False)
LABELLED = XPath("//label/@for", smart_strings=False)
CONTROLS = XPath("//input | //select | //textarea")


class BadPage(AssertionError):
    """A page that should not be shown to anybody."""


def judge(html: str) -> None:
    """Refuse what a browser would silently mend; each arrangement of tags is judged once."""
    if "<option" in html:
        html = CHOICES.sub(r"\1", html)
    tags = WORDS.sub("", html)
    if tags in _sound:
        return
    reader = markupever.Parser(markupever.HtmlOptions())
    reader.process(html)
    reader.finish()
    if faults := reader.errors():
        raise BadPage(f"invalid HTML: {_where(html) or faults[0]}")
    _sound.add(tags)


def _where(html: str) -> str:
    """The first fault with its line; slow, and asked of bad pages only."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=False)
    parser.parse(html)
    if not parser.errors:
        return ""
    (line, _), code, values = parser.errors[0]
    near = html.splitlines()[line - 1].strip()[:160] if line <= html.count("\n") + 1 else ""
    return f"line {line}: {code} {values}: {near}"


def criticise(html: str) -> Element:
    """Valid HTML, language and direction, one h1, a title, a label for every control."""
    judge(html)
    root = lxml.html.document_fromstring(html)
    if root.get("lang") not in ("fa", "en"):
        raise BadPage("the page does not say its language")
    if root.get("dir") != ("rtl" if root.get("lang") == "fa" else "ltr"):
        raise BadPage("the page does not say its direction")
    if len(list(root.iter("h1"))) != 1:
        raise BadPage(f"{len(list(root.iter('h1')))} h1 on the page")
    title = root.find("head/title")
    if title is None or not (title.text or "").strip():
        raise BadPage("the page has no title")
    _criticise_ids(root)
    _criticise_labels(root)
    return root


def _criticise_ids(root: Element) -> None:
    ids = Counter(IDS(root))
    if twice := [name for name, times in ids.items() if times > 1]:
        raise BadPage(f"two elements with the id {twice[0]}")


def _criticise_labels(root: Element) -> None:
    labelled = set(LABELLED(root))
    for element in CONTROLS(root):
        if element.tag == "input" and element.get("type") in UNLABELLED:
            continue
        named = element.get("aria-label") or element.get("aria-labelledby")
        inside = next(element.iterancestors("label"), None) is not None
        if not (named or inside or element.get("id") in labelled):
            raise BadPage(f"no label for {element.get('name')}")


@dataclass
class Page:
    """What came back, with its forms within reach."""

    response: TestResponse
    url: str
    root: Element | None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def html(self) -> str:
        """The page's source."""
        return self.response.get_data(as_text=True)

    @property
    def text(self) -> str:
        """What a reader reads, white space folded."""
        if self.root is None:
            return self.html
        skip = {e for tag in ("script", "style") for e in self.root.iter(tag)}
        parts: list[str] = []
        for element in self.root.iter():
            if element not in skip and isinstance(element.tag, str):
                parts.append(element.text or "")
            parts.append(element.tail or "")
        return " ".join(" ".join(parts).split())

    def forms(self) -> list[Element]:
        """All forms of the page."""
        return list(self.root.iter("form")) if self.root is not None else []

    def form(self, containing: str | None = None) -> Element:
        """The main post form, or the one that has a control (or action) of that name.

        An action may also be a button's own (`formaction`), wherever the button stands.
        """
        posts = [f for f in self.forms() if (f.get("method") or "get").lower() == "post"]
        buttons = list(self.root.iter("button")) if self.root is not None else []
        for form in posts:
            own = [e for e in buttons if e.get("form") == (form.get("id") or "")]
            controls = [*form.iter(), *own]
            names = {e.get("name") for e in controls} | {form.get("action")}
            names |= {e.get("formaction") for e in controls}
            if containing is None or containing in names:
                return form
        raise AssertionError(f"no form with {containing!r} at {self.url}: {self.text[:300]}")

    def links(self) -> list[str]:
        """Where the page leads."""
        return [a.get("href", "") for a in self.root.iter("a")] if self.root is not None else []


def filled(form: Element) -> list[tuple[str, str]]:
    """What a browser would send if nothing was touched (without any button)."""
    pairs: list[tuple[str, str]] = []
    for element in form.iter():
        name = element.get("name")
        if not name or element.get("disabled") is not None:
            continue
        if element.tag == "input":
            kind = element.get("type", "text")
            if kind in ("radio", "checkbox") and element.get("checked") is None:
                continue
            if kind not in ("submit", "button", "image", "file"):
                pairs.append((name, element.get("value", "on" if kind == "checkbox" else "")))
        elif element.tag == "textarea":
            pairs.append((name, (element.text or "").removeprefix("\n")))
        elif element.tag == "select":
            options = list(element.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            pairs.extend((name, o.get("value", o.text or "")) for o in chosen)
    return pairs


class Visitor:
    """Somebody at one host, with cookies, who reads pages critically and sends forms."""

    def __init__(self, app: Flask, host: str, lang: str = "fa") -> None:
        self.client = app.test_client()
        # Everybody comes from an address of their own: limits count by it.
        number = next(_visitors)
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self.client.environ_base["REMOTE_ADDR"] = address
        self.host, self.lang = host, lang
        self.client.set_cookie("lang", lang, domain=host)
        self.page: Page | None = None
        self.account_id: UUID | None = None  # of whom a test has signed in here

    def _headers(self, headers: dict[str, str] | None) -> dict[str, str]:
        return {"Host": self.host, **(headers or {})}

    def _take(self, response: TestResponse, url: str) -> Page:
        html = response.mimetype == "text/html" and not 300 <= response.status_code < 400
        body = response.get_data(as_text=True) if html else ""
        whole = html and "<html" in body[:400].lower()
        self.page = Page(response, url, criticise(body) if whole else None)
        return self.page

    def get(self, url: str, *, follow: bool = True, headers: dict[str, str] | None = None) -> Page:
        """Fetch a page (relative to this host); redirects are followed unless told not to."""
        for _ in range(10):
            response = self.client.get(
                url, base_url=f"http://{self.host}", headers=self._headers(headers)
            )
            if not (follow and response.status_code in (301, 302, 303, 307, 308)):
                return self._take(response, url)
            target = urlsplit(urljoin(url, response.location))
            url = target.path + (f"?{target.query}" if target.query else "")
        raise AssertionError(f"redirects without end at {url}")

    def post(
        self,
        url: str,
        data: Any = None,
        *,
        follow: bool = True,
        headers: dict[str, str] | None = None,
    ) -> Page:
        """Send a form as it is (dict or list of pairs; file tuples allowed)."""
        if isinstance(data, list):
            merged: dict[str, list[Any]] = {}
            for name, value in data:
                merged.setdefault(name, []).append(value)
            data = merged
        headers = self._headers({"Sec-Fetch-Site": "same-origin", **(headers or {})})
        response = self.client.post(
            url, data=data or {}, base_url=f"http://{self.host}", headers=headers
        )
        if follow and response.status_code in (302, 303):
            target = urlsplit(urljoin(url, response.location))
            return self.get(target.path + (f"?{target.query}" if target.query else ""))
        return self._take(response, url)

    def submit(
        self,
        fields: dict[str, Any] | None = None,
        *,
        form: str | None = None,
        button: str | tuple[str, str] | None = None,
        follow: bool = True,
    ) -> Page:
        """Fill the form of the page in hand and send it.

        `fields` replace what the form holds (None removes, a list repeats); `form` names a
        control or action of the wanted form; `button` the button pressed.
        """
        assert self.page is not None
        element = self.page.form(form)
        fields = fields or {}
        pairs = [(n, v) for n, v in filled(element) if n not in fields]
        for name, value in fields.items():
            if value is not None:
                pairs.extend((name, v) for v in (value if isinstance(value, list) else [value]))
        if button:
            pairs.append((button, "1") if isinstance(button, str) else button)
        actions = {e.get("formaction") for e in self.page.root.iter("button")} - {None}
        action = form if form in actions else element.get("action")
        target = urlsplit(urljoin(self.page.url, action or self.page.url))
        url = target.path + (f"?{target.query}" if target.query else "")
        return self.post(url, pairs, follow=follow)
