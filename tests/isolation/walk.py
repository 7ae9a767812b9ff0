"""Walks every rule of the URL map as everybody, with ids that exist, and names the outcome.

A knock is one call of the WSGI application, without a browser around it: thousands are made.
"""

import io
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlencode
from uuid import UUID

from werkzeug.routing import Rule, UUIDConverter
from werkzeug.test import run_wsgi_app

from core.web.door import Door
from tests.critic import Visitor
from tests.house.bare import bare_app
from tests.world import SERVICE, Place

WORDS = {  # arguments that are words of ours, not ids; any other is "unknown"
    "code": SERVICE,
    "step": "identity",
    "act": "suspend",
    "name": "take",
    "page": "1",
    "slug": "london",
    "key": "new",
}
WITH_A_TOKEN = ("/track", "/sign-in", "/security")
NOBODYS = UUID("00000000-0000-4000-8000-000000000000")
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
        converters = self.rule._converters.items()
        return tuple(name for name, one in converters if isinstance(one, UUIDConverter))

    def path(self, ids: dict[str, UUID]) -> str:
        """The path with these ids and usual words."""
        words = dict(WORDS)
        if "/sections/" in self.rule.rule:
            words["key"] = "subject"
        if self.rule.rule.startswith("/office/settings"):
            words["key"] = "renewal_window_months"
        if self.rule.rule.startswith("/office/services"):
            words["key"] = "fees"
        if self.rule.rule.startswith("/catalogue"):
            words["act"] = "retire"
        if self.rule.rule.startswith("/account"):
            words["step"] = "contact"
        values = words | {name: str(value) for name, value in ids.items()}
        return ARGUMENT.sub(lambda found: values.get(found[1], "unknown"), self.rule.rule)


def nobodys(route: Route) -> dict[str, UUID]:
    """Ids that nobody has, each its own."""
    return {name: UUID(int=NOBODYS.int + n) for n, name in enumerate(route.ids)}


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
    return {name: known.get(name) or NOBODYS for name in route.ids}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status_code: int
    location: str
    body: str


@dataclass
class Walker:
    """Somebody at a site who knocks at doors one after another."""

    name: str
    visitor: Visitor
    cookies: str = field(default="", init=False)
    token: str = field(default="", init=False)

    def __post_init__(self) -> None:
        """Get a form's token; what doors do to the cookies later is not kept."""
        visitor = self.visitor
        paths = WITH_A_TOKEN[1:] if visitor.host.startswith("ministry.") else WITH_A_TOKEN[:1]
        host = {"base_url": f"http://{visitor.host}", "headers": {"Host": visitor.host}}
        for path in paths:
            page = visitor.client.get(path, **host).get_data(as_text=True)
            if found := re.search(r'name="csrf_token" value="([^"]+)"', page):
                self.token = found[1]
                break
        kept = [visitor.client.get_cookie(name, domain=visitor.host) for name in ("mikhak", "form")]
        pairs = [f"{one.key}={one.value}" for one in kept if one]
        self.cookies = "; ".join([f"lang={visitor.lang}", *pairs])

    def knock(self, route: Route, ids: dict[str, UUID]) -> Answer:
        """The answer of the route; a form goes with its tokens and next to nothing else."""
        form = {"csrf_token": self.token, "_once": "first", "lang": "en"}
        return self.call(route.method, route.path(ids), form)

    def call(
        self, method: str, path: str, form: dict[str, str], more: dict[str, str] | None = None
    ) -> Answer:
        """One request as the server would hand it over; `more` of the environment."""
        path, _, query = path.partition("?")
        body = b"" if method == "GET" else urlencode(form, errors="surrogatepass").encode()
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": self.visitor.host,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": self.visitor.host,
            "HTTP_COOKIE": self.cookies,
            "REMOTE_ADDR": self.visitor.client.environ_base["REMOTE_ADDR"],
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **(more or {}),
        }
        app = self.visitor.client.application.wsgi_app
        parts, status, headers = run_wsgi_app(app, environ, buffered=True)
        text = b"".join(parts).decode("utf-8", "replace")
        return Answer(int(status[:3]), headers.get("Location", ""), text)


def outcome(answer: Answer, route: Route) -> str:
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


def likeness(answer: Answer, ids: dict[str, UUID]) -> tuple[int, str, str]:
    """Status, target and body without what differs from one answer to the next."""
    texts = [answer.location, answer.body]
    for name, value in ids.items():
        texts = [text.replace(str(value), name) for text in texts]
    return answer.status_code, texts[0], VARYING.sub(r"\1", texts[1])
