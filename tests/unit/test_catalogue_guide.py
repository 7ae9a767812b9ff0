"""Whoever does not know the name is led to every service, by short lists and in both languages."""

from collections.abc import Iterator

import pytest

from core.catalogue import guide, reader, reference
from core.catalogue.guide import Step

SERVICES = list(reader.load_all().values())
LONGEST = 8


def ends(trail: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Step]]:
    step = guide.follow(trail, SERVICES)
    if step.ask is None:
        yield trail, step
    for answer in step.answers:
        assert answer.label["fa"].strip() and answer.label["en"].strip(), trail
        yield from ends((*trail, answer.key))


def test_every_service_is_reached_by_at_most_three_answers_and_a_short_list() -> None:
    found = list(ends())
    assert {service.ref for _, step in found for service in step.services} == {
        service.ref for service in SERVICES
    }
    for trail, step in found:
        assert len(trail) <= 3 and 1 <= len(step.services) <= LONGEST, trail
        assert len(step.said) == len(trail)


def test_every_occasion_is_asked_and_every_service_named_exists() -> None:
    rows = [row for question in reference.table("guide").values() for row in question["answers"]]
    known = {*reference.table("occasions"), *reference.table("guide")}
    led = {row["to"] for row in rows if "to" in row}
    assert led <= known and set(reference.table("occasions")) <= led
    refs = {ref for row in rows for ref in row.get("services", ())}
    assert refs <= {service.ref for service in SERVICES}


def test_what_an_office_does_not_have_is_not_led_to() -> None:
    few = [service for service in SERVICES if service.ref in ("R01", "G06")]
    assert [answer.key for answer in guide.follow((), few).answers] == ["family", "person", "help"]
    assert [service.ref for service in guide.follow(("family", "birth"), few).services] == ["R01"]


@pytest.mark.parametrize("trail", [("nowhere",), ("family", "x"), ("help", "x"), ("", "")])
def test_a_trail_that_is_none(trail: tuple[str, ...]) -> None:
    with pytest.raises(KeyError):
        guide.follow(trail, SERVICES)
