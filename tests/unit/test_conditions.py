"""The one condition engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.conditions import OPERATORS, holds, lookup, names
from tests.unit.alphabet import TYPED

FACTS = {
    "reason": "lost", "age": 17, "paid": False, "price": {"amount": "12.50", "currency": "EUR"},
    "uses": ["a", "b"], "born": "2010-05-01", "office.window": 6, "empty": "",
    "child": {"birth_date": "2015-01-01", "gender": "male"},
    "children": [{"sex": "female"}, {"sex": "male", "born": "2001-01-01"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "reason", "is": "lost"}, True),
        ({"field": "reason", "is_not": "lost"}, False),
        ({"field": "nothing", "is_not": "lost"}, True),
        ({"field": "reason", "in": ["lost", "stolen"]}, True),
        ({"field": "nothing", "not_in": ["lost"]}, True),
        ({"field": "paid", "is": False}, True),
        ({"field": "paid", "present": True}, True),
        ({"field": "empty", "blank": True}, True),
        ({"field": "nothing", "present": False}, True),
        ({"field": "uses", "contains": "b"}, True),
        ({"field": "nothing", "contains": "b"}, False),
        ({"field": "age", "lt": 18}, True),
        ({"field": "age", "gte": {"fact": "office.window"}}, True),
        ({"field": "nothing", "lt": 18}, False),
        ({"field": "nothing", "gte": 18}, False),
        ({"field": "born", "gt": "2009-12-31"}, True),
        ({"field": "born", "gt": 5}, False),
        ({"field": "price.amount", "lte": 13}, True),
        ({"field": "price", "gt": 12}, True),
        ({"field": "child.gender", "is": "male"}, True),
        ({"some": "children", "match": {"field": "sex", "is": "male"}}, True),
        ({"some": "children", "match": {"field": "born", "lt": "2000-01-01"}}, False),
        ({"some": "nothing", "match": {"field": "sex", "is": "male"}}, False),
        ({"not": {"field": "reason", "is": "lost"}}, False),
        ({"all": [{"field": "age", "lt": 18}, {"field": "paid", "is": True}]}, False),
        ({"any": [{"field": "age", "lt": 18}, {"field": "paid", "is": True}]}, True),
        (None, True),
        (True, True),
        (False, False),
    ],
)
def test_holds(condition, expected):
    assert holds(condition, FACTS) is expected


def test_names_finds_every_fact():
    condition = {"all": [{"field": "a", "gte": {"fact": "b"}}, {"not": {"field": "c", "is": 1}},
                         {"some": "d", "match": {"field": "e", "present": True}}]}  # fmt: skip
    assert set(names(condition)) == {"a", "b", "c", "d", "e"}


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(TYPED, max_size=5),
    st.floats(),
    st.lists(st.text(TYPED, max_size=3), max_size=3),
    st.dictionaries(st.text(TYPED, max_size=3), st.text(TYPED, max_size=3), max_size=2),
)


@given(st.sampled_from(sorted(set(OPERATORS) - {"in", "not_in"})), values, values)
def test_no_value_breaks_a_comparison(operator, value, operand):
    if isinstance(operand, dict):
        return
    assert holds({"field": "x", operator: operand}, {"x": value}) in (True, False)


@given(values)
def test_a_condition_and_its_opposite(value):
    condition = {"field": "x", "is": value}
    if not isinstance(value, dict):
        assert holds({"not": condition}, {"x": 1}) is not holds(condition, {"x": 1})


def test_lookup_prefers_the_whole_name():
    assert lookup({"a.b": 1, "a": {"b": 2}}, "a.b") == 1
    assert lookup({"a": {"b": {"c": 3}}}, "a.b.c") == 3
    assert lookup({"a": "text"}, "a.b") is None
