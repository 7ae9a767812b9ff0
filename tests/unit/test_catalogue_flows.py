"""The flows as data: every state reachable, every act permitted to somebody, no dead ends."""

import pytest

from core.catalogue import flows, reader, samples
from core.staff.roles import ROLES

FLAGS = ("visit", "fee", "post", "fingerprints", "live_photo", "cabinet", "court")
LETTERS = sorted(flows.flow_names())


def _params(bits: int) -> dict[str, bool]:
    return {name: bool(bits >> place & 1) for place, name in enumerate(FLAGS)}


def test_the_seven_flows_are_there():
    assert LETTERS == ["C", "K", "L", "N", "S", "T", "V"]


@pytest.mark.parametrize("letter", LETTERS)
def test_every_act_leads_from_known_states_to_a_known_state(letter):
    for act in flows.acts(letter):
        assert set(act.sources) <= set(flows.states())
        assert act.target == flows.PREVIOUS or act.target in flows.states()
        assert act.by in ("applicant", "staff", "system")
        assert (act.permission is not None) == (act.by == "staff")


def test_every_permission_is_given_to_some_role():
    given = set().union(*(role.permissions for role in ROLES.values()))
    asked = {act.permission for letter in LETTERS for act in flows.acts(letter)} - {None}
    assert asked - given == set()


@pytest.mark.parametrize("letter", LETTERS)
def test_from_every_reachable_state_an_end_can_be_reached(letter):
    for bits in range(1 << len(FLAGS)):
        params = {**_params(bits), **({"visit": True} if letter == "S" else {})}
        assert _dead_ends(letter, params) == set(), params


def _dead_ends(letter: str, params: dict[str, bool]) -> set[str]:
    """Reachable states from which no good end can be reached any more."""
    edges = {key: {act.target for act in flows.acts_from(letter, key, params)}
             - {flows.PREVIOUS} for key in flows.states()}  # fmt: skip
    seen, todo = set(), ["draft"]
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo += edges[state]
    good_end = {"delivered", "closed"}
    alive = set(good_end)
    while True:
        more = {state for state in seen - alive if edges[state] & alive}
        if not more:
            break
        alive |= more
    over = {key for key in flows.states() if flows.state(key).final} | {"on_hold"}
    return seen - alive - over


@pytest.mark.parametrize("letter", LETTERS)
def test_from_a_state_an_act_leads_to_one_state_only(letter):
    for bits in range(1 << len(FLAGS)):
        for state in flows.states():
            acts = [act.key for act in flows.acts_from(letter, state, _params(bits))]
            assert len(acts) == len(set(acts)), (state, acts)


def test_a_held_request_goes_back_to_where_it_was():
    params = _params(0)
    assert flows.next_status("L", "under_review", "hold", params) == "on_hold"
    assert flows.next_status("L", "on_hold", "resume", params, "paid") == "paid"
    assert flows.next_status("L", "draft", "approve", params) is None


def test_the_usual_way_of_a_renewal_by_post_needs_no_visit():
    definition = reader.load_all()["passport-renewal"]
    sample = next(item for item in definition.samples if item.key == "married_by_post")
    params = flows.parameters(definition, samples.facts_of(definition, sample), fee_due=True)
    assert (params["visit"], params["post"]) == (False, True)
    assert flows.path("L", params) == [
        "draft", "submitted", "under_review", "awaiting_payment", "paid", "approved", "issuing",
        "ready", "posted", "delivered",
    ]  # fmt: skip
