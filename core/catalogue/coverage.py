"""What no sample reaches: the parts of definitions that their own samples never try."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from core.catalogue import eligibility, fees, flows, samples
from core.catalogue.conditions import holds
from core.catalogue.definition import Definition, Field, Sample

LONGEST_LIST = 30  # of a longer shared list (countries, currencies) nobody tries every entry


@dataclass
class Reached:
    """Everything that could be reached, by kind, and what was."""

    possible: set[tuple[str, str]] = field(default_factory=set)
    reached: set[tuple[str, str]] = field(default_factory=set)

    @property
    def left(self) -> list[tuple[str, str]]:
        """What was not reached, in order."""
        return sorted(self.possible - self.reached)


@dataclass
class Report:
    """The coverage of each definition by its code; flows and shared blocks by all together."""

    definitions: dict[str, Reached]
    together: Reached

    def lines(self) -> list[str]:
        """The report as people read it: what is left, then the sum."""
        found = []
        for code, one in [*self.definitions.items(), ("all together", self.together)]:
            if one.left:
                found.append(f"{code}: " + ", ".join(f"{kind} {name}" for kind, name in one.left))
        everything = [*self.definitions.values(), self.together]
        possible = sum(len(one.possible) for one in everything)
        left = sum(len(one.left) for one in everything)
        whole = sum(not one.left for one in self.definitions.values())
        found.append(
            f"Samples reach {possible - left} of {possible} conditions, options, fees and acts;"
            f" {whole} of {len(self.definitions)} definitions wholly."
        )
        return found


def report(definitions: Iterable[Definition]) -> Report:
    """What the samples of these definitions reach."""
    together = Reached(set(_flow_acts()))
    found = {one.code: _reached(one, together) for one in definitions}
    return Report(found, together)


def _reached(definition: Definition, together: Reached) -> Reached:
    found = Reached(set(_possible(definition)))
    for sample in definition.samples:
        facts = samples.facts_of(definition, sample)
        found.reached |= set(_answered(definition, facts))
        stops = {stop.key for stop in eligibility.stops(definition, facts)}
        warnings = {rule.key for rule in eligibility.warnings(definition, facts)}
        found.reached |= {("rule", key) for key in stops | warnings}
        if not stops:
            found.reached |= set(_asked(definition, facts))
            together.reached |= set(_walked(definition, sample, facts))
    return _without_shared(definition, found, together)


def _without_shared(definition: Definition, found: Reached, together: Reached) -> Reached:
    """Questions of shared blocks are tried by all services together, not by each."""
    keys = {item.key for part in definition.sections if part.block for item in part.fields}
    shared = {
        (kind, name)
        for kind, name in found.possible
        if kind in ("option", "file") and name.partition("=")[0] in keys
    }
    together.possible |= shared
    together.reached |= shared & found.reached
    return Reached(found.possible - shared, found.reached - shared)


def _possible(definition: Definition) -> Iterator[tuple[str, str]]:
    for item, name in _choices(definition):
        yield from (("option", f"{name}={option.key}") for option in item.options)
    for rule in definition.eligibility:
        if rule.stop_when or rule.warn_when:
            yield "rule", rule.key
    yield from (("document", rule.key) for rule in definition.documents)
    yield from (("file", item.key) for item in definition.fields.values() if item.type == "file")
    yield from (("fee", line.key) for line in definition.fees)
    for line in definition.fees:
        yield from (("exemption", f"{line.key}[{at}]") for at, _ in enumerate(line.exempt, 1))
    yield from (("flow case", str(at)) for at, _ in enumerate(definition.flow.cases, 1))


def _choices(definition: Definition) -> Iterator[tuple[Field, str]]:
    """Questions whose every answer should be tried, with the names that reports call them by."""
    for item in definition.fields.values():
        inner = item.fields if item.type == "group" else ()
        for one, name in [(item, item.key), *((part, f"{item.key}.{part.key}") for part in inner)]:
            shared = "options_from" in one.rules and len(one.options) > LONGEST_LIST
            if one.type in ("choice", "choices", "border") and not shared:
                yield one, name


def _answered(definition: Definition, facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for item, name in _choices(definition):
        head, _, inner = name.partition(".")
        value = facts.get(head)
        values = [row.get(item.key) for row in value or ()] if inner else [value]
        for given in values:
            for key in given if isinstance(given, list) else [given]:
                yield "option", f"{name}={key}"


def _asked(definition: Definition, facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for rule in definition.documents:
        if holds(rule.when, facts) and (rule.per is None or facts.get(rule.per)):
            yield "document", rule.key
    for section in definition.sections:
        for item in section.fields if holds(section.when, facts) else ():
            if item.type == "file" and holds(item.when, facts):
                yield "file", item.key
    for line in definition.fees:
        if holds(line.when, facts):
            yield "fee", line.key
            yield from (
                ("exemption", f"{line.key}[{at}]")
                for at, rule in enumerate(line.exempt, 1)
                if holds(rule.when, facts)
            )
    for at, case in enumerate(definition.flow.cases, 1):
        if holds(case.when, facts):
            yield "flow case", str(at)
            break


def _flow_acts() -> Iterator[tuple[str, str]]:
    """Every forward arrow of every flow."""
    for flow in flows.flow_names():
        for act in flows.acts(flow):
            if act.style == "forward":
                yield from (("act", f"{flow}.{source}.{act.key}") for source in act.sources)


def _walked(
    definition: Definition, sample: Sample, facts: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """The forward arrows on the usual way of a sample."""
    due = fees.quote(definition, facts, sample.office).due
    flow = flows.chosen(definition, facts)
    params = flows.parameters(definition, facts, fee_due=due)
    for status in flows.path(flow, params):
        for act in flows.acts_from(flow, status, params):
            if act.style == "forward":
                yield "act", f"{flow}.{status}.{act.key}"
