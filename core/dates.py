"""Dates as people type them (Jalali or Gregorian, any figures, month names) and as we show them.

Stored is always the ISO date; a partial date ("sometime in Esfand 1360") keeps its own calendar.
"""

import calendar as gregorian
from dataclasses import asdict, dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from persiantools.jdatetime import JalaliDate

from core.text import clean, digits, figures, fold, to_persian_digits

JALALI_FA = [
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
]
JALALI_EN = [
    "Farvardin",
    "Ordibehesht",
    "Khordad",
    "Tir",
    "Mordad",
    "Shahrivar",
    "Mehr",
    "Aban",
    "Azar",
    "Dey",
    "Bahman",
    "Esfand",
]
GREGORIAN_FA = [
    "ژانویه",
    "فوریه",
    "مارس",
    "آوریل",
    "مه",
    "ژوئن",
    "ژوئیه",
    "اوت",
    "سپتامبر",
    "اکتبر",
    "نوامبر",
    "دسامبر",
]
GREGORIAN_EN = [gregorian.month_name[number] for number in range(1, 13)]
_NAMES = {
    "jalali": (JALALI_FA, JALALI_EN),
    "gregorian": (GREGORIAN_FA, GREGORIAN_EN),
}
# As people also call them: abroad, in Afghanistan, in short.
_ALSO = {
    "jalali": {"امرداد": 5, "Amordad": 5, "Day": 10, "Dei": 10},
    "gregorian": {
        "جنوری": 1, "جانوری": 1, "فبروری": 2, "مارچ": 3, "اپریل": 4, "آپریل": 4,
        "می": 5, "مئی": 5, "جون": 6, "جولای": 7, "ژولای": 7, "آگوست": 8, "اگوست": 8,
        "آگست": 8, "اگست": 8, "سپتمبر": 9, "اکتوبر": 10, "نومبر": 11, "نوومبر": 11, "دسمبر": 12,
        "دیسمبر": 12, "Sept": 9,
        **{gregorian.month_abbr[number]: number for number in range(1, 13)},
    },
}  # fmt: skip
_FOLDED = {
    calendar: {fold(name): number for names in lists for number, name in enumerate(names, 1)}
    | {fold(name): number for name, number in _ALSO[calendar].items()}
    for calendar, lists in _NAMES.items()
}
_YEARS = {"jalali": (1200, 1500), "gregorian": (1821, 2121)}


class DateError(ValueError):
    """What is wrong with a typed date, in words; `part` is day, month, year or calendar."""

    def __init__(self, message: object, part: str = "day") -> None:
        self.message = message
        self.part = part
        super().__init__(str(message))


@dataclass(frozen=True)
class PartialDate:
    """A date of which the day, or the day and the month, may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None
    calendar: str = "jalali"

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def earliest(self) -> date:
        """The first day that it can mean."""
        if self.calendar == "jalali":
            return JalaliDate(self.year, self.month or 1, self.day or 1).to_gregorian()
        return date(self.year, self.month or 1, self.day or 1)


def parse_date(day: str, month: str, year: str, calendar: str = "jalali") -> date:
    """The date that was typed. Raises DateError that says exactly what is wrong."""
    partial = parse_partial(day, month, year, calendar)
    if partial.month is None:
        raise DateError(_l("Type the month as well."), "month")
    if partial.day is None:
        raise DateError(_l("Type the day as well."), "day")
    return partial.earliest()


def parse_partial(day: str, month: str, year: str, calendar: str = "jalali") -> PartialDate:
    """A date whose day, or day and month, may be left empty. Raises DateError."""
    if calendar not in _NAMES:
        raise DateError(_l("Choose the calendar: Jalali or Gregorian."), "calendar")
    year_number = _year(year, calendar)
    month_number = _month(month, calendar)
    day_number = _day(day)
    if day_number is not None and month_number is None:
        raise DateError(_l("Type the month as well."), "month")
    if day_number is not None and month_number is not None:
        _check_day(day_number, month_number, year_number, calendar)
    return PartialDate(year_number, month_number, day_number, calendar)


def days_in_month(year: int, month: int, calendar: str) -> int:
    """How many days that month of that year has."""
    if calendar == "gregorian":
        return gregorian.monthrange(year, month)[1]
    if month <= 6:
        return 31
    return 30 if month < 12 or JalaliDate.is_leap(year) else 29


def month_name(month: int, calendar: str, lang: str) -> str:
    """The name of a month in the language of the reader."""
    return _NAMES[calendar][0 if lang == "fa" else 1][month - 1]


def jalali(value: date, lang: str = "fa") -> str:
    """The date in the Jalali calendar, in words."""
    parts = JalaliDate(value)
    return _words(parts.day, parts.month, parts.year, "jalali", lang)


def in_gregorian(value: date, lang: str = "fa") -> str:
    """The date in the Gregorian calendar, in words."""
    return _words(value.day, value.month, value.year, "gregorian", lang)


def both(value: date, lang: str = "fa") -> str:
    """Jalali first, Gregorian after it in brackets."""
    return f"{jalali(value, lang)} ({in_gregorian(value, lang)})"


def show_partial(value: PartialDate, lang: str = "fa") -> str:
    """What is known of the date, in its own calendar."""
    return _words(value.day, value.month, value.year, value.calendar, lang)


def typed(value: date, calendar: str = "jalali") -> tuple[str, str, str]:
    """Day, month, year as they stand in the three boxes of a form."""
    parts = JalaliDate(value) if calendar == "jalali" else value
    return str(parts.day), str(parts.month), str(parts.year)


def years_between(start: date, end: date) -> int:
    """Completed years; somebody born on 29 February is a year older on 1 March."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def months_between(start: date, end: date) -> int:
    """Completed months, negative when the end lies before the start."""
    if end < start:
        return -months_between(end, start)
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def _words(day: int | None, month: int | None, year: int, calendar: str, lang: str) -> str:
    name = month_name(month, calendar, lang) if month else None
    text = " ".join(str(part) for part in (day, name, year) if part is not None)
    return to_persian_digits(text) if lang == "fa" else text


def _number(text: str, message: object, part: str) -> int | None:
    plain = digits(clean(text)).strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 6):
        raise DateError(message, part)
    return int(plain)


def _year(text: str, calendar: str) -> int:
    number = _number(text, _l("Type the year in figures, for example 1402."), "year")
    if number is None:
        raise DateError(_l("Type the year as well."), "year")
    first, last = _YEARS[calendar]
    if first <= number <= last:
        return number
    other = "gregorian" if calendar == "jalali" else "jalali"
    if _YEARS[other][0] <= number <= _YEARS[other][1]:
        raise DateError(_wrong_calendar(number, calendar), "year")
    raise DateError(
        _l(
            "The year lies between %(first)s and %(last)s; you typed %(year)s.",
            first=figures(first),
            last=figures(last),
            year=figures(number),
        ),
        "year",
    )


def _wrong_calendar(year: int, calendar: str) -> object:
    if calendar == "jalali":
        return _l(
            "%(year)s is a Gregorian year. Choose Gregorian or type the Jalali year.",
            year=figures(year),
        )
    return _l(
        "%(year)s is a Jalali year. Choose Jalali or type the Gregorian year.", year=figures(year)
    )


def _month(text: str, calendar: str) -> int | None:
    plain = fold(text)
    plain = plain.removesuffix("ماه").strip() or plain  # مهر ماه
    if not plain:
        return None
    if plain in _FOLDED[calendar]:
        return _FOLDED[calendar][plain]
    number = _number(plain, _l("Type the month as a number from 1 to 12 or by its name."), "month")
    if number is None or not 1 <= number <= 12:
        raise DateError(
            _l("A year has 12 months; you typed %(month)s.", month=figures(number)), "month"
        )
    return number


def _day(text: str) -> int | None:
    return _number(text, _l("Type the day as a number from 1 to 31."), "day")


def _check_day(day: int, month: int, year: int, calendar: str) -> None:
    last = days_in_month(year, month, calendar)
    if not 1 <= day <= last:
        raise DateError(
            _l(
                "%(month)s %(year)s has %(last)s days; you typed %(day)s.",
                month=_l(month_name(month, calendar, "en")),
                year=figures(year),
                last=figures(last),
                day=figures(day),
            ),
            "day",
        )
