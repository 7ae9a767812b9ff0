"""A service before anybody has answered anything: what it may ask, cost and need."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from core.catalogue import facts, fees, reference
from core.catalogue.definition import Definition
from core.catalogue.fees import QuoteLine
from core.clock import today
from core.requests.situation import office_facts
from core.web.templating import lang, money, num, words
from tenants.scope import current_office

MEGABYTE = 1024 * 1024


def for_whom(service: Definition) -> list[str]:
    """For whom it may be filed, in words."""
    said = {
        "self": _("You, for yourself."),
        "child": _("You, for your child under 18."),
        "ward": _("A guardian, for the ward, with the court's order."),
        "client": _("An attorney, for the client, with a formal power of attorney."),
    }
    return [said[who] for who in service.who]


def documents(service: Definition) -> list[dict[str, Any]]:
    """Every paper that may be asked."""
    asked = [
        {
            "title": rule.title,
            "hint": rule.hint,
            "how": how_words(rule.how),
            "rules": rules_of(rule),
            "depends": rule.when is not None or rule.required is not True,
        }
        for rule in service.documents
    ]
    return asked + [
        {
            "title": item.label,
            "hint": item.hint,
            "how": how_words("upload"),
            "rules": [],
            "depends": item.when is not None or item.required is not True,
        }
        for item in service.fields.values()
        if item.type == "file"
    ]


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
    elif rule.max > 1:
        said.append(num(ngettext("up to %(num)s file", "up to %(num)s files", rule.max)))
    return said


def fee_lines(service: Definition) -> list[dict[str, Any]]:
    """What may have to be paid here, line by line, without knowing the person."""
    bare = replace(
        service, fees=tuple(replace(line, when=None, exempt=()) for line in service.fees)
    )
    known = facts.gather(
        service, {}, profile={}, office=office_facts(), today=today(current_office().timezone)
    )
    lines = fees.quote(bare, known, office_facts()).lines
    depends = {line.key for line in service.fees if line.when is not None or line.exempt}
    return [
        {"title": words(line.title), "amount": amount_of(line), "depends": line.key in depends}
        for line in lines
    ]


def amount_of(line: QuoteLine) -> str:
    """The amount of a line; nothing is said as a word."""
    return money(line.amount, line.currency) if line.amount else _("free")


def fee_years(service: Definition) -> list[int]:
    """The years that the amounts were fixed in."""
    tariff = reference.table("tariff")
    return sorted(
        {
            row["year"]
            for line in service.fees
            if line.item
            for row in tariff[line.item]["amounts"][-1:]
            if row.get("year")
        }
    )


def visit_words(service: Definition) -> str:
    """Whether one has to come."""
    wanted = service.flow.params.get("visit", True)
    if wanted is False:
        return _("No, everything is done online.")
    if wanted is True and not service.flow.cases:
        return _("Yes, once, with the originals, after the office has invited you.")
    return _("That depends on your answers; you are told before you submit.")
