"""Answers of earlier requests that a person may have copied into a new one, when asked to.

Only those of the same person at this office, only submitted requests, only the same question in
the same words (`core.catalogue.carrying`), and only what the newer service still takes: each answer
is read again as if it had been typed. Nothing is copied without the person's choice, and what was
is marked until its section has been looked at and saved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from core.actor import Actor
from core.catalogue import facts
from core.catalogue.carrying import reusable, same_question
from core.catalogue.conditions import blank
from core.catalogue.definition import Definition, Field
from core.catalogue.fields import FieldError, type_of
from core.clock import today
from core.errors import NotFound
from core.requests import definitions
from core.requests.models import ServiceRequest
from core.requests.situation import office_facts
from tenants.database import db
from tenants.scope import current_office

MOST_OFFERED = 5
MOST_LOOKED_AT = 20


@dataclass(frozen=True)
class Offer:
    """An earlier request and what of it can be copied: field key → answer."""

    request: ServiceRequest
    fields: tuple[Field, ...]
    answers: Mapping[str, Any]


def offers(actor: Actor, definition: Definition, profile: Mapping[str, Any]) -> list[Offer]:
    """The person's earlier requests that answer something here, newest first."""
    rows = db.session.scalars(
        select(ServiceRequest)
        .where(ServiceRequest.account_id == actor.id, ServiceRequest.submitted_at.is_not(None))
        .order_by(ServiceRequest.submitted_at.desc())
        .limit(MOST_LOOKED_AT)
    )
    found = [offer for row in rows if (offer := _offer(definition, row, profile)).answers]
    return found[:MOST_OFFERED]


def chosen(found: Iterable[Offer], wanted: Iterable[UUID]) -> list[Offer]:
    """The offers that the person ticked; NotFound when one is not among them."""
    known = {offer.request.id: offer for offer in found}
    wanted = list(wanted)
    if not set(wanted) <= known.keys():
        raise NotFound
    return [offer for key, offer in known.items() if key in wanted]


def together(picked: Iterable[Offer]) -> tuple[dict[str, Any], dict[str, str]]:
    """(answers, field key → the tracking code it came from); the newest request has its way."""
    answers: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for offer in picked:
        for key, value in offer.answers.items():
            if key not in answers:
                answers[key], origins[key] = value, offer.request.tracking_code or ""
    return answers, origins


def _offer(definition: Definition, row: ServiceRequest, profile: Mapping[str, Any]) -> Offer:
    old = definitions.of(row)
    same = {
        key: row.answers[key]
        for key, item in definition.fields.items()
        if not blank(row.answers.get(key)) and same_question(old.fields.get(key), item)
    }
    known = facts.gather(
        definition,
        same,
        profile=profile,
        office=office_facts(),
        today=today(current_office().timezone),
    )
    wanted = {key: item for key, item in reusable(definition).items() if key in same}
    kept = {
        key: value for key, item in wanted.items() if (value := _again(item, known)) is not None
    }
    return Offer(row, tuple(wanted[key] for key in kept), kept)


def _again(field: Field, known: dict[str, Any]) -> Any:
    """The answer as its question reads it today; None when it does not, or the profile knows."""
    if field.prefill and not blank(known.get(field.prefill)):
        return None
    form: MultiDict[str, str] = MultiDict()
    for name, texts in type_of(field).to_form(field, known[field.key]).items():
        form.setlist(name, texts)
    try:
        value = type_of(field).read(field, form, None, known)
    except FieldError:
        return None
    return None if blank(value) else value
