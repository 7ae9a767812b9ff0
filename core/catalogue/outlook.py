"""What a service asks of somebody of whom only a few answers are known.

The page of a service asks up to three questions, those that decide most, and says which papers,
fees and stops follow. Each is sure, out of the question, or depends on something not asked here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from core.catalogue import documents, facts, fees
from core.catalogue.conditions import residue
from core.catalogue.definition import (
    Condition,
    Definition,
    DocumentRule,
    FeeLine,
    Field,
    Requirement,
    Words,
)
from core.catalogue.documents import DocumentAsk
from core.catalogue.eligibility import Stop
from core.catalogue.fees import QuoteLine

Rest = Condition | bool


@dataclass(frozen=True)
class Paper:
    """A paper that is asked when `when` holds; `required` may be left open as well."""

    ask: DocumentAsk
    when: Rest
    required: Rest
    per: str | None = None

    @property
    def sure(self) -> bool:
        """Whether this person needs it, whatever else is answered."""
        return self.when is True and self.required is True


@dataclass(frozen=True)
class Price:
    """A line of the bill; from `least` to `most` when a number that is not known grades it."""

    line: QuoteLine
    when: Rest
    least: QuoteLine
    most: QuoteLine
    each: bool
    perhaps_exempt: tuple[Words, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether something will be taken on this line."""
        return self.when is True and not self.perhaps_exempt


class Outlook:
    """A service, seen with the answers that are known.

    `answers` holds them by the name of the fact: questions, and what is known of the person
    (subject.age, profile.gender). `office` is what facts and fees want to know of it.
    """

    def __init__(
        self,
        definition: Definition,
        answers: Mapping[str, Any],
        *,
        office: Mapping[str, Any],
        today: date,
    ) -> None:
        self.definition = definition
        self.office, self.today = office, today
        gathered = facts.gather(definition, answers, profile={}, office=office, today=today)
        # Worked out of the profile otherwise, which is not known here.
        persons = {name: value for name, value in answers.items() if _of_a_person(name)}
        if gathered.get("on_behalf_of") == "self":
            persons |= {name.replace("subject.", "profile."): persons[name] for name in persons}
        self.answers = answers
        self.facts = {**gathered, **persons}
        self._answered = {*answers, *persons}
        self._never: dict[str, bool] = {}

    @cached_property
    def papers(self) -> list[Paper]:
        """Every paper that is or may be asked, in the order of the request."""
        found = [self._of_field(item) for item in self._file_fields()]
        found += [self._of_rule(rule) for rule in self.definition.documents]
        return [paper for paper in found if paper.when is not False]

    @cached_property
    def prices(self) -> list[Price]:
        """Every line that is or may be on the bill."""
        found = [self._price(line) for line in self.definition.fees]
        return [price for price in found if price.when is not False]

    @cached_property
    def stops(self) -> list[Stop]:
        """The rules that are not met, whatever else is answered."""
        return [
            _stop(rule)
            for rule in self.definition.eligibility
            if rule.stop_when and self.left(rule.stop_when) is True
        ]

    @cached_property
    def warnings(self) -> list[Stop]:
        """What the person should know before beginning."""
        return [
            _stop(rule)
            for rule in self.definition.eligibility
            if rule.warn_when and not rule.stop_when and self.left(rule.warn_when) is True
        ]

    @cached_property
    def visit(self) -> bool | None:
        """Whether one has to come; None when that is not settled."""
        flow = self.definition.flow
        possible: list[Rest] = []
        for case in flow.cases:
            when = self.left(case.when)
            if when is not False:
                possible.append(self.left({**flow.params, **case.params}.get("visit")))
            if when is True:
                break
        else:
            possible.append(self.left(flow.params.get("visit")))
        first = possible[0]
        return first if isinstance(first, bool) and possible.count(first) == len(possible) else None

    def left(self, condition: Condition | bool | None) -> Rest:
        """What is left of a condition."""
        return residue(condition, self.facts, self.knows)

    def visible(self, field: Field) -> Rest:
        """Whether a question is asked, with the page that it stands on."""
        return self.left({"all": [self._page_of(field), _flag(field.when)]})

    def knows(self, name: str) -> bool:
        """Whether a fact is settled: answered, of the office, or of a question never asked."""
        if name in self._answered or name == "today" or name.startswith("office."):
            return True
        if _of_a_person(name):
            return False
        field = self.definition.fields.get(name.partition(".")[0])
        if field is None:
            return name == "on_behalf_of"
        return field.key in self._answered or self._never_asked(field)

    def _never_asked(self, field: Field) -> bool:
        if field.key not in self._never:
            self._never[field.key] = self.visible(field) is False
        return self._never[field.key]

    def _page_of(self, field: Field) -> Condition | bool:
        sections = self.definition.sections
        return next((_flag(page.when) for page in sections if field in page.fields), True)

    def _file_fields(self) -> list[Field]:
        return [item for item in self.definition.fields.values() if item.type == "file"]

    def _of_field(self, field: Field) -> Paper:
        ask = documents.of_field(field, self.facts)
        return Paper(ask, self.visible(field), self.left(field.required))

    def _of_rule(self, rule: DocumentRule) -> Paper:
        ask = documents.of_rule(rule, rule.key, rule.title, self.facts)
        return Paper(ask, self.left(rule.when), self.left(rule.required), rule.per)

    def _price(self, line: FeeLine) -> Price:
        exempt = [(rule, self.left(rule.when)) for rule in line.exempt]
        sure = tuple(replace(rule, when={"all": []}) for rule, left in exempt if left is True)
        open_rules = tuple(rule.text for rule, left in exempt if not isinstance(left, bool))
        bare = replace(line, when=None, exempt=sure, per=line.per if self._counts(line) else None)
        steps = [bare]
        if line.tiers and not self.knows(line.by or ""):
            steps = [
                replace(bare, tiers=(), item=tier.item, amount=tier.amount) for tier in line.tiers
            ]
        lines = sorted((self._quoted(step) for step in steps), key=lambda quoted: quoted.amount)
        return Price(
            line=lines[0], when=self.left(line.when), least=lines[0], most=lines[-1],
            each=bool(line.per) and not self._counts(line),
            perhaps_exempt=() if sure else open_rules,
        )  # fmt: skip

    def _counts(self, line: FeeLine) -> bool:
        return bool(line.per) and self.knows(line.per or "")

    def _quoted(self, line: FeeLine) -> QuoteLine:
        bare = replace(self.definition, fees=(line,))
        return fees.quote(bare, self.facts, self.office).lines[0]


def _of_a_person(name: str) -> bool:
    """Whether a fact is of the profile or of the person concerned."""
    return name.startswith(("profile.", "subject."))


def _flag(condition: Condition | None) -> Condition | bool:
    return True if condition is None else condition


def _stop(rule: Requirement) -> Stop:
    return Stop(rule.key, rule.told or rule.text, rule.instead)
