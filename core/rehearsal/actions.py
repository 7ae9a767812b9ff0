"""Keeping a draft, trying it, publishing it, throwing it away."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from core.actor import Actor
from core.audit import actions as audit
from core.catalogue import answers
from core.catalogue.definition import Definition
from core.catalogue.fields.base import Form
from core.catalogue.reader import CatalogueError, FileFault
from core.clock import now
from core.crypto import seal
from core.errors import Conflict, Forbidden, NotFound
from core.overlay import queries as overlay
from core.overlay.terms import place
from core.publishing import actions as publishing
from core.publishing import national
from core.rehearsal import policies, queries
from core.rehearsal.models import DefinitionDraft, DefinitionTrial
from core.rehearsal.rehearsal import Played, rehearse
from core.requests import references
from tenants.database import db
from tenants.scope import office

LIVES = timedelta(hours=4)


def keep_draft(actor: Actor, text: str) -> Definition:
    """Keep the text as its service's draft, in the place of an earlier one.

    Raises Forbidden, and CatalogueError with every fault: what is not right is not kept.
    """
    _need(actor)
    text = text.replace("\r\n", "\n")
    definition = queries.parsed(text)
    _check_beside_others(definition)
    values = {
        "version": definition.version,
        "text": text,
        "changed_at": now(),
        "changed_by": actor.name or actor.kind,
    }
    db.session.execute(
        insert(DefinitionDraft)
        .values(code=definition.code, **values)
        .on_conflict_do_update(index_elements=["code"], set_=values)
    )
    audit.record(actor, "catalogue.draft_kept", code=definition.code, version=definition.version)
    return definition


def discard(actor: Actor, code: str) -> None:
    """Throw a draft away, with everything that was tried with it. Raises Forbidden, NotFound."""
    _need(actor)
    _remove(queries.draft(code).code)
    audit.record(actor, "catalogue.draft_discarded", code=code)


def publish(actor: Actor, code: str, *, seen: str) -> Definition:
    """Publish the draft that was `seen` (its hash); it is no draft any more.

    Raises Forbidden, NotFound, and Conflict when it was changed since, or when its version cannot
    be published.
    """
    definition = queries.definition_of(queries.draft(code))
    if definition is None or definition.hash != seen:
        raise Conflict
    if not publishing.publish(actor, [definition]):
        raise Conflict(_l("Nothing is new."))
    _remove(code)
    return definition


def begin_trial(
    actor: Actor, code: str, *, sample: str, filled: bool, site: str = ""
) -> DefinitionTrial:
    """Try a draft as the person of one of its samples, with that one's answers or with none.

    At the active office `site` its own terms of the service hold: settings, fees, papers, ways.

    Nothing of it reaches an office; it is sealed and gone after some hours. Raises Forbidden,
    NotFound.
    """
    _need(actor)
    definition = queries.definition_of(queries.draft(code))
    found = (
        next((one for one in definition.samples if one.key == sample), None) if definition else None
    )
    if definition is None or found is None or actor.id is None:
        raise NotFound
    db.session.execute(delete(DefinitionTrial).where(DefinitionTrial.expires_at <= now()))
    row = DefinitionTrial(code=code, person_id=actor.id)
    played = Played.of_sample(definition, found, filled=filled)
    if site:
        _move(played, code, site)
    _put(row, played)
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "catalogue.draft_tried", code=code)
    return row


def _move(played: Played, code: str, site: str) -> None:
    if site not in {one.slug for one in queries.sites()}:
        raise NotFound
    with office(site, read_only=True):
        played.moved_to(place(), overlay.terms(code))


def save_section(
    row: DefinitionTrial, definition: Definition, played: Played, *, section: str, form: Form
) -> dict[str, Any]:
    """Read a section as an office would; errors by the name of the box, empty means saved.

    Raises NotFound for a section that does not apply.
    """
    now_asked = rehearse(definition, played)
    if section not in {item.key for item in now_asked.sections}:
        raise NotFound
    here = now_asked.definition
    values, errors = answers.read_section(here, section, form, now_asked.facts)
    if errors:
        return errors
    values = references.labelled(values, played.references)
    given = {**played.aside, **played.answers, **values}
    facts = rehearse(definition, played, given).facts
    played.answers, played.aside = answers.split_applicable(here, given, facts)
    played.done = list(dict.fromkeys([*played.done, section]))
    _put(row, played)
    return {}


def _put(row: DefinitionTrial, played: Played) -> None:
    row.sealed = seal(queries.PURPOSE, played.packed())
    row.expires_at = now() + LIVES


def _remove(code: str) -> None:
    db.session.execute(delete(DefinitionTrial).where(DefinitionTrial.code == code))
    db.session.execute(delete(DefinitionDraft).where(DefinitionDraft.code == code))


def _check_beside_others(definition: Definition) -> None:
    """Its code in the national list belongs to no other service."""
    for other in national.offered().values():
        if other.ref == definition.ref and other.code != definition.code:
            told = f"“{definition.ref}” is used by “{other.code}” too; write its own."
            raise CatalogueError([FileFault("definition.toml", 1, "ref", told)])


def _need(actor: Actor) -> None:
    if not policies.may_write(actor):
        raise Forbidden
