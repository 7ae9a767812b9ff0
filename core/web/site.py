"""Host name → which of our sites, and which office. Nothing else chooses the office."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

from flask import Flask, Request, request
from sqlalchemy.exc import SQLAlchemyError

from tenants import registry
from tenants.facts import OfficeFacts
from tenants.names import SITES


@dataclass(frozen=True)
class Site:
    """`kind`: base office ministry verify mail; unknown (under our domain) foreign unreachable."""

    kind: str
    office: OfficeFacts | None = None


def find_site(host: str, base_domain: str, *, with_mail: bool) -> Site:
    """Resolve a host header (port allowed) by exact names only."""
    name = host.rsplit(":", 1)[0].rstrip(".").lower()
    if name == base_domain:
        return Site("base")
    for kind in SITES:
        if name == f"{kind}.{base_domain}" and (kind != "mail" or with_mail):
            return Site(kind)
    office = registry.find_by_host(name)
    if office is not None:
        return Site("office", office)
    return Site("unknown" if name.endswith(f".{base_domain}") else "foreign")


def current_site() -> Site:
    """The site of the request in hand."""
    return cast(SiteRequest, request).site


class SiteRequest(Request):
    """A request that knows its site: found once, before anything else is asked.

    HEAD is answered as the GET it stands for, so no view mistakes it for a form that was sent;
    the answer's body is left out on the way to the browser.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.method == "HEAD":
            self.method = "GET"

    def _get_file_stream(self, *_: Any, **__: Any) -> BytesIO:
        """An upload stays in memory until it is sealed: bodies are small, temporary files plain."""
        return BytesIO()

    @property
    def site(self) -> Site:
        """The site of this request's host."""
        return cast(Site, self.environ["mikhak.site"])

    def find_site(self, app: Flask) -> Site:
        """Look the host up. A database that does not answer is told by the gate, as a page."""
        settings = app.extensions["settings"]
        with_mail = settings.env != "production"
        try:
            with app.app_context():
                site = find_site(self.host, settings.base_domain, with_mail=with_mail)
        except SQLAlchemyError:
            site = Site("unreachable")
        self.environ["mikhak.site"] = site
        return site
