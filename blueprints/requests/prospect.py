"""What services say of papers, fees and people, in words."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from core.catalogue import reference
from core.catalogue.definition import Definition
from core.catalogue.fees import QuoteLine
from core.web.templating import lang, money, num, words

MEGABYTE = 1024 * 1024


def for_whom(service: Definition) -> list[str]:
    """For whom it may be filed, in words; nothing where it is only whoever files.

    That person may well be filing about somebody else: a death, a birth, a prisoner.
    """
    if service.who == ("self",):
        return []
    said = {
        "self": _("You, for yourself."),
        "child": _("You, for your child under 18."),
        "ward": _("A guardian, for the ward, with the court's order."),
        "client": _("An attorney, for the client, with a formal power of attorney."),
    }
    return [said[who] for who in service.who]


def how_words(how: str) -> str:
    """How a paper reaches the office."""
    said = {
        "upload": _("upload here"),
        "counter": _("bring it to the office"),
        "post": _("send it by post"),
    }
    return said[how]


def rules_of(rule: Any) -> list[str]:
    """What a file must be, in words; `rule` is a DocumentRule or a DocumentAsk."""
    if rule.how != "upload":
        return []
    largest = rule.max_bytes // MEGABYTE if hasattr(rule, "max_bytes") else rule.max_mb
    names = reference.table("formats")
    kinds = [words(names[name]) for name in rule.formats]
    said = [
        ("، " if lang() == "fa" else ", ").join(kinds),
        _("up to %(size)s MB", size=num(largest)),
    ]
    if rule.sides:
        said.append(_("one file for each side"))
    elif rule.min > 1:
        said.append(num(_("%(least)s to %(most)s files", least=rule.min, most=rule.max)))
    elif rule.max > 1:
        said.append(num(ngettext("up to %(num)s file", "up to %(num)s files", rule.max)))
    return said


def amount_of(line: QuoteLine) -> str:
    """The amount of a line; nothing is said as a word."""
    return amount_in(line.amount, line.currency)


def worked_out(line: QuoteLine) -> str:
    """The amount of a line of a bill, and how it comes about."""
    amount = amount_of(line)
    if not line.amount or line.count == 1:
        return amount
    return f"{num(str(line.count))} × {money(line.unit, line.currency)} = {amount}"


def amount_in(amount: Decimal | int, currency: str) -> str:
    """An amount of money; nothing is said as a word."""
    return money(amount, currency) if amount else _("free")
