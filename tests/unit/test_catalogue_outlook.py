"""What the page of a service says before anybody files is true of everybody whom it speaks of."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from core.catalogue import deciding, documents, eligibility, fees, reader, samples
from core.catalogue.conditions import holds, names, residue
from core.catalogue.fields import type_of
from core.catalogue.outlook import Outlook

DEFINITIONS = reader.load_all()
KEYS = ["a", "b", "c"]
LEAVES = st.builds(
    lambda key, operator, value: {"field": key, operator: value},
    st.sampled_from(KEYS), st.sampled_from(["is", "is_not", "gt", "lte"]), st.integers(0, 3),
) | st.builds(lambda key: {"field": key, "present": True}, st.sampled_from(KEYS))  # fmt: skip
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
)
FACTS = st.dictionaries(st.sampled_from(KEYS), st.integers(0, 3))


@given(CONDITIONS, FACTS, st.sets(st.sampled_from(KEYS)))
def test_what_is_decided_with_some_facts_stays_so_with_all(condition, facts, known):
    shown = {key: value for key, value in facts.items() if key in known}
    left = residue(condition, shown, known.__contains__)
    if isinstance(left, bool):
        assert left is holds(condition, facts)
    else:
        assert holds(left, facts) is holds(condition, facts)
        assert not set(names(left)) <= known


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS.keys())
def test_the_check_list_of_a_sample_is_what_its_request_asks(definition):
    for sample in definition.samples:
        _true_of(definition, sample)


def _true_of(definition, sample) -> None:
    facts = samples.facts_of(definition, sample)
    outlook = seen_by(definition, facts, sample)
    whole = {ask.key.rstrip("_0123456789"): ask for ask in documents.asked(definition, facts)}
    listed = {paper.ask.key.rstrip("_0123456789"): paper for paper in outlook.papers}
    assert whole.keys() <= listed.keys(), sample.key
    for key, paper in listed.items():
        if paper.sure and paper.per is None:
            assert key in whole and whole[key].required, (sample.key, key)
    stopped = {stop.key for stop in eligibility.stops(definition, facts)}
    assert {stop.key for stop in outlook.stops} <= stopped
    billed = {line.key: line for line in fees.quote(definition, facts, facts_of_office()).lines}
    assert billed.keys() <= {price.line.key for price in outlook.prices}
    for price in outlook.prices:
        if price.when is True and not price.each:
            line = billed[price.line.key]
            least = 0 if price.perhaps_exempt else price.least.amount
            assert least <= line.amount <= price.most.amount
    if outlook.visit is not None:
        assert outlook.visit is bool(samples_visit(definition, facts))


def seen_by(definition, facts, sample) -> Outlook:
    """The outlook of somebody who answers the questions of the page as the sample does."""
    where = {"office": office_of(facts), "today": date.fromisoformat(sample.today)}
    form = MultiDict()
    for item in definition.fields.values():
        if item.type in deciding.ASKABLE:
            for name, texts in type_of(item).to_form(item, facts.get(item.key)).items():
                form.setlist(name, texts)
    for key in deciding.PERSONAL:
        form[f"subject.{key}"] = facts.get(f"subject.{key}") or ""
    ages = [int(one.key) for one in deciding.age_groups(Outlook(definition, {}, **where))]
    if facts.get("subject.age") is not None:
        form["subject.age"] = str(max(age for age in ages if age <= facts["subject.age"]))
    return deciding.seen_with(definition, form, **where)


def office_of(facts) -> dict:
    return {
        key.removeprefix("office."): value
        for key, value in facts.items()
        if key.startswith("office.")
    }


def facts_of_office() -> dict:
    return {"currency": "GBP"}


def samples_visit(definition, facts) -> bool:
    case = next((case for case in definition.flow.cases if holds(case.when, facts)), None)
    params = {**definition.flow.params, **(case.params if case else {})}
    return holds(params.get("visit", True), facts)


def test_services_ask_at_most_three_questions_that_decide_something():
    quiet = []
    for definition in DEFINITIONS.values():
        outlook = Outlook(definition, {}, office={}, today=date(2026, 11, 22))
        asked = deciding.questions(outlook)
        assert len(asked) <= deciding.MOST
        assert all(deciding.weights_of(definition)[item.key] for item in asked), definition.code
        if not asked:
            quiet.append(definition.code)
    assert quiet == []
