"""Taking, replacing and removing documents.

The order is fixed: quarantine, inspect, scan, seal, store, row. Objects come first under a fresh
key and the row comes with the caller's transaction, so a row never points to nothing; objects
whose transaction did not happen are swept (`jobs.sweep`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Protocol
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from core.actor import Actor
from core.aside import aside
from core.audit.actions import record
from core.clock import now
from core.documents import inspection, keys, policies, queries, reasons, rules
from core.documents.cabinet import Cabinet, cabinet
from core.documents.inspection import Inspected
from core.documents.models import CHECKING, RELEASED, REMOVED, Document
from core.documents.names import clean_name
from core.documents.quarantine import Quarantine, TooLarge
from core.documents.scanner import Verdict
from core.documents.verdicts import Refused
from core.errors import Conflict, Forbidden, Invalid
from tenants.database import db
from tenants.scope import current_office

MOST_DOCUMENTS = 120


class Owned(Protocol):
    """A request, as far as documents care."""

    id: UUID
    account_id: UUID


@dataclass(frozen=True)
class _Upload:
    """What the caller said about a file."""

    kind: str
    name: str
    side: str | None
    position: int | None
    replaces_id: UUID | None = None
    rule: rules.Rule | None = None
    most: int = MOST_DOCUMENTS
    hold: Callable[[], object] = lambda: None


def receive(
    actor: Actor,
    request: Owned,
    kind: str,
    stream: BinaryIO,
    name: str | None,
    *,
    position: int | None = None,
    side: str | None = None,
    rule: rules.Rule | None = None,
    most: int = MOST_DOCUMENTS,
    hold: Callable[[], object] = lambda: None,
    field: str = "file",
) -> Document:
    """Take one file for a request; `rule` where the service asks more than the kind does.

    At most `most` of its kind; the same file again is the one that is here already. `hold` is
    called when the file is checked, before it is stored: it keeps others off the request.

    Raises `Invalid` with words under `field` when the file can't be taken, `Forbidden` when the
    request is not the actor's, `Unavailable` when the storage does not answer. Nothing is left
    behind then. Without an answer of the scanner the document waits, unseen by everybody.
    """
    if not policies.may_give(actor, request.account_id):
        raise Forbidden
    upload = _Upload(kind, clean_name(name), side, position, rule=rule, most=most, hold=hold)
    return _take(actor, {"request_id": request.id}, upload, stream, field)


def receive_for_account(
    actor: Actor,
    account_id: UUID,
    kind: str,
    stream: BinaryIO,
    name: str | None,
    *,
    field: str = "file",
) -> Document:
    """Take a file for the account itself (the profile's photo); errors as in `receive`."""
    if not policies.may_give(actor, account_id):
        raise Forbidden
    upload = _Upload(kind, clean_name(name), None, 1)
    return _take(actor, {"account_id": account_id}, upload, stream, field)


def replace(
    actor: Actor,
    request: Owned,
    document: Document,
    stream: BinaryIO,
    name: str | None,
    *,
    rule: rules.Rule | None = None,
    erase: bool = True,
    field: str = "file",
) -> Document:
    """Put a new file in the place of an old one, which goes only if the new one is taken.

    With `erase=False` (after submission) the old one stays readable for the office's trail.
    Errors as in `receive`, and `Conflict` when the old one is already gone.
    """
    if not policies.may_give(actor, request.account_id):
        raise Forbidden
    if document.request_id != request.id:
        raise Forbidden
    place = (document.side, document.position, document.id)
    upload = _Upload(document.kind, clean_name(name), *place, rule)
    fresh = _take(actor, {"request_id": request.id}, upload, stream, field)
    remove(actor, request, document, erase=erase)
    return fresh


def remove(actor: Actor, request: Owned, document: Document, *, erase: bool = True) -> None:
    """Take a document back. Erased ones lose their key with the commit and can't be read again.

    Raises `Forbidden` when the request is not the actor's, `Conflict` when it is already gone.
    """
    if not policies.may_give(actor, request.account_id) or document.request_id != request.id:
        raise Forbidden
    db.session.refresh(document, with_for_update=True)
    if not document.is_live:
        raise Conflict(_l("This file was already removed."))
    _remove(actor, document, erase=erase)


def _remove(actor: Actor, document: Document, *, erase: bool) -> None:
    document.state, document.removed_at = REMOVED, now()
    if erase:
        document.wrapped_key = None
    db.session.flush()
    record(actor, "documents.removed", document, kind=document.kind, erased=erase)


def move(request: Owned, places: Mapping[str, str | None], *, erase: bool) -> None:
    """Let what lies there of these kinds count as the other kind from now on.

    Where that is None it is taken back, as its owner would; see `remove`.
    """
    owner = Actor(kind="applicant", id=request.account_id)
    lying = select(Document).where(
        Document.request_id == request.id, Document.kind.in_(places), queries.LIVE
    )
    for document in db.session.scalars(lying.with_for_update()).all():
        kind, wanted = document.kind, places[document.kind]
        if wanted is None:
            _remove(owner, document, erase=erase)
        else:
            document.kind = wanted
            record(owner, "documents.moved", document, kind=wanted, before=kind)


def erase_all(request_id: UUID) -> None:
    """Nothing that was handed in with a draft can be read again; the sweep takes the objects."""
    db.session.execute(
        update(Document)
        .where(Document.request_id == request_id, Document.wrapped_key.is_not(None))
        .values(wrapped_key=None, state=REMOVED, removed_at=now())
    )


def _take(
    actor: Actor, owner: dict[str, UUID], upload: _Upload, stream: BinaryIO, field: str
) -> Document:
    rule = upload.rule or rules.rule_for(upload.kind)
    owned = _owned_by(owner)
    if queries.count_live(owned) >= MOST_DOCUMENTS:
        raise Invalid({field: _l("This request has too many files. Remove one first.")})
    try:
        file, verdict = _checked(stream, rule, cabinet())
    except TooLarge:
        raise Invalid({field: reasons.too_large(rule.max_bytes)}) from None
    except Refused as refusal:
        unknown = rule.pictures_only and refusal.code == "unknown_type"
        raise Invalid(
            {field: reasons.words("pictures_only" if unknown else refusal.code)}
        ) from None
    upload.hold()
    others = queries.live_of_kind(owned, upload.kind)
    if twin := _here_already(upload, others, file):
        return twin
    if len(others) >= upload.most:
        raise Invalid({field: reasons.ENOUGH})
    document = _stored(file, upload, owner, cabinet())
    document.position = upload.position or 1 + max((one.position for one in others), default=0)
    document.state = RELEASED if verdict in (Verdict.CLEAN, Verdict.OFF) else CHECKING
    document.scan = verdict.value
    document.warnings = rules.warnings(rule, file.facts)
    document.uploaded_by = actor.id
    db.session.add(document)
    db.session.flush()
    record(actor, "documents.received", document, kind=document.kind, state=document.state)
    return document


def _here_already(upload: _Upload, others: Iterable[Document], file: Inspected) -> Document | None:
    """The same file in the same place: sent twice because the first answer got lost on its way."""
    if upload.replaces_id or upload.position:
        return None
    same = upload.side, sha256(file.master).hexdigest()
    return next((one for one in others if (one.side, one.sha256) == same), None)


def _checked(stream: BinaryIO, rule: rules.Rule, house: Cabinet) -> tuple[Inspected, Verdict]:
    """The cleaned file and the scanner's word on what came in and on what was made of it."""
    with Quarantine(stream, rule.max_bytes) as raw:
        if raw.size == 0:
            raise Refused("empty")
        with aside():
            file = inspection.inspect(raw.chunks())
        if code := rules.refusal(rule, file.facts):
            raise Refused(code)
        with aside():
            verdicts = {house.scanner.scan(raw.chunks()), house.scanner.scan([file.master])}
    if Verdict.INFECTED in verdicts:
        raise Refused("infected")
    return file, Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else verdicts.pop()


def _stored(file: Inspected, upload: _Upload, owner: dict[str, UUID], house: Cabinet) -> Document:
    """The row for a file whose objects now lie sealed on the shelf."""
    office, identity, key = current_office().slug, uuid4(), keys.new_document_key()
    folder = f"{office}/documents/{identity}"
    wrapped = keys.wrap_document_key(house.office_key(), office, str(identity), key)
    parts = [("master", file.master)]
    parts += [(f"page-{number}", page) for number, page in enumerate(file.previews, 1)]
    for name, content in parts:
        place = keys.Place(office, str(identity), name)
        with aside():
            house.shelf.put(f"{folder}/{name}", keys.seal_stream(key, place, [content]))
    return Document(
        id=identity,
        **owner,
        kind=upload.kind,
        side=upload.side,
        replaces_id=upload.replaces_id,
        original_name=upload.name,
        media_type=file.facts["media_type"],
        size=len(file.master),
        sha256=sha256(file.master).hexdigest(),
        pages=len(file.previews),
        storage_key=folder,
        wrapped_key=wrapped,
    )


def _owned_by(owner: dict[str, UUID]):
    ((column, value),) = owner.items()
    return getattr(Document, column) == value
