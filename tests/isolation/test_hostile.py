"""Every form that anybody is shown, fed with hostile texts; every change, forged."""

from collections.abc import Callable, Iterator

import pytest
from flask import templating

from tests.isolation import crawl, matrix
from tests.isolation.conftest import World, drawn
from tests.isolation.walk import Route, Walker, ids_for, routes

CHANGES = [route for route in routes() if route.method != "GET" and route.site in matrix.COLUMNS]
PAGES = [route for route in routes() if route.method == "GET" and route.site in matrix.COLUMNS]
FORMS_AT_LEAST = 20
TEXTS = {
    "nul": "a\x00b",
    "lone surrogate": "a\ud800b",
    "controls": "a\x01\x08\x1b[31m\x7f\x85b",
    "directions": "\u202e\u2066\u200fabc\u2069\u061c",
    "tags and joiners": "\U000e0041\u200b\u200d\u2060\ufeff\u00adabc",
    "emoji": "😀👩‍👩‍👧🏳️‍🌈",
    "letters of many alphabets": "يىكﮎﻻﷲ ﷺ İıßſΩ K Å",
    "marks upon marks": "a" + "\u0301" * 300,
    "figures": "۱۲۳٤٥٦½²Ⅷ१२三",
    "page": '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "formula": "=cmd|' /C calc'!A0",
    "header": "x\r\nBcc: evil@example.org\r\n\r\nbody",
    "template": "{{ 7*7 }} %(a)s %s {0} ${jndi:ldap://x}",
    "path and query": "../../etc/passwd'; DROP TABLE accounts; --",
    "long": "ن" * 3000,
    "nothing but spaces": " \u00a0\u3000\t ",
}
recorded = pytest.mark.usefixtures("rehearsal")


@pytest.fixture(scope="module")
def shown(furnished: World) -> list[tuple[Walker, crawl.Form]]:
    """Each form once, with somebody who is shown it: of every page, as two who may open it."""
    found: dict[tuple[str, tuple[str, ...]], tuple[Walker, crawl.Form]] = {}
    rows = matrix.read()
    for route in PAGES:
        home = furnished.ministry if route.site == "ministry" else furnished.london
        row = rows[route.site, route.name]
        names = [name for column, name in matrix.walkers(route) if row[column] == "in"]
        for name in dict.fromkeys(names[:1] + names[-1:]):
            walker, path = furnished.walker(name, home), route.path(ids_for(route, home, name))
            for form in crawl.forms(walker.call("GET", path, {}).body, path):
                if form.boxes:
                    found.setdefault((form.action, form.boxes), (walker, form))
    return list(found.values())


@recorded
@pytest.mark.parametrize("kind", TEXTS)
def test_every_box_of_every_form_is_answered_with_words(
    shown: list[tuple[Walker, crawl.Form]], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never a fault, and no hostile character comes back raw, in a header or in a page."""
    assert len(shown) > FORMS_AT_LEAST
    if kind == "page":
        monkeypatch.setattr(templating, "_render", drawn)
    for walker, form in shown:
        typed = {**form.carried, **dict.fromkeys(form.boxes, TEXTS[kind])}
        answer = walker.call("POST", form.action, typed)
        assert answer.status_code < 500, (walker.name, form.action, answer)
        assert not set("\r\n\x00") & set(answer.location)
        assert TEXTS["page"] not in answer.body, (walker.name, form.action)


def wrong_tokens(world: World, walker: Walker, route: Route) -> Iterator[dict[str, str]]:
    """No token, somebody else's, and one's own of another office."""
    others = world.istanbul if route.site == "office" else world.london
    yield {}
    yield {"csrf_token": ""}
    yield {"csrf_token": walker.token[:-3] + "AAA"}
    yield {"csrf_token": world.walker("neighbour", world.london).token}
    yield {"csrf_token": world.walker("admin", others).token}


@recorded
@pytest.mark.parametrize("route", CHANGES, ids=lambda route: f"{route.site} {route.name}")
def test_no_change_without_the_persons_own_token_and_page(
    furnished: World, somebody: Callable[..., Walker], route: Route
) -> None:
    row = matrix.read()[route.site, route.name]
    home = furnished.ministry if route.site == "ministry" else furnished.london
    names = [name for column, name in matrix.walkers(route) if row[column] == "in"]
    walker = somebody(names[0] if names else "nobody", home)
    path = route.path(ids_for(route, home, walker.name))
    for form in wrong_tokens(furnished, walker, route):
        if walker.name == "neighbour" and form.get("csrf_token") == walker.token:
            continue
        answer = walker.call(route.method, path, form)
        assert answer.status_code in (400, 303), (walker.name, form, answer)
        assert answer.status_code == 400 or not names, answer
    right = {"csrf_token": walker.token}
    for headers in (
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": f"http://istanbul.{walker.visitor.host.partition('.')[2]}"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
    ):
        assert walker.call(route.method, path, right, headers).status_code == 400, headers
