"""The sample requests that every definition carries: held against the definition itself."""

from datetime import date
from typing import Any

from core.catalogue import answers, eligibility, fees, flows
from core.catalogue.definition import Definition, Facts, Sample
from core.catalogue.facts import gather
from core.catalogue.flows import Act

# The office at which samples are tried, unless they say otherwise.
OFFICE = {"slug": "london", "kind": "consulate", "country_code": "GB", "currency": "GBP"}


def facts_of(definition: Definition, sample: Sample) -> dict[str, Any]:
    """The facts of a sample, as the engine would gather them for a request with its answers."""
    return gather(
        definition,
        sample.answers,
        profile=sample.profile,
        office={**OFFICE, **sample.office},
        today=date.fromisoformat(sample.today),
        references=references_of(sample),
    )


def way_of(definition: Definition, sample: Sample, facts: Facts) -> tuple[str, dict[str, Any]]:
    """The flow that the sample takes, and its parameters."""
    due = fees.quote(definition, facts, sample.office).due
    return flows.chosen(definition, facts), flows.parameters(definition, facts, fee_due=due)


def course_of(definition: Definition, sample: Sample, facts: Facts) -> list[tuple[str, Act]]:
    """The (state, act) of the sample's way: its own acts, else the usual ones to the end, or to
    the refusal of one that is rejected. Raises ValueError at an act that is not possible."""
    flow, params = way_of(definition, sample, facts)
    usual = list(flows.course(flow, params, sample.acts))
    if sample.acts or not sample.rejected:
        return usual
    for number, (status, _) in enumerate(usual):
        refusal = flows.find_act(flow, status, "reject", params)
        if refusal:
            return [*usual[:number], (status, refusal)]
    raise ValueError(f"nobody can refuse it on its way through {flow}")


def references_of(sample: Sample) -> dict[str, list[dict[str, Any]]]:
    """Other requests that the sample refers to, offered as if they were there."""
    return {
        key: [{"key": value["request"], "label": {"fa": value["request"], "en": value["request"]}}]
        for key, value in sample.answers.items()
        if isinstance(value, dict) and "request" in value
    }


def faults(definition: Definition, sample: Sample) -> list[str]:
    """What keeps the sample from going through (or from being stopped) as it says."""
    facts = facts_of(definition, sample)
    stops = [stop.key for stop in eligibility.stops(definition, facts)]
    if sample.stop:
        return [] if sample.stop in stops else [f"“{sample.stop}” does not stop it; {stops=}"]
    if stops:
        return [f"it is stopped by {', '.join(stops)}"]
    found = [
        f"{item.section}.{item.field}: {item.message}"
        for item in answers.missing(definition, facts)
    ]
    _, aside = answers.split_applicable(definition, sample.answers, facts)
    found += [f"{key}: this question is not asked in the sample" for key in aside]
    try:
        course_of(definition, sample, facts)
    except ValueError as error:
        found.append(f"acts: {error}")
    return found
