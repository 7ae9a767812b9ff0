"""What an applicant does to a draft: begin it, fill it, move it to a newer version, drop it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from core.actor import Actor
from core.catalogue import answers
from core.catalogue.carrying import carried as carried_over
from core.catalogue.carrying import done_sections
from core.catalogue.definition import Definition, Facts, Section
from core.catalogue.fields.base import current_language
from core.clock import now
from core.documents import actions as documents
from core.errors import Conflict, Forbidden, NotFound
from core.overlay import queries as overlay
from core.overlay.terms import Terms
from core.requests import carrying, changes, definitions, people, policies, queries, references
from core.requests.models import ServiceRequest
from core.requests.situation import Situation, situation_of
from tenants.database import db

MOST_DRAFTS = 30


def start_draft(
    actor: Actor, *, definition: Definition, carry_from: Iterable[UUID] = ()
) -> ServiceRequest:
    """Begin a request for this version of the service, with the profile as it is now.

    `carry_from` are the earlier requests that the person chose to copy answers from; NotFound for
    one that was not offered. Raises Forbidden for anybody but an applicant; Conflict when too many
    drafts lie about, or when somebody with a special code asks for more than such a code opens
    (section 1.4).
    """
    if actor.kind != "applicant" or actor.id is None:
        raise Forbidden
    need_offered(overlay.terms(definition.code))
    if queries.count_drafts(actor) >= MOST_DRAFTS:
        raise Conflict(_l("You have too many unfinished requests. Finish or delete one first."))
    snapshot = people.snapshot(actor.id)
    if not policies.open_to(snapshot, definition.ref):
        raise Conflict(_l(
            "With a special code only services of nationality and first registration can be "
            "asked for. After you have a national ID all of them are open to you."
        ))  # fmt: skip
    wanted = list(carry_from)
    offered = carrying.offers(actor, definition, snapshot) if wanted else []
    given, origins = carrying.together(carrying.chosen(offered, wanted))
    definitions.keep(definition)
    request = ServiceRequest(
        account_id=actor.id,
        service_code=definition.code,
        service_ref=definition.ref,
        service_group=policies.desk_of(definition),
        service_title=dict(definition.title),
        definition_hash=definition.hash,
        flow=definition.flow.name,
        lang=actor.lang,
        profile_snapshot=snapshot,
    )
    db.session.add(request)
    db.session.flush()
    copied = {"carried_from": sorted(set(origins.values()))} if origins else {}
    changes.write_event(actor, request, "start", status_from=None, public=False, inputs=copied)
    if given:
        store(request, given, carried=origins)
    return request


def save_section(
    actor: Actor, request: ServiceRequest, *, section: str, form: Any
) -> dict[str, Any]:
    """Read a section's form. When all is right store it, else change nothing.

    Returns the errors by the name of the box; empty means saved. Answers that no longer apply go
    aside. Raises NotFound for a section that does not apply, Conflict when it is no draft any more.
    """
    changes.hold_still(request)
    situation, found = open_section(actor, request, section)
    values, errors = read(situation, found, form)
    if not errors:
        done = list(dict.fromkeys([*request.done, found.key]))
        seen = {item.key for item in found.fields}
        carried = {key: code for key, code in request.carried.items() if key not in seen}
        store(request, values, done=done, carried=carried)
    return errors


def autosave(
    actor: Actor, request: ServiceRequest, *, section: str, form: Any, by_hand: bool = False
) -> None:
    """Store what is right so far and leave the rest; the section does not count as done.

    `by_hand`: a button was pressed. Otherwise an entry that has papers may be blank for a moment
    only, and a group that would lose it waits for the button.
    """
    changes.hold_still(request)
    situation, found = open_section(actor, request, section)
    values, errors = read(situation, found, form)
    left = {name.partition(".")[0] for name in errors}
    if not by_hand:
        left |= {
            rule.per
            for rule in situation.definition.documents
            if rule.per in values and _loses_papers(request, rule.per, values)
        }
    store(request, {key: value for key, value in values.items() if key not in left})


def move_to_newest(actor: Actor, request: ServiceRequest, *, seen: int | None = None) -> None:
    """Pin a draft to the newest version of its service; answers are kept.

    What the newer version does not ask, or asks in another form, goes aside. Sections that ask
    something new count as not done. Errors as in need_draft; Conflict when nothing is newer.
    """
    need_draft(actor, request)
    changes.hold_still(request)
    newest = definitions.newer(request)
    if newest is None:
        raise Conflict(_l("This draft has the newest version already."))
    old = definitions.of(request)
    applies, aside = as_in(newest, request)
    definitions.keep(newest)
    changes.step(
        actor, request, "move_to_newest", seen=seen, public=False,
        inputs={"from": old.version, "to": newest.version},
        definition_hash=newest.hash,
        service_ref=newest.ref,
        service_group=policies.desk_of(newest),
        service_title=dict(newest.title),
        flow=newest.flow.name,
        answers=applies,
        aside=aside,
        done=done_sections(old, newest, request.done),
    )  # fmt: skip


def as_in(newest: Definition, request: ServiceRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """The draft's answers as they would be in that version: (those that apply, those aside)."""
    given = {**request.aside, **request.answers}
    together = carried_over(definitions.of(request), newest, given)
    situation = Situation(request, newest, together, request.profile_snapshot)
    return answers.split_applicable(situation.definition, together, situation.facts)


def throw_away(actor: Actor, request: ServiceRequest) -> None:
    """Give up a draft: what was typed is erased and it leaves the list. Errors as in need_draft."""
    need_draft(actor, request)
    changes.step(
        actor, request, "throw_away", to="withdrawn", public=False,
        answers={}, aside={}, carried={}, profile_snapshot={}, closed_at=now(),
    )  # fmt: skip
    documents.erase_all(request.id)


def read(
    situation: Situation, section: Section, form: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values and errors of a section's form."""
    values, errors = answers.read_section(situation.definition, section.key, form, situation.facts)
    return references.labelled(values, situation.facts["references"]), errors


def store(request: ServiceRequest, values: Mapping[str, Any], **columns: Any) -> None:
    """Put answers into the request; what does not apply goes aside until it does."""
    before = {**request.aside, **request.answers}
    together = {**before, **values}
    situation = situation_of(request, together)
    _move_papers(request, situation.definition, before, together)
    applies, aside = answers.split_applicable(situation.definition, together, situation.facts)
    changes.put(request, answers=applies, aside=aside, **columns)


def _move_papers(
    request: ServiceRequest, definition: Definition, before: Facts, after: Facts
) -> None:
    """A paper is handed in for the first, second … entry of a group: it follows its entry to
    another place and goes with one that is gone, so that it never counts for somebody else.

    After submission words of the office may stand at a place; nothing moves there then.
    """
    draft = request.submitted_at is None
    for rule in definition.documents:
        if rule.per is None:
            continue
        moved = _moved(before.get(rule.per) or [], after.get(rule.per) or [])
        places = {
            f"{rule.key}_{at + 1}": f"{rule.key}_{to + 1}" if draft and to is not None else None
            for at, to in moved.items()
        }
        if places:
            documents.move(request, places, erase=draft)


def _moved(old: list[Any], new: list[Any]) -> dict[int, int | None]:
    """Where each entry that lost its place stands now; None for one that is gone.

    One that was only rewritten, or stands behind all others, keeps its place. Two that say the
    same can't be told apart, so they don't move.
    """
    moved: dict[int, int | None] = {}
    for at, was in enumerate(old):
        now_there = new[at] if at < len(new) else None
        if now_there == was:
            continue
        if was in new:
            moved[at] = new.index(was) if old.count(was) == 1 else None
        elif len(new) < len(old) or now_there in old:
            moved[at] = None
    return moved


def _loses_papers(request: ServiceRequest, group: str, values: Facts) -> bool:
    old = {**request.aside, **request.answers}.get(group) or []
    return None in _moved(old, values.get(group) or []).values()


def open_section(actor: Actor, request: ServiceRequest, key: str) -> tuple[Situation, Section]:
    """The situation and the section of that key; NotFound unless it applies."""
    need_draft(actor, request)
    situation = situation_of(request)
    for section in situation.sections:
        if section.key == key:
            return situation, section
    raise NotFound


def need_offered(terms: Terms) -> None:
    """Conflict, in the office's own words, where it does not offer the service."""
    if not terms.offered:
        raise Conflict(LazyString(lambda: terms.told[current_language()]))


def need_draft(actor: Actor, request: ServiceRequest) -> None:
    """NotFound for other people's requests, Conflict when it is no draft any more."""
    if not policies.owns(actor, request):
        raise NotFound
    if not policies.is_draft(request):
        raise Conflict(_l("This request has been submitted and can no longer be changed here."))
