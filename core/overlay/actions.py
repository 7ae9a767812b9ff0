"""Laying something over the catalogue, going back to the default; locking and unlocking."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from core.actor import Actor
from core.audit import actions as audit
from core.catalogue.conditions import blank
from core.catalogue.definition import Definition
from core.catalogue.fields.base import Form, read_fields
from core.clock import now, today
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.outbox import actions as outbox
from core.overlay import policies, queries, reach, subjects
from core.overlay.models import OFFICE, OfficeChoice, OverlayLock
from core.overlay.subjects import Subject
from tenants.database import db
from tenants.scope import current_office


def lay(
    actor: Actor,
    subject: Subject,
    *,
    form: Form,
    seen: int,
) -> None:
    """Choose for this office what the form says; in force from the next page on.

    Raises Forbidden for who may not or where the ministry has locked it, Invalid by the name of
    the box, Conflict when it is no longer the version that was `seen`. Saying the same again
    changes nothing, so that a form may be sent twice.
    """
    _need(actor, subject)
    place = current_office()
    known = {
        "today": today(place.timezone).isoformat(),
        "office.country_code": place.country_code,
    }
    values, errors = read_fields(subject.fields, form, "", known)
    if not errors:
        errors = subject.faults(values)
    if errors:
        raise Invalid(errors)
    said = {key: value for key, value in values.items() if not blank(value)}
    if any(field.key == "value" for field in subject.fields):
        said.setdefault("value", "")  # a day that an office leaves empty: there is none
    _choose(actor, subject, said if said != subject.default else None, seen)


def back_to_default(actor: Actor, subject: Subject, *, seen: int) -> None:
    """Give up what the office chose. Errors as in lay."""
    _need(actor, subject)
    _choose(actor, subject, None, seen)


def lock(actor: Actor, service: str, key: str, known: Mapping[str, Definition]) -> None:
    """Keep offices from laying this over; what they chose before is out of force, not forgotten.

    Raises Forbidden, NotFound for what cannot be laid over, Conflict when it is locked already.
    """
    _need_lockable(actor, service, key, known)
    placed = db.session.execute(
        insert(OverlayLock)
        .values(service=service, key=key, by_name=actor.name, at=now())
        .on_conflict_do_nothing()
        .returning(OverlayLock.key)
    ).first()
    if placed is None:
        raise Conflict
    audit.record(actor, "overlay.locked", service=service, key=key)


def unlock(actor: Actor, service: str, key: str, known: Mapping[str, Definition]) -> None:
    """Let offices decide again; what they had chosen is in force again. Errors as in lock."""
    _need_lockable(actor, service, key, known)
    gone = db.session.execute(
        delete(OverlayLock)
        .where(OverlayLock.service == service, OverlayLock.key == key)
        .returning(OverlayLock.key)
    ).first()
    if gone is None:
        raise Conflict
    audit.record(actor, "overlay.unlocked", service=service, key=key)


def _need(actor: Actor, subject: Subject) -> None:
    if not policies.may_lay(actor):
        raise Forbidden
    if queries.lock_on(subject.service, subject.key):
        raise Forbidden(_l("The ministry has locked this; offices cannot change it."))


def _need_lockable(actor: Actor, service: str, key: str, known: Mapping[str, Definition]) -> None:
    if not policies.may_lock(actor):
        raise Forbidden
    if not subjects.is_lockable(service, key, known):
        raise NotFound


def _choose(actor: Actor, subject: Subject, value: dict[str, Any] | None, seen: int) -> None:
    """Write the version after the one that was seen; of two only one finds its place free."""
    newest = queries.choice(subject.service, subject.key)
    if (newest.value if newest else None) == value:
        return
    if seen != (newest.version if newest else 0):
        raise Conflict
    written = db.session.execute(
        insert(OfficeChoice)
        .values(
            service=subject.service, key=subject.key, version=seen + 1, value=value,
            at=now(), by_id=actor.id, by_name=actor.name,
        )
        .on_conflict_do_nothing()
        .returning(OfficeChoice.version)
    ).first()  # fmt: skip
    if written is None:
        raise Conflict
    queries.forget()
    if (subject.service, subject.key) == (OFFICE, reach.KEY):
        outbox.put("office_contact", {})
    audit.record(
        actor, "office.laid_over",
        service=subject.service, key=subject.key, version=seen + 1, default=value is None,
    )  # fmt: skip
