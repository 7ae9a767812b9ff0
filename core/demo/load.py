"""Loads the demo: opens four offices, employs their staff, files and works on requests."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from config.settings import Settings
from core import clock
from core.accounts import queries as accounts
from core.actor import SYSTEM, Actor
from core.catalogue import samples
from core.catalogue.definition import Definition, Sample
from core.demo import cases, cast
from core.documents import inspection
from core.errors import Invalid
from core.overlay import actions as overlay
from core.overlay import reach, subjects
from core.oversight import actions as oversight
from core.oversight import queries as offices
from core.publishing import actions as publishing
from core.publishing import national
from core.publishing import queries as published
from core.requests import actions as requests
from core.requests.models import ServiceRequest
from core.requests.situation import office_facts
from core.staff import queries as people
from tenants import registry
from tenants.database import db
from tenants.scope import current_office, ministry, office

Say = Callable[[str], None]
REQUESTS = 9
HOURS_A_STEP = 30


def load(settings: Settings, say: Say) -> None:
    """Bring the demo to its full extent; what is there already stays as it is."""
    with ministry():
        for one in cast.MINISTRY:
            if people.by_email(one.email("ministry")) is None:
                cast.employ(settings, "ministry", one)
        _publish()
    known = {facts.slug for facts in registry.all_offices()}
    with inspection.remembering():
        for slug in cast.OFFICES:
            if slug not in known:
                say(f"Opening {slug}")
                oversight.open_office(SYSTEM, settings, offices.reference_office(slug), None)
            _furnish(settings, slug, say)


def _publish() -> None:
    """Publish what is newer than what was; the same version is not looked at again."""
    newest = {line.code: line.version for line in published.newest_versions().values()}
    gone = national.retired()
    services = [one for code, one in national.files().items() if code not in gone]
    publishing.publish(SYSTEM, [one for one in services if one.version > newest.get(one.code, 0)])


def _furnish(settings: Settings, slug: str, say: Say) -> None:
    """Staff in one transaction; then each applicant with the requests in one of their own."""
    with office(slug):
        if people.by_email(cast.STAFF[0].email(slug)) is not None:
            return
        staff = [cast.employ(settings, slug, one) for one in cast.STAFF]
        admin = next(one for one in staff if "admin" in one.roles)
        overlay.lay(admin, subjects.setting(reach.KEY), form=cast.contact(slug), seen=0)
        place, zone = office_facts(), current_office().timezone
    say(f"People and requests of {slug}")
    chance = random.Random(slug)  # noqa: S311 - the same demo at every first start
    applicants: dict[str, Actor] = {}
    profiles: dict[str, dict[str, Any]] = {}
    filed = 0
    for definition, sample in choice(chance):
        persona = str(sample.profile.get("national_id"))
        profile = profiles.get(persona) or cast.whole(sample.profile)
        with clock.at(_began(filed)):
            day = clock.today(zone)
        if not fits(definition, sample, profile=profile, place=place, day=day):
            continue
        try:
            with office(slug):
                person = applicants.get(persona) or cast.applicant(
                    slug, len(applicants), profile, chance
                )
                _live(person, definition, sample, staff, filed)
        except (cases.SampleFails, Invalid) as error:
            # A demo starts whatever happens to one of its samples; the next one takes its place.
            say(f"  left out: {definition.ref} {sample.key} ({_why(error)})")
            continue
        applicants[persona], profiles[persona] = person, profile
        filed += 1
        if filed == REQUESTS:
            break
    with office(slug, read_only=True):
        known = [accounts.get(person.id) for person in applicants.values()]
    cast.remember(settings, slug, {one.email: one.person_code for one in known})


def _why(error: cases.SampleFails | Invalid) -> str:
    """Where the sample fails; answers are not repeated."""
    return ", ".join(error.errors) if isinstance(error, Invalid) else str(error)


def fits(
    definition: Definition,
    sample: Sample,
    *,
    profile: Mapping[str, Any],
    place: Mapping[str, Any],
    day: date,
) -> bool:
    """Whether it can be filed as it stands by this person at this office on that day.

    What a sample answers belongs to its own day and settings: not every one suits every demo.
    """
    tried = replace(sample, profile=profile, office=place, today=day.isoformat())
    return not samples.faults(definition, tried)


def _began(number: int) -> datetime:
    """When the request of that number was filed; the last one is a draft of now."""
    if number == REQUESTS - 1:
        return clock.now()
    return clock.now() - timedelta(hours=HOURS_A_STEP * (number % REQUESTS + 2) + 5 * number)


def choice(chance: random.Random) -> list[tuple[Definition, Sample]]:
    """Samples that can be filed, of all services, in the order of chance."""
    gone = national.retired()
    found = [
        (definition, sample)
        for definition in national.files().values()
        if definition.code not in gone
        for sample in definition.samples
        if sample.kind in ("plain", "complicated")
        and sample.profile.get("gender")
        and not _refers(definition, sample)
    ]
    chance.shuffle(found)
    turns: Counter[str] = Counter()

    def turn(pair: tuple[Definition, Sample]) -> int:
        turns[pair[0].group] += 1
        return turns[pair[0].group]

    return sorted(found, key=turn)  # each group of services gets its turn: every clerk has work


def _refers(definition: Definition, sample: Sample) -> bool:
    """Whether it builds on an earlier request, which this person does not have."""
    return any(
        field.type == "reference" and sample.answers.get(field.key)
        for field in definition.every_field()
    )


def _live(
    person: Actor, definition: Definition, sample: Sample, staff: Sequence[Actor], number: int
) -> None:
    """File a sample some days ago and let it come as far as its number says."""
    steps, moment = number % REQUESTS, _began(number)
    if number == REQUESTS - 1:
        cases.draft(person, definition, sample, sections=2)
        return
    with clock.at(moment):
        request = cases.file(person, definition, sample)
    for step in range(steps):
        moment += timedelta(hours=HOURS_A_STEP)
        with clock.at(moment):
            if not _step(request, staff, person, step, number):
                return
    db.session.flush()


def _step(
    request: ServiceRequest, staff: Sequence[Actor], person: Actor, step: int, number: int
) -> bool:
    """The next thing that happens; some are sent back, refused or withdrawn on the way."""
    if number == 2 and step == 1:
        cases.send_back(request, staff)
        return False
    if number == 4 and step == 2 and cases.refuse(request, staff):
        return False
    if number == 5 and step == 1:
        requests.withdraw(person, request)
        return False
    return cases.advance(request, staff)
