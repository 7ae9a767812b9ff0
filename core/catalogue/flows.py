"""The named flows as data: states, who may do what in them, and what the applicant reads.

config/reference/flows.toml is the table; this file only reads it. An act is one arrow: from some
states to one state, done by somebody, under a permission, perhaps only with certain parameters.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from core.catalogue import reference
from core.catalogue.conditions import holds
from core.catalogue.definition import Condition, Definition, Facts, FlowCase, Words

PREVIOUS = "@previous"


@dataclass(frozen=True)
class State:
    """A state: its name for staff, what the applicant reads, and whose turn it is."""

    key: str
    label: Words
    public: Words
    awaits: str
    badge: str
    final: bool
    clock: bool
    limit: str | None
    """The parameter that says how many days it may lie here before it expires."""
    visit: bool = False
    """Whether the applicant is to come to the office now."""
    collect: bool = False
    """Whether the result waits there, for whoever does not have it sent."""

    def comes(self, answers: Mapping[str, Any]) -> bool:
        """Whether somebody with these answers has to know where the office is and when it opens."""
        return self.visit or (self.collect and answers.get("delivery_mode") != "post")


@dataclass(frozen=True)
class Act:
    """One arrow of a flow."""

    key: str
    label: Words
    sources: tuple[str, ...]
    target: str
    by: str
    permission: str | None
    when: Condition | None
    told: Words | None
    mail: bool
    reason: bool
    second_person: bool
    asks: tuple[str, ...] = field(default=())
    style: str = "plain"


@cache
def states() -> dict[str, State]:
    """All states by key."""
    return {key: _state(key, row) for key, row in reference.table("flows")["states"].items()}


def state(key: str) -> State:
    """One state. Raises KeyError."""
    return states()[key]


@cache
def flow_names() -> dict[str, Words]:
    """The flows: letter → words."""
    return {key: row["title"] for key, row in reference.table("flows")["flows"].items()}


@cache
def acts(flow: str) -> tuple[Act, ...]:
    """Every act of a flow, the common ones too."""
    table = reference.table("flows")
    without = set(table["flows"][flow].get("without", ()))
    common = [row for row in table["common"] if row["key"] not in without]
    return tuple(_act(row) for row in [*table["flows"][flow]["acts"], *common])


def acts_from(flow: str, status: str, params: Mapping[str, Any]) -> tuple[Act, ...]:
    """The acts possible in that state with these parameters."""
    known = {f"param.{key}": value for key, value in params.items()}
    return tuple(act for act in acts(flow) if status in act.sources and holds(act.when, known))


def find_act(flow: str, status: str, key: str, params: Mapping[str, Any]) -> Act | None:
    """The act of that name when it is possible now, else None."""
    return next((act for act in acts_from(flow, status, params) if act.key == key), None)


def next_status(
    flow: str, status: str, key: str, params: Mapping[str, Any], previous: str | None = None
) -> str | None:
    """The state that the act leads to, None when it is not possible now.

    `previous` is the state before the current one; acts such as “resume” lead back to it.
    """
    act = find_act(flow, status, key, params)
    if act is None:
        return None
    return previous if act.target == PREVIOUS else act.target


def case_of(definition: Definition, facts: Facts) -> FlowCase | None:
    """The case of the flow that this request is, None when it takes the usual one."""
    return next((case for case in definition.flow.cases if holds(case.when, facts)), None)


def chosen(definition: Definition, facts: Facts) -> str:
    """The letter of the flow that this request takes."""
    case = case_of(definition, facts)
    return case.name if case else definition.flow.name


def parameters(definition: Definition, facts: Facts, *, fee_due: bool) -> dict[str, Any]:
    """The parameters of this request's flow, conditions decided."""
    case = case_of(definition, facts)
    written = {**definition.flow.params, **(case.params if case else {})}
    rules = reference.table("flows")["params"]
    params = {
        key: holds(value, facts) if rules[key]["kind"] == "flag" else value
        for key, value in written.items()
    }
    return {
        **params,
        "fee": fee_due,
        "post": facts.get("delivery_mode") == "post",
        "authority": bool(params.get("authorities")),
        "enquiry": bool(params.get("authorities")) or chosen(definition, facts) in "TCN",
    }


def path(flow: str, params: Mapping[str, Any]) -> list[str]:
    """The usual way through a flow, first possible forward act at each state, for progress bars."""
    found, status = ["draft"], "draft"
    while True:
        forward = [act for act in acts_from(flow, status, params) if act.style == "forward"]
        if not forward or forward[0].target in found:
            return found
        status = forward[0].target
        found.append(status)


@cache
def arrows(flow: str) -> tuple[tuple[str, Act], ...]:
    """Every (state, act) of a flow, for the states that it can come to."""
    reachable, found = {"draft"}, set[str]()
    while reachable != found:
        found = set(reachable)
        reachable |= {act.target for act in acts(flow) if found & set(act.sources)} - {PREVIOUS}
    return tuple((key, act) for act in acts(flow) for key in act.sources if key in found)


def course(
    flow: str, params: Mapping[str, Any], keys: Iterable[str] = ()
) -> Iterator[tuple[str, Act]]:
    """The (state, act) of a way through a flow: the acts of these names, else the usual way.

    Raises ValueError at an act that is not possible where the way has come to.
    """
    status, previous = "draft", None
    for key in keys or _usual(flow, params):
        act = find_act(flow, status, key, params)
        if act is None:
            possible = ", ".join(one.key for one in acts_from(flow, status, params))
            raise ValueError(f"“{key}” is not possible in “{status}”; write one of: {possible}")
        yield status, act
        target = previous or status if act.target == PREVIOUS else act.target
        status, previous = target, status


def _usual(flow: str, params: Mapping[str, Any]) -> list[str]:
    """The acts of the usual way."""
    way = path(flow, params)
    return [
        next(act.key for act in acts_from(flow, status, params) if act.style == "forward")
        for status in way[:-1]
    ]


def _state(key: str, row: Mapping[str, Any]) -> State:
    label = {"fa": row["fa"], "en": row["en"]}
    return State(
        key, label, row.get("public", label), row.get("awaits", "office"),
        row.get("badge", "info"), row.get("final", False), row.get("clock", True),
        row.get("limit"), row.get("visit", False), row.get("collect", False),
    )  # fmt: skip


def _act(row: Mapping[str, Any]) -> Act:
    return Act(
        key=row["key"],
        label={"fa": row["fa"], "en": row["en"]},
        sources=tuple(row["from"]),
        target=row["to"],
        by=row.get("by", "staff"),
        permission=row.get("permission"),
        when=row.get("when"),
        told=row.get("told"),
        mail=row.get("mail", False),
        reason=row.get("reason", False),
        second_person=row.get("second_person", False),
        asks=tuple(row.get("asks", ())),
        style=row.get("style", "plain"),
    )
