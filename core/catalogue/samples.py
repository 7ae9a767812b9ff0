"""The sample requests that every definition carries: held against the definition itself."""

from datetime import date
from typing import Any

from core.catalogue import answers, eligibility, fees, flows
from core.catalogue.definition import Definition, Facts, Sample
from core.catalogue.facts import gather


def facts_of(definition: Definition, sample: Sample) -> dict[str, Any]:
    """The facts of a sample, as the engine would gather them for a request with its answers."""
    return gather(
        definition,
        sample.answers,
        profile=sample.profile,
        office=sample.office,
        today=date.fromisoformat(sample.today),
        references=references_of(sample),
    )


def way_of(definition: Definition, sample: Sample, facts: Facts) -> tuple[str, dict[str, Any]]:
    """The flow that the sample takes, and its parameters."""
    due = fees.quote(definition, facts, sample.office).due
    return flows.chosen(definition, facts), flows.parameters(definition, facts, fee_due=due)


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
        list(flows.course(*way_of(definition, sample, facts), sample.acts))
    except ValueError as error:
        found.append(f"acts: {error}")
    return found
