"""Changing keys while everybody reads: nothing is encrypted anew but the keys themselves.

The office's key: a new one beside the former (`begin`), every document's key wrapped by the new
one (`rewrap`), the former forgotten (`finish`). Each step may be killed and done again.
"""

from collections.abc import Iterator

from sqlalchemy import select, update

from core.actor import SYSTEM
from core.audit.actions import record
from core.documents import keys
from core.documents.cabinet import cabinet
from core.documents.keys import Tampered
from core.documents.models import Document
from core.errors import Conflict
from tenants.database import db
from tenants.registry import Office
from tenants.scope import current_office

BATCH = 500


def rewrap_by_root() -> list[str]:
    """Wrap every office's key by the root key in force, in the ministry's scope; whose it were.

    Raises `Tampered` when neither the root key nor the other one opens an office's key.
    """
    root, changed = cabinet().root_key, []
    for row in db.session.scalars(select(Office).order_by(Office.slug).with_for_update()):
        for name in ("wrapped_key", "former_wrapped_key"):
            wrapped = getattr(row, name)
            if wrapped and not root.is_current(row.slug, wrapped):
                setattr(row, name, root.wrap(row.slug, root.unwrap(row.slug, wrapped)))
                changed.append(row.slug)
    if changed:
        record(SYSTEM, "keys.wrapped_by_new_root", offices=sorted(set(changed)))
    db.session.flush()
    return sorted(set(changed))


def begin(slug: str) -> bool:
    """Give the office a new key beside its former one, in the ministry's scope.

    False when that was done already and has not been finished.
    """
    row = db.session.get_one(Office, slug, with_for_update=True)
    if row.former_wrapped_key is not None:
        return False
    row.former_wrapped_key = row.wrapped_key
    row.wrapped_key = keys.new_office_key(cabinet().root_key, slug)
    record(SYSTEM, "keys.office_changed", office=slug)
    db.session.flush()
    return True


def rewrap() -> int:
    """Wrap what the former key still wraps by the new one, in the office's scope; how many."""
    office, root, changed = current_office(), cabinet().root_key, 0
    if office.wrapped_key is None or office.former_wrapped_key is None:
        return 0
    key = root.unwrap(office.slug, office.wrapped_key)
    former = root.unwrap(office.slug, office.former_wrapped_key)
    for document, wrapped in _wrapped():
        identity = str(document)
        if _opens(key, office.slug, identity, wrapped):
            continue
        clear = keys.unwrap_document_key(former, office.slug, identity, wrapped)
        fresh = keys.wrap_document_key(key, office.slug, identity, clear)
        # A document that was erased meanwhile stays without a key.
        changed += (
            db.session.execute(
                update(Document)
                .where(Document.id == document, Document.wrapped_key == wrapped)
                .values(wrapped_key=fresh)
                .returning(Document.id)
            ).scalar()
            is not None
        )
    return changed


def finish(slug: str, left: int) -> None:
    """Forget the former key, in the ministry's scope; raises `Conflict` while it is needed."""
    if left:
        raise Conflict
    row = db.session.get_one(Office, slug, with_for_update=True)
    row.former_wrapped_key = None
    record(SYSTEM, "keys.former_forgotten", office=slug)
    db.session.flush()


def _opens(key: bytes, office: str, document: str, wrapped: bytes) -> bool:
    try:
        return bool(keys.unwrap_document_key(key, office, document, wrapped))
    except Tampered:
        return False


def _wrapped() -> Iterator:
    """(id, wrapped key) of all documents that have one, in batches by id."""
    after = None
    while True:
        asked = select(Document.id, Document.wrapped_key).where(Document.wrapped_key.is_not(None))
        asked = asked.where(Document.id > after) if after else asked
        rows = db.session.execute(asked.order_by(Document.id).limit(BATCH)).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].id
