"""Asking for an office to be erased, confirming it as a second person, calling it back.

Only what two people of the ministry wanted, and not before seven days after the closing, is ever
done (core/archive/erasing.py), so that there is time to come to another mind.
"""

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from core.actor import Actor
from core.archive import policies, queries
from core.archive.models import OfficeErasure
from core.archive.queries import GRACE
from core.clock import now
from core.errors import Conflict, Forbidden, NotFound
from core.oversight.actions import note, reason_in_words
from tenants.database import db
from tenants.registry import Office

NOT_CLOSED = _l("Only an office that is closed for good can be erased.")
ASKED_ALREADY = _l("Somebody has asked for this already.")
SECOND_PERSON = _l("A second person must confirm; you have asked yourself.")
NOTHING_ASKED = _l("Nobody has asked for this, or it was called back.")
TOO_LATE = _l("The erasing has begun and can't be called back.")


def ask(actor: Actor, slug: str, reason: str) -> OfficeErasure:
    """Ask for a closed office to be erased, with the reason. Raises Forbidden, NotFound, Invalid
    (no reason), Conflict (not closed, asked already)."""
    office = _office(actor, slug)
    words = reason_in_words(reason)
    if office.status != "closed":
        raise Conflict(NOT_CLOSED)
    assert actor.id is not None
    erasure = OfficeErasure(
        office=slug,
        reason=words,
        asked_by=actor.id,
        asked_by_name=actor.name,
        not_before=office.status_changed_at + GRACE,
    )
    db.session.add(erasure)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(ASKED_ALREADY) from error
    note(actor, slug, "erasure_asked", reason=words)
    return erasure


def confirm(actor: Actor, slug: str) -> None:
    """Confirm what somebody else has asked for. Raises Forbidden, NotFound, Conflict (nothing was
    asked; the same person)."""
    _office(actor, slug)
    erasure = _open(slug)
    if not policies.is_second_person(actor, erasure):
        raise Conflict(SECOND_PERSON)
    if erasure.confirmed_at is None:
        erasure.confirmed_at, erasure.confirmed_by = now(), actor.id
        erasure.confirmed_by_name = actor.name
        db.session.flush()
        note(actor, slug, "erasure_confirmed")


def call_back(actor: Actor, slug: str) -> None:
    """Take the wish back, before anything was erased. Raises Forbidden, NotFound, Conflict."""
    _office(actor, slug)
    erasure = _open(slug)
    if erasure.begun_at is not None:
        raise Conflict(TOO_LATE)
    erasure.called_back_at, erasure.called_back_by_name = now(), actor.name
    db.session.flush()
    note(actor, slug, "erasure_called_back")


def _office(actor: Actor, slug: str) -> Office:
    if not policies.may_erase(actor):
        raise Forbidden
    office = db.session.get(Office, slug, with_for_update=True)
    if office is None:
        raise NotFound
    return office


def _open(slug: str) -> OfficeErasure:
    erasure = queries.of_office(slug, locked=True)
    if erasure is None or erasure.done_at is not None:
        raise Conflict(NOTHING_ASKED)
    return erasure
