"""What happens to an office after it was opened: suspended, resumed, closed, given host names.

All of it is rows in the shared schema, written in the ministry's open scope; the look-ups of
every process know within two seconds. Nothing here drops anything.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask import current_app

from tenants import names
from tenants.clock import now
from tenants.database import db
from tenants.registry import Office, OfficeHost, UnknownOffice

_HOST = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}\Z")

MOVES = {
    "suspend": (("active",), "suspended"),
    "resume": (("suspended",), "active"),
    "close": (("active", "suspended"), "closed"),
}
"""Which act leads from which states to which."""


class Refused(RuntimeError):
    """The change is not possible; the message says why."""


def suspend(slug: str) -> Office:
    """Close an active office to the public for the time being. Raises UnknownOffice, Refused."""
    return _move(slug, "suspend")


def resume(slug: str) -> Office:
    """Open a suspended office again. Raises UnknownOffice, Refused."""
    return _move(slug, "resume")


def close(slug: str, successor: str) -> Office:
    """Close an office for good; its successor, an active office, takes over what is open.

    Raises UnknownOffice, and Refused where the successor is itself or not active.
    """
    heir = _locked(successor)
    if heir.slug == slug or heir.status != "active":
        raise Refused(f"{successor} can't take over: it must be another office that is active")
    office = _move(slug, "close")
    office.successor = heir.slug
    db.session.flush()
    return office


def add_host(slug: str, host: str) -> OfficeHost:
    """Let a host name lead to the office; repeating it does no harm. Raises UnknownOffice and
    Refused, when it is no host name, the house's own or another office's."""
    name = clean_host(host)
    if name in names.own_hosts(current_app.config["BASE_DOMAIN"]):
        raise Refused(f"{name} is the house's own")
    office = _locked(slug)
    present = db.session.get(OfficeHost, name)
    if present and present.office != slug:
        raise Refused(f"{name} leads to {present.office}")
    if present is None:
        present = OfficeHost(host=name, office=office.slug)
        db.session.add(present)
        db.session.flush()
    return present


def set_contact(slug: str, contact: Mapping[str, Any]) -> None:
    """What everybody knows about how the office is reached. Raises UnknownOffice."""
    office = _locked(slug)
    if office.contact != contact:
        office.contact = dict(contact)
        db.session.flush()


def remove_host(slug: str, host: str) -> None:
    """Take a host name away from the office. Raises UnknownOffice, and Refused when it has no such
    name or would have none left."""
    office = _locked(slug)
    hosts = db.session.scalars(db.select(OfficeHost).filter_by(office=office.slug)).all()
    found = [row for row in hosts if row.host == clean_host(host)]
    if not found:
        raise Refused(f"{host} does not lead to {slug}")
    if len(hosts) == 1:
        raise Refused(f"{host} is the only host name of {slug}")
    db.session.delete(found[0])
    db.session.flush()


def clean_host(host: str) -> str:
    """A host name in its one form: lower case, no port, no final dot. Raises Refused."""
    name = host.strip().rstrip(".").lower()
    if not _HOST.match(name):
        raise Refused(f"{host!r} is no host name")
    return name


def default_hosts(slug: str, base_domain: str) -> tuple[str, ...]:
    """The host name that every office has from the beginning."""
    return (f"{names.host_label(slug)}.{base_domain}",)


def _move(slug: str, act: str) -> Office:
    allowed, target = MOVES[act]
    office = _locked(slug)
    if office.status == target:
        return office
    if office.status not in allowed:
        raise Refused(f"{slug} is {office.status}, so it can't be {target}")
    office.status, office.status_changed_at = target, now()
    db.session.flush()
    return office


def _locked(slug: str) -> Any:
    office = db.session.get(Office, slug, with_for_update=True)
    if office is None:
        raise UnknownOffice(slug)
    return office
