"""Dates are read in both calendars and refused with the reason."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import (
    DateError,
    both,
    months_between,
    parse_date,
    parse_partial,
    show_partial,
    typed,
    years_between,
)
from tests.unit.alphabet import TYPED


@given(st.dates(date(1830, 1, 1), date(2100, 12, 31)), st.sampled_from(["jalali", "gregorian"]))
def test_what_is_shown_in_the_boxes_is_read_back(day, calendar):
    assert parse_date(*typed(day, calendar), calendar) == day


@pytest.mark.parametrize(
    ("boxes", "day"),
    [
        (("۱", "فروردین", "۱۴۰۳", "jalali"), date(2024, 3, 20)),
        (("30", "Esfand", "1403", "jalali"), date(2025, 3, 20)),
        (("٢٩", "2", "2024", "gregorian"), date(2024, 2, 29)),
        (("1", "آذر", "1400", "jalali"), date(2021, 11, 22)),
        (("5", "ژوئیه", "1990", "gregorian"), date(1990, 7, 5)),
    ],
)
def test_figures_and_names_of_both_scripts(boxes, day):
    assert parse_date(*boxes) == day


@pytest.mark.parametrize(
    ("boxes", "words", "part"),
    [
        (("30", "12", "1402", "jalali"), "Esfand 1402 has 29 days; you typed 30.", "day"),
        (("29", "2", "2023", "gregorian"), "February 2023 has 28 days; you typed 29.", "day"),
        (("31", "مهر", "1400", "jalali"), "Mehr 1400 has 30 days; you typed 31.", "day"),
        (("0", "1", "1400", "jalali"), "Farvardin 1400 has 31 days; you typed 0.", "day"),
        (("1", "13", "1400", "jalali"), "A year has 12 months; you typed 13.", "month"),
        (("1", "", "1400", "jalali"), "Type the month as well.", "month"),
        (("", "1", "1400", "jalali"), "Type the day as well.", "day"),
        (("1", "1", "", "jalali"), "Type the year as well.", "year"),
        (
            ("1", "1", "1990", "jalali"),
            "1990 is a Gregorian year. Choose Gregorian or type the Jalali year.",
            "year",
        ),
        (
            ("1", "1", "1370", "gregorian"),
            "1370 is a Jalali year. Choose Jalali or type the Gregorian year.",
            "year",
        ),
        (("1", "1", "70", "jalali"), "The year lies between 1200 and 1500; you typed 70.", "year"),
        (("x", "1", "1400", "jalali"), "Type the day as a number from 1 to 31.", "day"),
        (
            ("1", "smarch", "1400", "jalali"),
            "Type the month as a number from 1 to 12 or by its name.",
            "month",
        ),
        (("1", "1", "1400", "lunar"), "Choose the calendar: Jalali or Gregorian.", "calendar"),
    ],
)
def test_words_say_what_is_wrong(boxes, words, part):
    with pytest.raises(DateError) as caught:
        parse_date(*boxes)
    assert (str(caught.value.message), caught.value.part) == (words, part)


@given(*[st.text(TYPED, max_size=12)] * 3, st.sampled_from(["jalali", "gregorian", ""]))
def test_nothing_typed_breaks_it(day, month, year, calendar):
    try:
        parse_partial(
            day.replace("\x00", ""), month.replace("\x00", ""), year.replace("\x00", ""), calendar
        )
    except DateError as error:
        assert str(error.message)


def test_partial_dates():
    assert parse_partial("", "اسفند", "1360").as_dict() == {
        "year": 1360, "month": 12, "day": None, "calendar": "jalali",
    }  # fmt: skip
    assert show_partial(parse_partial("", "12", "1360"), "fa") == "اسفند ۱۳۶۰"
    assert parse_partial("", "", "1990", "gregorian").earliest() == date(1990, 1, 1)
    with pytest.raises(DateError, match="month"):
        parse_partial("1", "", "1360")


def test_both_calendars():
    assert both(date(2024, 3, 20), "fa") == "۱ فروردین ۱۴۰۳ (۲۰ مارس ۲۰۲۴)"
    assert both(date(2024, 3, 20), "en") == "1 Farvardin 1403 (20 March 2024)"


def test_spans():
    assert years_between(date(2004, 2, 29), date(2022, 2, 28)) == 17
    assert years_between(date(2004, 2, 29), date(2022, 3, 1)) == 18
    assert months_between(date(2024, 1, 31), date(2024, 2, 29)) == 0
    assert months_between(date(2024, 6, 1), date(2024, 1, 1)) == -5


@pytest.mark.parametrize(
    ("month", "calendar", "number"),
    [("مهرماه", "jalali", 7), ("آبان ماه", "jalali", 8), ("امرداد", "jalali", 5),
     ("اکتوبر", "gregorian", 10), ("جولای", "gregorian", 7), ("می", "gregorian", 5),
     ("Oct.", "gregorian", 10), ("sept", "gregorian", 9), ("May", "gregorian", 5)],
)  # fmt: skip
def test_months_are_known_by_the_names_that_people_use(month, calendar, number):
    assert parse_partial("", month, "1400" if calendar == "jalali" else "2021", calendar).month == (
        number
    )
