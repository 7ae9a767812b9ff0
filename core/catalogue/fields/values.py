"""Questions answered with a number, an amount of money, a date, or yes or no."""

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision, get_currency_symbol
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from core import dates
from core.catalogue.conditions import blank, lookup
from core.catalogue.definition import Facts, Field
from core.catalogue.fields.base import NOTHING, FieldError, FieldType, Form, current_language
from core.catalogue.fields.texts import Refused
from core.catalogue.reference import currency, table
from core.dates import DateError, PartialDate
from core.text import digits, figures, to_persian_digits

_SEPARATORS = str.maketrans({"٬": ",", "،": ",", "٫": ".", "/": "."})
_OFFSET = re.compile(r"today(?:([+-])(\d{1,5})([dmy]))?")


class Number(FieldType):
    """A number; `min`, `max` (a number or a fact), `decimals`, `unit`."""

    name = "number"
    rules = {"min": "bound", "max": "bound", "decimals": "count", "unit": "words"}
    ltr = True

    def parse(self, field: Field, text: str, facts: Facts) -> int | str:
        for unit in field.rules.get("unit", {}).values():
            text = text.removesuffix(unit).strip()
        value = _decimal(text, field.rules.get("decimals", 0))
        _check_bounds(field, value, facts)
        return int(value) if value == int(value) else str(value)

    def show(self, field: Field, value: Any, lang: str) -> str:
        if value is None:
            return ""
        unit = field.rules.get("unit", {}).get(lang, "")
        return _in_figures(f"{value} {unit}".strip(), lang)


class Money(FieldType):
    """An amount with its currency: {"amount": "12.50", "currency": "EUR"}."""

    name = "money"
    rules = {"min": "bound", "max": "bound", "currencies": "currencies"}
    ltr = True

    def read(self, field: Field, form: Form, name: str | None = None, facts: Facts = NOTHING):
        name = name or field.key
        text = self.typed(form, name)
        if not text:
            return None
        code = self.typed(form, f"{name}.currency").upper()
        if code not in self.currencies(field):
            raise FieldError({name: _l("Choose the currency of the amount.")})
        try:
            amount = _decimal(_without_currency(text, code), max(2, get_currency_precision(code)))
            _check_bounds(field, amount, facts)
        except Refused as error:
            raise FieldError({name: error.message}) from error
        return {"amount": str(amount), "currency": code}

    def currencies(self, field: Field) -> list[str]:
        """The currencies to choose from."""
        return list(field.rules.get("currencies") or table("currencies")["codes"])

    def to_form(self, field: Field, value: Any, name: str | None = None) -> dict[str, list[str]]:
        name = name or field.key
        if blank(value):
            return {}
        return {name: [value["amount"]], f"{name}.currency": [value["currency"]]}

    def show(self, field: Field, value: Any, lang: str) -> str:
        if blank(value):
            return ""
        amount = f"{Decimal(value['amount']):,}"
        return _in_figures(f"{amount} {currency(value['currency'])[lang]}", lang)


def _without_currency(text: str, code: str) -> str:
    """The amount alone; the sign of another currency than the chosen one stays and is refused."""
    names = currency(code).values()
    signs = {code, *names, *(get_currency_symbol(code, lang) for lang in ("en", "fa"))}
    bare = text.upper()
    for sign in sorted(signs, key=len, reverse=True):
        bare = bare.removeprefix(sign.upper()).removesuffix(sign.upper()).strip()
    return bare


class Date(FieldType):
    """A full date, stored as ISO; `not_before`, `not_after`, and `bounds_told` instead of ours."""

    name = "date"
    rules = {"not_before": "moment", "not_after": "moment", "bounds_told": "words"}

    def read(self, field: Field, form: Form, name: str | None = None, facts: Facts = NOTHING):
        name = name or field.key
        boxes = [self.typed(form, f"{name}.{part}") for part in ("day", "month", "year")]
        if not any(boxes):
            return None
        calendar = self.typed(form, f"{name}.calendar") or "jalali"
        try:
            value = self.parse_boxes(boxes, calendar)
            _check_moments(field, self.earliest(value), facts)
        except (DateError, Refused) as error:
            raise FieldError({name: error.message}) from error
        return value

    def parse_boxes(self, boxes: list[str], calendar: str) -> Any:
        """The stored value of three boxes."""
        return dates.parse_date(boxes[0], boxes[1], boxes[2], calendar).isoformat()

    def earliest(self, value: Any) -> date:
        """The day to hold against the bounds."""
        return date.fromisoformat(value)

    def to_form(self, field: Field, value: Any, name: str | None = None) -> dict[str, list[str]]:
        if blank(value):
            return {}
        day, month, year = dates.typed(date.fromisoformat(value))
        return _boxes(name or field.key, day, month, year, "jalali")

    def show(self, field: Field, value: Any, lang: str) -> str:
        return "" if blank(value) else dates.both(date.fromisoformat(value), lang)


class PartialDateType(Date):
    """A date of which the day, or day and month, may be unknown; kept in its own calendar."""

    name = "partial_date"

    def parse_boxes(self, boxes: list[str], calendar: str) -> dict[str, Any]:
        return dates.parse_partial(boxes[0], boxes[1], boxes[2], calendar).as_dict()

    def earliest(self, value: Any) -> date:
        return PartialDate(**value).earliest()

    def to_form(self, field: Field, value: Any, name: str | None = None) -> dict[str, list[str]]:
        if blank(value):
            return {}
        parts = [str(value.get(part) or "") for part in ("day", "month", "year")]
        return _boxes(name or field.key, parts[0], parts[1], parts[2], value["calendar"])

    def show(self, field: Field, value: Any, lang: str) -> str:
        return "" if blank(value) else dates.show_partial(PartialDate(**value), lang)


class YesNo(FieldType):
    """Yes or no: True or False, None while unanswered."""

    name = "yesno"
    unanswered = "Choose yes or no for “%(label)s”."

    def parse(self, field: Field, text: str, facts: Facts) -> bool:
        if text not in ("yes", "no"):
            raise Refused(_l("Choose yes or no."))
        return text == "yes"

    def to_form(self, field: Field, value: Any, name: str | None = None) -> dict[str, list[str]]:
        return {} if value is None else {name or field.key: ["yes" if value else "no"]}

    def show(self, field: Field, value: Any, lang: str) -> str:
        if value is None:
            return ""
        return {"fa": ("خیر", "بله"), "en": ("No", "Yes")}[lang][bool(value)]


def moment(value: Any, facts: Facts) -> date | None:
    """A bound in a definition as a day: ISO, `today`, `today-90d`, `today+6m`, or a fact."""
    if isinstance(value, dict):
        value = lookup(facts, value["fact"])
    if isinstance(value, date):
        return value
    hit = _OFFSET.fullmatch(str(value))
    if hit is None:
        return date.fromisoformat(value) if value else None
    today = facts.get("today")
    if today is None:
        return None
    today = today if isinstance(today, date) else date.fromisoformat(today)
    sign, count, unit = hit.groups()
    return _shift(today, int(f"{sign}{count}"), unit) if count else today


def _shift(day: date, count: int, unit: str) -> date:
    if unit == "d":
        return day + timedelta(days=count)
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    last = dates.days_in_month(year, month + 1, "gregorian")
    return date(year, month + 1, min(day.day, last))


def _check_moments(field: Field, value: date, facts: Facts) -> None:
    first = moment(field.rules.get("not_before"), facts) if "not_before" in field.rules else None
    last = moment(field.rules.get("not_after"), facts) if "not_after" in field.rules else None
    if not ((first and value < first) or (last and value > last)):
        return
    told = field.rules.get("bounds_told")
    if told:
        raise Refused(told.get(current_language(), told["en"]))
    if last and value > last:
        if field.rules["not_after"] == "today":
            raise Refused(_l("This date lies in the future."))
        raise Refused(_l("This date cannot be after %(day)s.", day=_said(last)))
    if field.rules["not_before"] == "today":
        raise Refused(_l("This date has already passed."))
    raise Refused(_l("This date cannot be before %(day)s.", day=_said(first)))


def _said(day: date | None) -> str:
    return "" if day is None else dates.both(day, current_language())


def _boxes(name: str, day: str, month: str, year: str, calendar: str) -> dict[str, list[str]]:
    parts = {"day": day, "month": month, "year": year, "calendar": calendar}
    return {f"{name}.{part}": [text] for part, text in parts.items() if text}


def _decimal(text: str, decimals: int) -> Decimal:
    plain = re.sub(r"[\s_'’]", "", digits(text)).translate(_SEPARATORS)
    if 0 < decimals < 3 and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", plain):
        raise Refused(_two_readings(plain))
    dotted = r"(\.\d{3})+" if decimals == 0 else r"((\.\d{3})+,\d+|(\.\d{3}){2,})"
    if re.fullmatch(rf"[+-]?[1-9]\d{{0,2}}{dotted}", plain):
        plain = plain.replace(".", "").replace(",", ".")  # 1.500,00 as in much of Europe
    elif re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    elif plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        value = Decimal(plain) if re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,6})?", plain) else None
    except InvalidOperation:
        value = None
    if value is None:
        raise Refused(_l("Type a number in figures, for example 12."))
    if value != round(value, decimals):
        if decimals == 0:
            raise Refused(_l("Type a whole number without a decimal part."))
        raise Refused(_l("Type at most %(count)s digits after the point.", count=figures(decimals)))
    return value


def _two_readings(plain: str) -> object:
    """1.500 is fifteen hundred in Berlin and one and a half in London."""
    return _l(
        "This can be read as %(whole)s and as %(part)s. Type it like one of these.",
        whole=_told(plain.replace(".", "")),
        part=_told(plain.rstrip("0").rstrip(".")),
    )


def _check_bounds(field: Field, value: Decimal, facts: Facts) -> None:
    low, high = (_bound(field.rules.get(side), facts) for side in ("min", "max"))
    if low is not None and value < low:
        raise Refused(
            _l(
                "This is at least %(low)s; you typed %(value)s.",
                low=_told(low),
                value=_told(value),
            )
        )
    if high is not None and value > high:
        raise Refused(
            _l(
                "This is at most %(high)s; you typed %(value)s.",
                high=_told(high),
                value=_told(value),
            )
        )


def _bound(value: Any, facts: Facts) -> Decimal | None:
    if isinstance(value, dict):
        value = lookup(facts, value["fact"])
    return None if blank(value) else Decimal(str(value))


def _in_figures(text: str, lang: str) -> str:
    if lang != "fa":
        return text
    return to_persian_digits(re.sub(r"(?<=\d)\.(?=\d)", "٫", text.replace(",", "٬")))


def _told(number: object) -> LazyString:
    """A number inside a message, as its reader writes it."""
    return LazyString(lambda: _in_figures(str(number), current_language()))
