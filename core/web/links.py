"""Addresses for mails and papers: built from the office's own host, never from the request."""

from typing import Any

from flask import current_app

from tenants.scope import current_scope


def public_url(endpoint: str, **values: Any) -> str:
    """The full address of one of our pages at the office (or ministry) of the current scope."""
    settings = current_app.extensions["settings"]
    office = current_scope().office
    host = office.hosts[0] if office else f"ministry.{settings.base_domain}"
    # The rules of that site, bound by hand: jobs and commands have no request to build from.
    rules = current_app.url_map.bind(host, subdomain="office" if office else "ministry")
    return settings.origin(host) + rules.build(endpoint, values)
