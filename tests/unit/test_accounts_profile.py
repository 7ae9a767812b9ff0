"""The profile's data is right, and what only code checks says so in words."""

import re

import pytest

from core.accounts import profile
from core.catalogue import reference


def test_the_steps_of_registration_are_read_without_fault() -> None:
    assert [section.key for section in profile.sections()] == [
        step for step in profile.STEPS if step != profile.PHOTO
    ]


def test_every_fact_that_services_ask_about_is_asked_in_the_profile() -> None:
    asked = {field.key for section in profile.sections() for field in section.fields}
    derived = {"national_id", "special_code", "email", "age"}
    assert set(reference.table("profile")) - asked - derived == set()


@pytest.mark.parametrize("country", sorted(profile.POSTAL_CODES))
def test_the_example_of_a_postal_code_is_one(country: str) -> None:
    pattern, example = profile.POSTAL_CODES[country]
    assert re.fullmatch(pattern, example)
