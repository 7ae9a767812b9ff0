"""Walks every rule of the URL map as everybody, with ids that exist, and names the outcome."""

import re
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from core.web.door import Door
from tests.critic import Visitor
from tests.house.bare import bare_app
from tests.world import SERVICE, Place

WORDS = {  # arguments that are words of ours, not ids
    "code": SERVICE,
    "step": "identity",
    "act": "suspend",
    "name": "take",
    "page": "1",
    "slug": "london",
    "key": "new",
    "link": "unknown",
    "token": "unknown",
    "picture": "unknown",
}
IDS = ("request_id", "document_id", "session_id", "key_id", "person_id", "code_id", "trial_id")
ARGUMENT = re.compile(r"<(?:[^:>]*:)?(\w+)>")
SIGN_IN = ("/enter", "/desk/sign-in", "/sign-in")
ENTRANCE = ("/register", "/enter")
VARYING = re.compile(r'(name="(?:csrf_token|_once)" value=")[^"]*')


@dataclass(frozen=True)
class Route:
    """One method of one rule."""

    site: str
    method: str
    rule: Rule

    @property
    def name(self) -> str:
        """As the table writes it."""
        return f"{self.method:4} " + ARGUMENT.sub(r"<\1>", self.rule.rule)

    @property
    def ids(self) -> tuple[str, ...]:
        """The arguments that are ids."""
        return tuple(name for name in IDS if name in self.rule.arguments)

    def path(self, ids: dict[str, UUID]) -> str:
        """The path with these ids and usual words."""
        words = dict(WORDS)
        if "/sections/" in self.rule.rule:
            words["key"] = "subject"
        if self.rule.rule.startswith("/office/settings"):
            words["key"] = "renewal_window_months"
        if self.rule.rule.startswith("/office/services"):
            words["key"] = "fees"
        if self.rule.rule.startswith("/account"):
            words["step"] = "contact"
        values = words | {name: str(value) for name, value in ids.items()}
        return ARGUMENT.sub(lambda found: values[found[1]], self.rule.rule)


@cache
def routes() -> tuple[Route, ...]:
    """Every method of every rule, in the order of the table; HEAD and OPTIONS follow GET."""
    found = []
    app = bare_app()
    for rule in app.url_map.iter_rules():
        door = app.blueprints[rule.endpoint.rpartition(".")[0]]
        assert isinstance(door, Door)
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [Route(door.host, method, rule) for method in methods]
    return tuple(sorted(found, key=lambda route: (route.site, route.rule.rule, route.method)))


def ids_for(route: Route, place: Place, who: str) -> dict[str, UUID]:
    """The ids of the place that fit: the owner's request, one's own session, a colleague."""
    on_draft = re.search(r"/(sections|documents|check|submit|text)\b", route.rule.rule)
    draft = bool(on_draft) and not route.rule.rule.startswith("/desk")
    first = next(iter(place.people.values()))
    person = place.people.get(who, first)
    colleague = place.people["inspector" if "inspector" in place.people else "cashier"]
    known = {
        "request_id": place.draft if draft else place.submitted,
        "document_id": place.document,
        "session_id": person.other_session,
        "key_id": person.passkey or first.passkey,
        "person_id": colleague.id,
        "code_id": place.special_code,
        "trial_id": place.trial,
    }
    return {name: value for name in route.ids if (value := known[name])}


@dataclass
class Walker:
    """Somebody at a site who knocks at doors one after another."""

    name: str
    visitor: Visitor
    kept: dict[str, str] = field(default_factory=dict, init=False)
    token: str = field(default="", init=False)

    def __post_init__(self) -> None:
        """Get a form's token; remember the cookies, because some doors take them away."""
        asking = "/sign-in" if self.visitor.host.startswith("ministry.") else "/track"
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.visitor.get(asking).html)
        self.token = found[1] if found else ""
        for name in ("mikhak", "form"):
            if cookie := self.visitor.client.get_cookie(name, domain=self.visitor.host):
                self.kept[name] = cookie.value

    def knock(self, route: Route, ids: dict[str, UUID]) -> TestResponse:
        """The answer of the route; a form goes with its tokens and next to nothing else."""
        visitor = self.visitor
        for name, value in self.kept.items():
            visitor.client.set_cookie(name, value, domain=visitor.host)
        form = {"csrf_token": self.token, "_once": "first", "lang": "en"}
        return visitor.client.open(
            route.path(ids),
            method=route.method,
            data=None if route.method == "GET" else form,
            base_url=f"http://{visitor.host}",
            headers={"Host": visitor.host},
        )


def outcome(answer: TestResponse, route: Route) -> str:
    """What the answer means, in a word of the table."""
    if 300 <= answer.status_code < 400:
        path, target = route.rule.rule, answer.location.partition("?")[0]
        if target in SIGN_IN and not path.startswith(SIGN_IN):
            return "sign-in"
        if target == "/register" or (target == "/account" and path.startswith(ENTRANCE)):
            return "away"
        return "in"
    if answer.status_code in (200, 409, 410, 422):
        return "in"
    return str(answer.status_code)


def likeness(answer: TestResponse, ids: dict[str, UUID]) -> tuple[int, str, str]:
    """Status, target and body without what differs from one answer to the next."""
    texts = [answer.headers.get("Location", ""), answer.get_data(as_text=True)]
    for name, value in ids.items():
        texts = [text.replace(str(value), name) for text in texts]
    return answer.status_code, texts[0], VARYING.sub(r"\1", texts[1])
