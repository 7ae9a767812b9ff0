"""The demo's choice: whatever day it starts on, it can be filed, by people who can register."""

import random
from datetime import date

import pytest

from core.accounts import profile
from core.accounts.models import Account
from core.catalogue import answers
from core.demo import cast, load
from core.requests.situation import office_facts
from tenants.scope import office


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2027, 3, 1), date(2028, 8, 15)])
def test_enough_samples_fit_and_their_people_can_register(app, day):
    faults, fitting = [], 0
    with app.app_context(), office("london", read_only=True):
        place = office_facts()
        for definition, sample in load.choice(random.Random("london")):
            known = cast.whole(sample.profile)
            if load.fits(definition, sample, profile=known, place=place, day=day):
                fitting += 1
                faults += [f"{definition.ref} {sample.key}: {one}" for one in registering(known)]
    assert faults == []
    assert fitting > 5 * load.REQUESTS  # a choice, of several groups of services


def registering(known) -> list[str]:
    """What the registration would not take from this person."""
    code = "0499370899"
    person = Account(email="a@b.example", person_code=code, profile={}, steps_done=[])
    known = {**known, **cast.booklet(known, code)}
    found = []
    for step in profile.sections():
        form = answers.form_of(step, {**profile.facts(person), **known})
        values, errors = profile.read(person, step, form)
        found += errors
        person.profile = {**person.profile, **{k: v for k, v in values.items() if v is not None}}
    return found
