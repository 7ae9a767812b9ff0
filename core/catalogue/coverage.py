"""What no sample reaches: the parts of definitions that their samples never try.

Each definition's own samples (those beside it too) have to reach its rules, documents, fees,
exemptions and cases of its flow, every option written in it, and every option of a shared list
that one of its own conditions speaks about. Other options of shared lists (relations, borders,
degrees …), questions of shared blocks and parts of people are the same in all services: they count
as reached when a sample of any service chooses them. So do the acts of the flows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.catalogue import eligibility, flows, samples
from core.catalogue.conditions import holds, operands
from core.catalogue.definition import Definition, Facts, Field, Sample

WORLD = ("countries", "currencies")  # lists of the whole world, of which nobody tries every entry
Name = tuple[str, str]


@dataclass
class Reached:
    """Everything that could be reached, by kind, and what was."""

    possible: set[Name] = field(default_factory=set)
    reached: set[Name] = field(default_factory=set)

    @property
    def left(self) -> list[Name]:
        """What was not reached, in order."""
        return sorted(self.possible - self.reached)


@dataclass
class Report:
    """The coverage of each definition by its code; flows and shared blocks by all together."""

    definitions: dict[str, Reached]
    together: Reached

    @property
    def whole(self) -> bool:
        """Whether everything is reached."""
        return not any(one.left for one in [*self.definitions.values(), self.together])

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


@dataclass(frozen=True)
class Choosing:
    """A question whose every answer should be tried: where it stands and how reports call it."""

    item: Field
    path: tuple[str, ...]
    name: str

    def chosen(self, facts: Facts) -> Iterator[str]:
        """What was chosen there: in every row, each of several."""
        for given in _values(facts, self.path):
            yield from given if isinstance(given, list) else [given]


def report(definitions: Iterable[Definition]) -> Report:
    """What the samples of these definitions reach."""
    together = Reached(set(_flow_acts()))
    found = {one.code: _reached(one, together) for one in definitions}
    return Report(found, together)


def _reached(definition: Definition, together: Reached) -> Reached:
    own, common = choices(definition)
    found = Reached(set(_possible(definition)) | set(_options(own)))
    together.possible |= set(_options(common)) | set(_files(definition, shared=True))
    for sample in definition.samples:
        facts = samples.facts_of(definition, sample)
        stops = {stop.key for stop in eligibility.stops(definition, facts)}
        warnings = {rule.key for rule in eligibility.warnings(definition, facts)}
        found.reached |= {("rule", key) for key in stops | warnings}
        found.reached |= set(_chosen(own, facts))
        together.reached |= set(_chosen(common, facts))
        if not stops:
            asked = set(_asked(definition, facts))
            found.reached |= asked
            together.reached |= asked | set(_walked(definition, sample, facts))
    return found


def _possible(definition: Definition) -> Iterator[Name]:
    for rule in definition.eligibility:
        if rule.stop_when or rule.warn_when:
            yield "rule", rule.key
    yield from (("document", rule.key) for rule in definition.documents)
    yield from _files(definition, shared=False)
    yield from (("fee", line.key) for line in definition.fees)
    for line in definition.fees:
        yield from (("exemption", f"{line.key}[{at}]") for at, _ in enumerate(line.exempt, 1))
    yield from (("flow case", str(at)) for at, _ in enumerate(definition.flow.cases, 1))


def _files(definition: Definition, *, shared: bool) -> Iterator[Name]:
    for section in definition.sections:
        if bool(section.block) is shared:
            yield from (("file", item.key) for item in section.fields if item.type == "file")


def choices(definition: Definition) -> tuple[list[tuple[Choosing, set[str]]], ...]:
    """The questions to choose at, with the options to try: the service's own, and the common."""
    spoken = _spoken(definition)
    own, common = [], []
    for section in definition.sections:
        for one, shared in _choosing(section.fields, (), shared=bool(section.block)):
            keys = {option.key for option in one.item.options}
            named = keys & spoken.get(one.path, set())
            if shared:
                common.append((_called_alike(one), keys - named))
            own.append((one, named if shared else keys))
    return own, common


def _choosing(
    fields: Iterable[Field], before: tuple[str, ...], *, shared: bool
) -> Iterator[tuple[Choosing, bool]]:
    for item in fields:
        path = (*before, item.key)
        source = item.rules.get("options_from")
        if item.type in ("choice", "choices", "border") and source not in WORLD:
            name = ".".join(path)
            yield Choosing(item, path, name), shared or bool(source) or item.type == "border"
        yield from _choosing(item.fields, path, shared=shared or item.type != "group")


def _called_alike(one: Choosing) -> Choosing:
    """The same question under the name of its list, or its own key in a shared block."""
    source = one.item.rules.get("options_from") or ("borders" if one.item.type == "border" else "")
    return Choosing(one.item, one.path, source or one.item.key)


def _spoken(definition: Definition) -> dict[tuple[str, ...], set[str]]:
    """What the conditions of a service compare its questions with, by the path of the question."""
    groups = {item.key: item for item in definition.fields.values() if item.type == "group"}
    found: dict[tuple[str, ...], set[str]] = {}
    for condition in definition.conditions():
        for name, value in operands(condition):
            paths = [tuple(name.split("."))]
            paths += [(key, name) for key, item in groups.items()
                      if name in {part.key for part in item.fields}]  # fmt: skip
            for path in paths:
                found.setdefault(path, set()).add(value)
    return found


def _options(found: Iterable[tuple[Choosing, set[str]]]) -> Iterator[Name]:
    for one, keys in found:
        yield from (("option", f"{one.name}={key}") for key in keys)


def _chosen(found: Iterable[tuple[Choosing, set[str]]], facts: Facts) -> Iterator[Name]:
    for one, _ in found:
        yield from (("option", f"{one.name}={key}") for key in one.chosen(facts) if key)


def _values(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(value, list) and path:
        for row in value:
            yield from _values(row, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping):
        yield from _values(value.get(path[0]), path[1:])


def _asked(definition: Definition, facts: Facts) -> Iterator[Name]:
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
            for at, exempt in enumerate(line.exempt, 1):
                if holds(exempt.when, facts):
                    yield "exemption", f"{line.key}[{at}]"
    case = flows.case_of(definition, facts)
    if case:
        yield "flow case", str(definition.flow.cases.index(case) + 1)


def _flow_acts() -> Iterator[Name]:
    """Every arrow of every flow, from each state that the flow has."""
    for flow in flows.flow_names():
        for source, act in flows.arrows(flow):
            yield "act", f"{flow}.{source}.{act.key}"


def _walked(definition: Definition, sample: Sample, facts: Facts) -> Iterator[Name]:
    """The arrows on the way of a sample."""
    flow = flows.chosen(definition, facts)
    for source, act in samples.course_of(definition, sample, facts):
        yield "act", f"{flow}.{source}.{act.key}"
