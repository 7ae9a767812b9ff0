"""Tracking codes: read as people type them, refused when one character is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.requests.tracking import ALPHABET, check_character, grouped, new_code, read_code

bodies = st.text(ALPHABET, min_size=11, max_size=11)


def test_a_new_code_has_twelve_characters_and_reads_back():
    code = new_code()
    assert len(code) == 12
    assert read_code(code) == code


@given(bodies)
def test_case_separators_and_spaces_do_not_matter(body):
    code = body + check_character(body)
    assert read_code(grouped(code).lower()) == code
    assert read_code(f"  {code[:4]} {code[4:8]} – {code[8:]}\u200f") == code


@given(bodies)
def test_persian_and_arabic_figures_are_read(body):
    code = body + check_character(body)
    assert read_code(code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))) == code
    assert read_code(code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))) == code


@given(bodies, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(body, place, other):
    code = body + check_character(body)
    wrong = code[:place] + other + code[place + 1 :]
    assert (read_code(wrong) is None) == (wrong != code)


@given(bodies, st.integers(0, 10))
def test_two_swapped_neighbours_are_noticed(body, place):
    code = body + check_character(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (read_code(swapped) is None) == (swapped != code)


@pytest.mark.parametrize(
    "text", ["", "ABC", "0" * 12, "O1IL" * 3, "A" * 13, "\x00" * 12, "کد رهگیری"]
)
def test_what_is_no_code_is_none(text):
    assert read_code(text) is None


def test_it_is_shown_in_groups_of_four():
    assert grouped("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"
