"""Goes from page to page as somebody, and collects the ids and the forms that stand there."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from uuid import UUID

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.isolation.walk import Walker

STARTS = ("/", "/desk", "/office", "/account", "/requests", "/register", "/services", "/people")
STARTS += ("/enter", "/enter/password", "/enter/forgotten", "/track", "/desk/sign-in", "/sign-in")
TARGET = re.compile(r'(?:href|action|src)="(/[^"#]*)"')
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
CONTROL = re.compile(r"<(?:input|textarea|select)\b[^>]*>")
FACT = re.compile(r'(\w+)="([^"]*)"')
CARRIED = ("hidden", "radio", "checkbox")
UNOPENED = (".pdf", ".png", ".wav", ".jpg")
OF_A_KIND = 1  # pages of one rule that one person opens
KEPT = 4  # ids of one rule


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page: where it goes, what it carries, where one may type."""

    action: str
    carried: dict[str, str]
    boxes: tuple[str, ...]


def collect(walkers: Iterable[Walker]) -> dict[str, list[dict[str, UUID]]]:
    """Endpoint → the ids in the addresses that these people were shown."""
    found: dict[str, list[dict[str, UUID]]] = {}
    for walker in walkers:
        for endpoint, ids, _path, _page in walk(walker):
            known = found.setdefault(endpoint, [])
            if ids and ids not in known and len(known) < KEPT:
                known.append(ids)
    return found


def walk(walker: Walker) -> Iterator[tuple[str, dict[str, UUID], str, str]]:
    """(endpoint, ids, path, page) of every address met; without page where it is not opened."""
    app, opened = walker.visitor.client.application, Counter[str]()
    waiting, seen = list(STARTS), set(STARTS)
    while waiting:
        path = waiting.pop(0)
        endpoint, ids = _meaning(app, walker.visitor.host, path)
        if not endpoint or opened[endpoint] >= OF_A_KIND or path.endswith(UNOPENED):
            yield endpoint, ids, path, ""
            continue
        opened[endpoint] += 1
        answer = walker.call("GET", path, {})
        yield endpoint, ids, path, answer.body
        links = {link.replace("&amp;", "&") for link in TARGET.findall(answer.body)}
        for link in sorted((links | {answer.location}) - seen - {""}):
            seen.add(link)
            waiting.append(link)


def forms(page: str, path: str) -> Iterator[Form]:
    """The forms of a page that change something."""
    for head, body in FORM.findall(page):
        if 'method="post"' not in head.lower():
            continue
        action = re.search(r'action="([^"]*)"', head)
        carried, boxes = {}, []
        for tag in CONTROL.findall(body):
            facts = {name: unescape(value) for name, value in FACT.findall(tag)}
            name, kind = facts.get("name"), facts.get("type", "text")
            if not name or kind in ("submit", "button", "file"):
                continue
            if kind in CARRIED and tag.startswith("<input"):
                carried[name] = facts.get("value", "on")
            else:
                boxes.append(name)
        yield Form(unescape(action[1]) if action else path, carried, tuple(boxes))


def _meaning(app: Flask, host: str, path: str) -> tuple[str, dict[str, UUID]]:
    """Endpoint and ids of an address; forms' targets count like pages but are not opened."""
    site = "ministry" if host.startswith("ministry.") else "office"
    adapter = app.url_map.bind("localhost", subdomain=site)
    for method in ("GET", "POST"):
        try:
            endpoint, values = adapter.match(path.partition("?")[0], method=method)
        except (HTTPException, RequestRedirect):
            continue
        ids = {name: one for name, one in values.items() if isinstance(one, UUID)}
        return (endpoint if method == "GET" else ""), ids
    return "", {}
