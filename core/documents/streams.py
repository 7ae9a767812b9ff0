"""Reading documents back: plain chunks, each checked before it leaves.

Opening checks the key and the first chunk, so a fault becomes a page and not half a file.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import chain

from flask_babel import lazy_gettext as _l

from core.documents import keys, policies
from core.documents.cabinet import cabinet
from core.documents.keys import Tampered
from core.documents.models import Document
from core.documents.storage import NotStored
from core.errors import Conflict, NotFound, Unavailable
from tenants.scope import current_office

log = logging.getLogger(__name__)


def open_original(document: Document) -> Iterator[bytes]:
    """The cleaned file itself, of `document.media_type` and `document.size` bytes.

    Raises `Conflict` while it is being checked, `NotFound` when it was erased, `Unavailable` when
    the storage does not answer or what it holds is not what was sealed.
    """
    return _open(document, "master")


def open_preview(document: Document, page: int = 1) -> Iterator[bytes]:
    """A page of it as JPEG, for the viewer. Errors as in `open_original`."""
    if not 1 <= page <= document.pages:
        raise NotFound
    return _open(document, f"page-{page}")


def _open(document: Document, name: str) -> Iterator[bytes]:
    if document.wrapped_key is None:
        raise NotFound
    if not policies.may_look(document):
        raise Conflict(_l("This file is still being checked."))
    office, house = current_office().slug, cabinet()
    identity = str(document.id)
    try:
        key = house.document_key(identity, document.wrapped_key)
        source = house.shelf.open(f"{document.storage_key}/{name}")
        chunks = _closing(keys.open_stream(key, keys.Place(office, identity, name), source), source)
        return chain([next(chunks)], chunks)
    except (Tampered, NotStored) as fault:
        log.error("document %s of %s can't be opened: %s", identity, office, type(fault).__name__)
        raise Unavailable(
            _l("This file can't be opened right now. Tell the office which one it is.")
        ) from fault


def _closing(chunks: Iterator[bytes], source) -> Iterator[bytes]:
    with source:
        yield from chunks
