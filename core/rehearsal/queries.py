"""Reads of drafts and trials; in the ministry's scope."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select

from core.actor import Actor
from core.catalogue import differences, reader
from core.catalogue.definition import Definition
from core.catalogue.differences import Change
from core.catalogue.reader import CatalogueError, FileFault
from core.clock import now
from core.crypto import unseal
from core.errors import NotFound
from core.publishing import national
from core.rehearsal import policies
from core.rehearsal.models import DefinitionDraft, DefinitionTrial
from core.rehearsal.rehearsal import Played
from tenants import registry
from tenants.database import db
from tenants.facts import OfficeFacts

PURPOSE = "catalogue.trial"
MOST_BYTES = 300_000


def drafts() -> Sequence[DefinitionDraft]:
    """Every draft, the newest first."""
    return db.session.scalars(
        select(DefinitionDraft).order_by(DefinitionDraft.changed_at.desc())
    ).all()


def draft(code: str) -> DefinitionDraft:
    """The draft of a service; NotFound."""
    found = db.session.get(DefinitionDraft, code)
    if found is None:
        raise NotFound
    return found


@lru_cache(maxsize=32)
def parsed(text: str) -> Definition:
    """The definition that a text holds, its samples walked. Raises CatalogueError."""
    if len(text.encode()) > MOST_BYTES:
        raise _fault(f"This is too long; a definition has at most {MOST_BYTES // 1000} kB.")
    try:
        return reader.parse_text(text)
    except RecursionError as error:
        raise _fault("This is nested too deeply.") from error


def definition_of(row: DefinitionDraft) -> Definition | None:
    """The definition of a draft; None when this release does not read it any more."""
    try:
        return parsed(row.text)
    except CatalogueError:
        return None


def titles() -> dict[str, dict[str, str]]:
    """Code of a draft → the title in it, or the one in force where it is not read any more."""
    found = {row.code: definition_of(row) or in_force(row.code) for row in drafts()}
    return {code: dict(one.title) for code, one in found.items() if one is not None}


def in_force(code: str) -> Definition | None:
    """The version that new requests begin with now."""
    return national.offered().get(code)


def changes(definition: Definition) -> list[Change] | None:
    """What it says otherwise than what is in force; None for a new service."""
    before = in_force(definition.code)
    return None if before is None else differences.between(before, definition)


def trial(actor: Actor, trial_id: UUID) -> tuple[DefinitionTrial, Definition, Played]:
    """One's own trial as long as it lives; NotFound for all others."""
    row = db.session.get(DefinitionTrial, trial_id)
    if row is None or not policies.owns(actor, row) or row.expires_at <= now():
        raise NotFound
    definition = definition_of(draft(row.code))
    if definition is None:
        raise NotFound
    return row, definition, Played.unpacked(unseal(PURPOSE, row.sealed))


def sites() -> list[OfficeFacts]:
    """The offices as which a draft can be tried."""
    return [one for one in registry.all_offices() if one.status == "active"]


def _fault(message: str) -> CatalogueError:
    return CatalogueError([FileFault("definition.toml", 1, "", message)])
