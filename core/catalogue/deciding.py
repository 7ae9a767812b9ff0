"""Which few questions decide most about a service: its papers, its fees, who may not.

The definition's own `checklist` counts double; the rest is counted from its conditions. Age, sex
and marital status of the person concerned are asked as well where much depends on them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import chain
from typing import Any

from core.catalogue import reference
from core.catalogue.conditions import OPERATORS, blank, names
from core.catalogue.definition import Condition, Definition, Facts, Field, Option
from core.catalogue.fields import FieldError, type_of
from core.catalogue.fields.base import Form
from core.catalogue.outlook import Outlook

MOST = 3
ASKABLE = ("choice", "yesno")
# A condition on whether a paper is asked weighs more than one on whether it may be left out.
ASKED, SOFTENED, RULED = 3, 2, 1
PERSONAL = {"gender": "genders", "marital_status": "marital-statuses"}


def seen_with(
    definition: Definition, form: Form, *, office: Mapping[str, Any], today: date
) -> Outlook:
    """The service, seen with what was answered of its deciding questions; the rest is ignored."""
    answers: dict[str, Any] = {}
    weights = weights_of(definition)
    for _ in range(MOST + 1):  # an answer can bring up a question that decides more
        outlook = Outlook(definition, answers, office=office, today=today)
        read = _read(questions(outlook, weights), form, outlook.facts)
        if read == answers:
            break
        answers = read
    return outlook


def questions(outlook: Outlook, weights: Counter[str] | None = None) -> list[Field]:
    """Up to three questions that are asked as things stand and decide most, as the form has them.

    A question weighs at least as much as those that it brings up, so it never gives way to them.
    """
    weights = weights or weights_of(outlook.definition)
    possible = [
        *_personal(outlook),
        *(
            item
            for item in outlook.definition.fields.values()
            if item.type in ASKABLE and weights[item.key] and outlook.visible(item) is True
        ),
    ]
    best = sorted(possible, key=lambda item: -weights[item.key])[:MOST]
    return [item for item in possible if item in best and weights[item.key]]


def _read(fields: list[Field], form: Form, facts: Facts) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for item in fields:
        try:
            value = type_of(item).read(item, form, None, {**facts, **answers})
        except FieldError:
            continue
        if not blank(value):
            answers[item.key] = value
    return answers


def weights_of(definition: Definition) -> Counter[str]:
    """How much hangs on each fact."""
    weights: Counter[str] = Counter()
    for weight, condition in _conditions(definition):
        for name in set(names(condition)):
            weights[_one_name(definition, name)] += weight
    for key in definition.checklist:
        weights[key] *= 2
    for section in reversed(definition.sections):
        for item in reversed(section.fields):
            for name in {*names(section.when), *names(item.when)} - {item.key}:
                weights[_one_name(definition, name)] += weights[item.key]
    return weights


def _conditions(definition: Definition) -> Iterator[tuple[int, Condition | bool | None]]:
    for rule in definition.documents:
        yield ASKED, rule.when
        yield SOFTENED, rule.required
    for item in definition.fields.values():
        if item.type == "file":
            yield ASKED, item.when
            yield SOFTENED, item.required
    for line in definition.fees:
        yield ASKED, line.when
        for exempt in line.exempt:
            yield SOFTENED, exempt.when
    for requirement in definition.eligibility:
        yield RULED, requirement.stop_when
    yield SOFTENED, definition.flow.params.get("visit")


def _one_name(definition: Definition, name: str) -> str:
    """Who files only for oneself is the person concerned."""
    if definition.who == ("self",) and name.startswith("profile."):
        return f"subject.{name.removeprefix('profile.')}"
    return name


def _personal(outlook: Outlook) -> Iterator[Field]:
    """What a profile would say of the person concerned, as questions."""
    table = reference.table("profile")
    ages = age_groups(outlook)
    if len(ages) > 1:
        yield Field("subject.age", "choice", _label(table["age"]), options=ages)
    for key, listed in PERSONAL.items():
        yield Field(f"subject.{key}", "choice", _label(table[key]), options=_listed(listed))


@cache
def _listed(name: str) -> tuple[Option, ...]:
    return tuple(
        Option(row["key"], {"fa": row["fa"], "en": row["en"]})
        for row in reference.folder("options")[name]["options"]
    )


def _label(row: Mapping[str, Any]) -> dict[str, str]:
    return {"fa": row["fa"], "en": row["en"]}


def age_groups(outlook: Outlook) -> tuple[Option, ...]:
    """Ages as ranges that no condition can tell apart; the key is the youngest age of each."""
    cuts = sorted({0, *_cuts(outlook)})
    return tuple(
        Option(str(low), _years(low, high))
        for low, high in zip(cuts, [*cuts[1:], None], strict=True)
    )


def _cuts(outlook: Outlook) -> Iterator[int]:
    """The ages at which anything changes; a page about oneself knows the applicant's as well."""
    questions = [item.when for item in outlook.definition.fields.values()]
    pages = [page.when for page in outlook.definition.sections]
    decided = [condition for _, condition in _conditions(outlook.definition)]
    for part in chain.from_iterable(map(_comparisons, [*questions, *pages, *decided])):
        if part["field"] not in ("subject.age", "profile.age"):
            continue
        operator = next(name for name in OPERATORS if name in part)
        bound = part[operator]
        if isinstance(bound, Mapping):
            bound = outlook.facts.get(bound["fact"])
        if isinstance(bound, int):
            yield bound + 1 if operator in ("gt", "lte") else bound


def _comparisons(condition: Any) -> Iterator[Condition]:
    """Every single comparison in a condition."""
    if not isinstance(condition, Mapping):
        return
    for part in [*condition.get("all", ()), *condition.get("any", ()), condition.get("not")]:
        yield from _comparisons(part)
    if "field" in condition:
        yield condition


def _years(low: int, high: int | None) -> dict[str, str]:
    if high is None:
        return {"fa": f"{low} سال و بیشتر", "en": f"{low} or older"}
    if not low:
        return {"fa": f"کمتر از {high} سال", "en": f"Under {high}"}
    return {"fa": f"{low} تا {high - 1} سال", "en": f"{low} to {high - 1}"}
