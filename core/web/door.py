"""A door: a blueprint that names its site and its audience. None can be mounted without both."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from core.actor import Actor

SITES = frozenset({"base", "office", "ministry", "verify", "mail"})
Audience = Callable[[Actor], Any]


class Door(Blueprint):
    """A Blueprint for one site (`host`) and one audience.

    The audience is called with the Actor before each view; it returns None to let in, or the
    answer to give instead (a redirect to the right sign-in page), or raises a DomainError.
    Doors with `scoped=False` (health) get no scope: they open what they need.
    """

    def __init__(
        self,
        name: str,
        import_name: str,
        *,
        host: str,
        audience: Audience,
        url_prefix: str | None = None,
        scoped: bool = True,
    ) -> None:
        if host not in SITES:
            raise ValueError(f"{host} is not a site; choose one of {sorted(SITES)}")
        super().__init__(name, import_name, url_prefix=url_prefix, subdomain=host)
        self.host = host
        self.audience = audience
        self.scoped = scoped and host in ("office", "ministry")
