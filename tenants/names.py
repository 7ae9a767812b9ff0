"""How an office is called in the database: slug, schema and role, checked in this one place."""

import re

SLUG = r"^[a-z][a-z0-9_]{1,30}$"
"""The rule in the database's own notation; the registry's CHECK is written from it."""

OWNER = "mikhak_owner"
APP = "mikhak_app"
MINISTRY = "mikhak_ministry"
OFFICES = "mikhak_offices"
"""A group without login: what every office may read in the shared schema is granted to it once."""

SHARED_SCHEMA = "ministry"
EXTENSIONS = "extensions"

SITES = ("ministry", "verify", "mail")
"""What the house itself answers at below its own domain; no office may have such a host name."""

_slug = re.compile(SLUG.removesuffix("$") + r"\Z")


class BadSlug(ValueError):
    """The text cannot name an office."""


def check_slug(slug: str) -> str:
    """Return the slug unchanged when it can name an office, else raise BadSlug."""
    if not _slug.match(slug):
        raise BadSlug(
            f"{slug!r} cannot name an office: 2 to 31 letters a-z, digits or underscores,"
            " beginning with a letter"
        )
    return slug


def office_schema(slug: str) -> str:
    """The schema of an office; its role has the same name."""
    return f"office_{check_slug(slug)}"


def host_label(slug: str) -> str:
    """The office's label in a host name: underscores become hyphens."""
    return check_slug(slug).replace("_", "-")


def own_hosts(base_domain: str) -> frozenset[str]:
    """The host names that are the house's own and never an office's."""
    return frozenset({base_domain, *(f"{site}.{base_domain}" for site in SITES)})
