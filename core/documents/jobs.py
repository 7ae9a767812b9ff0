"""Work that nobody waits for: sweeping the shelf, and asking the scanner again.

Each runs inside one office's scope and may run twice without harm.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from core.actor import SYSTEM
from core.audit.actions import record
from core.clock import now
from core.documents import keys
from core.documents.cabinet import cabinet
from core.documents.keys import Tampered
from core.documents.models import CHECKING, REFUSED, RELEASED, Document
from core.documents.scanner import Verdict
from core.documents.storage import NotStored
from tenants.database import db
from tenants.scope import current_office

log = logging.getLogger(__name__)

SPARED = timedelta(hours=1)  # an upload's transaction never lives this long


def sweep(older_than: timedelta = SPARED) -> int:
    """Delete objects that no readable row owns; how many there were.

    Those are uploads whose transaction did not happen, and documents that lost their key.
    """
    house, office, before = cabinet(), current_office().slug, now() - older_than
    # First what lies there, then whose it is: an upload in between is younger than both.
    found = [one for one in house.shelf.list(f"{office}/documents/") if one.modified <= before]
    owned = set(
        db.session.scalars(select(Document.storage_key).where(Document.wrapped_key.is_not(None)))
    )
    orphans = [one.key for one in found if one.key.rpartition("/")[0] not in owned]
    for key in orphans:
        house.shelf.delete(key)
    swept = len(orphans) + house.shelf.sweep_unfinished(office, before)
    log.info("swept %s objects of %s", swept, office)
    return swept


def rescan() -> int:
    """Ask the scanner about everything that waits for it; how many got an answer."""
    waiting = db.session.scalars(
        select(Document)
        .where(Document.state == CHECKING)
        .order_by(Document.uploaded_at)
        .limit(50)
        .with_for_update(skip_locked=True)
    ).all()
    return sum(_rescan(document) for document in waiting)


def _rescan(document: Document) -> bool:
    house = cabinet()
    try:
        verdict = house.scanner.scan(_sealed_master(document))
    except (NotStored, Tampered) as error:  # the others are scanned all the same
        log.error("document %s can't be scanned: %s", document.id, type(error).__name__)
        return False
    if verdict is Verdict.UNKNOWN:
        return False
    document.scan = verdict.value
    document.state = RELEASED
    if verdict is Verdict.INFECTED:
        document.state, document.refusal, document.wrapped_key = REFUSED, "infected", None
    db.session.flush()
    record(SYSTEM, "documents.scanned", document, verdict=verdict.value)
    return True


def _sealed_master(document: Document):
    """The plain master of a document that nobody may look at yet."""
    house, office, identity = cabinet(), current_office().slug, str(document.id)
    assert document.wrapped_key is not None  # only live documents wait
    key = house.document_key(identity, document.wrapped_key)
    with house.shelf.open(f"{document.storage_key}/master") as source:
        yield from keys.open_stream(key, keys.Place(office, identity, "master"), source)


def stranded(older_than: timedelta = timedelta(minutes=10)) -> list[UUID]:
    """Documents that wait too long for a scanner: health and `doctor` name them."""
    return list(
        db.session.scalars(
            select(Document.id).where(
                Document.state == CHECKING, Document.uploaded_at < now() - older_than
            )
        )
    )


HOUSEKEEPING = {sweep: 60, rescan: 1}
