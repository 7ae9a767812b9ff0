"""Documents of a request: handed in and taken out while the applicant may."""

from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l

from core.actor import Actor
from core.catalogue.documents import DocumentAsk
from core.documents import actions as documents
from core.documents.models import Document
from core.documents.rules import Rule
from core.errors import Conflict, NotFound
from core.requests import changes, corrections, policies, queries
from core.requests.models import ServiceRequest
from core.requests.situation import Situation, situation_of


def hand_in(
    actor: Actor,
    request: ServiceRequest,
    *,
    key: str,
    stream: BinaryIO,
    name: str | None,
) -> Document:
    """Take a file for the document of that key.

    Raises NotFound when it is not asked, Conflict when nothing may change now, Invalid (under the
    key) when the file can't be taken or there are enough already.
    """
    situation = open_for_files(actor, request)
    ask = _may_change(situation, key)
    document = documents.receive(
        actor, request, key, stream, name,
        rule=rule_of(ask), most=ask.max, hold=lambda: changes.hold_still(request), field=key,
    )  # fmt: skip
    _settle(actor, request, key)
    return document


def take_out(actor: Actor, request: ServiceRequest, *, document: Document) -> None:
    """Remove a file. After submission it stays readable for the office. Errors as in hand_in."""
    situation = open_for_files(actor, request)
    _may_change(situation, document.kind)
    documents.remove(actor, request, document, erase=policies.is_draft(request))
    changes.hold_still(request)
    open_for_files(actor, request)
    changes.put(request)


def open_for_files(actor: Actor, request: ServiceRequest) -> Situation:
    """The situation of a draft or of a request that waits for corrections; NotFound, Conflict."""
    if not policies.owns(actor, request):
        raise NotFound
    situation = situation_of(request)
    if not policies.is_draft(request) and situation.act("correct") is None:
        raise Conflict(_l("This request has been submitted and can no longer be changed here."))
    return situation


def rule_of(ask: DocumentAsk) -> Rule:
    """What the service asks of the file."""
    return Rule(
        max_bytes=ask.max_bytes,
        pictures_only="pdf" not in ask.formats,
        portrait=ask.photo is not None,
    )


def changeable(situation: Situation) -> list[DocumentAsk]:
    """The uploads that may be changed now: all of a draft, the returned ones afterwards."""
    if policies.is_draft(situation.request):
        return situation.uploads
    returned = {item.key for item in queries.returned(situation.request) if item.kind == "document"}
    open_ones = returned | {ask.key for ask in situation.missing_documents}
    return [ask for ask in situation.uploads if ask.key in open_ones]


def _may_change(situation: Situation, key: str) -> Any:
    for ask in changeable(situation):
        if ask.key == key:
            return ask
    raise NotFound


def _settle(actor: Actor, request: ServiceRequest, key: str) -> None:
    """The file took a while to check: only now, held still, see if the request still takes it."""
    situation = open_for_files(actor, request)
    if not policies.is_draft(situation.request):
        corrections.mark(request, "document", {key})
    changes.put(request)
