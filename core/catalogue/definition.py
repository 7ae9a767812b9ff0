"""What a service is made of, once its file has been read and found right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any

Words = Mapping[str, str]
Condition = Mapping[str, Any]
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """One answer of a choice; `deed` is the Persian sentence it puts into a deed."""

    key: str
    label: Words
    when: Condition | None = None
    hint: Words | None = None
    deed: str | None = None


@dataclass(frozen=True)
class Field:
    """One question. `rules` holds what only its type knows (bounds, script, regions …)."""

    key: str
    type: str
    label: Words
    hint: Words | None = None
    required: bool | Condition = True
    when: Condition | None = None
    prefill: str | None = None
    options: tuple[Option, ...] = ()
    fields: tuple["Field", ...] = ()
    deed: str | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sources(self) -> set[str]:
        """The questions that a computed answer is made of."""
        made_of = self.rules.get("compute", {}).values()
        return {str(source).partition(".")[0] for source in made_of}

    @cached_property
    def mark(self) -> str:
        """What the question is, in one word: equal questions have equal marks."""
        return blake2b(repr(self).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Section:
    """One page of the form; `block` names the shared block that it came from."""

    key: str
    title: Words
    fields: tuple[Field, ...]
    hint: Words | None = None
    when: Condition | None = None
    block: str | None = None


@dataclass(frozen=True)
class DocumentRule:
    """One paper that may be asked. `key` names it inside the request, `code` in the catalogue."""

    key: str
    code: str
    title: Words
    hint: Words | None
    how: str
    original: bool | Condition
    when: Condition | None
    required: bool | Condition
    min: int
    max: int
    sides: tuple[Words, ...]
    formats: tuple[str, ...]
    max_mb: int
    photo: str | None
    per: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Requirement:
    """Who may: the rule in words, and, when `stop_when` holds, what the person is told."""

    key: str
    text: Words
    stop_when: Condition | None = None
    told: Words | None = None
    instead: str | None = None
    warn_when: Condition | None = None


@dataclass(frozen=True)
class Tier:
    """A step of a graded fee: `to` inclusive; the last step has none."""

    to: int | None
    item: str | None = None
    amount: str | None = None


@dataclass(frozen=True)
class Exemption:
    """When a fee line is not taken, and the reason in words."""

    when: Condition
    text: Words


@dataclass(frozen=True)
class FeeLine:
    """One line of the bill: an item of the tariff or an amount of its own."""

    key: str
    title: Words | None = None
    item: str | None = None
    amount: str | None = None
    currency: str = "EUR"
    year: int | None = None
    when: Condition | None = None
    per: str | None = None
    by: str | None = None
    tiers: tuple[Tier, ...] = ()
    exempt: tuple[Exemption, ...] = ()


@dataclass(frozen=True)
class Declaration:
    """A sentence that the applicant ticks before submitting."""

    key: str
    text: Words
    when: Condition | None = None


@dataclass(frozen=True)
class FlowCase:
    """A flow that replaces the usual one when its condition holds."""

    when: Condition
    name: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class FlowRule:
    """The flow of a service and its parameters (true, false or a condition each)."""

    name: str
    params: Mapping[str, Any]
    cases: tuple[FlowCase, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a deed with {placeholders}."""

    text: str
    when: Condition | None = None


@dataclass(frozen=True)
class Deed:
    """The Persian text that is composed from the answers."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    signers: str | None = None


@dataclass(frozen=True)
class Sample:
    """A whole request as data: plain, complicated, or refused."""

    key: str
    kind: str
    title: Words
    profile: Mapping[str, Any]
    office: Mapping[str, Any]
    answers: Mapping[str, Any]
    today: str
    stop: str | None = None
    rejected: str | None = None
    acts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    """One version of one service."""

    code: str
    ref: str
    version: int
    group: str
    title: Words
    summary: Words
    description: Words
    result: Words
    duration: Words
    synonyms: tuple[str, ...]
    occasions: tuple[str, ...]
    who: tuple[str, ...]
    snapshot: tuple[str, ...]
    checklist: tuple[str, ...]
    eligibility: tuple[Requirement, ...]
    sections: tuple[Section, ...]
    documents: tuple[DocumentRule, ...]
    fees: tuple[FeeLine, ...]
    declarations: tuple[Declaration, ...]
    flow: FlowRule
    deed: Deed | None
    reasons: tuple[str, ...]
    samples: tuple[Sample, ...]
    source: Mapping[str, Any] = field(repr=False, compare=False)

    @cached_property
    def hash(self) -> str:
        """That of its meaning, not of its file's layout; worked out when first asked for."""
        from core.catalogue.stored import meaning_hash  # which builds on this module

        return meaning_hash(self)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every question by its key (those inside groups are not on their own)."""
        return {item.key: item for section in self.sections for item in section.fields}

    def section(self, key: str) -> Section | None:
        """The section with that key, or None."""
        return next((section for section in self.sections if section.key == key), None)

    def every_field(self) -> Iterator[Field]:
        """All questions, those inside groups too."""
        for item in self.fields.values():
            yield item
            yield from item.fields

    def conditions(self) -> Iterator[Condition]:
        """Every condition that the service itself writes, not those of shared blocks."""
        own = [part for part in self.sections if not part.block]
        asked = [item for part in own for item in part.fields]
        asked += [part for item in asked if item.type == "group" for part in item.fields]
        found: list[Any] = [item.when for item in own] + [item.when for item in asked]
        for parts in (self.documents, self.fees, self.declarations):
            found += [item.when for item in parts]
        found += [item.required for item in asked]
        found += [option.when for item in asked for option in item.options]
        found += [value for item in self.documents for value in (item.required, item.original)]
        found += [part.when for item in self.fees for part in item.exempt]
        found += [one for item in self.eligibility for one in (item.stop_when, item.warn_when)]
        found += [case.when for case in self.flow.cases]
        found += self.flow.params.values()
        found += [value for case in self.flow.cases for value in case.params.values()]
        found += [item.when for item in (self.deed.paragraphs if self.deed else ())]
        yield from (one for one in found if isinstance(one, Mapping))
