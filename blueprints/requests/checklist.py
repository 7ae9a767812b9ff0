"""The check list of a service in words: questions, papers, fees, stops and the visit."""

from collections import Counter
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.requests import prospect
from core.catalogue import deciding, reference
from core.catalogue.definition import Definition, Field
from core.catalogue.documents import DocumentAsk
from core.catalogue.fees import RATED, converted
from core.catalogue.fields.choices import options as offered
from core.catalogue.in_words import Names
from core.catalogue.outlook import Outlook, Paper, Price, Rest
from core.clock import today
from core.overlay.terms import Terms
from core.web.templating import lang, money, num, words
from tenants.scope import current_office

MEGABYTE = 1024 * 1024
YES_NO = ("yes", "no")


def outlook_of(service: Definition, terms: Terms) -> Outlook:
    """The service under the office's terms, seen with the answers in the page's address."""
    day = today(current_office().timezone)
    return deciding.seen_with(service, request.args, office=terms.facts(), today=day)


def questions(outlook: Outlook) -> list[dict[str, Any]]:
    """The deciding questions, each with its answers and the one that was chosen."""
    return [_question(item, outlook) for item in deciding.questions(outlook)]


def _question(item: Field, outlook: Outlook) -> dict[str, Any]:
    chosen = outlook.answers.get(item.key)
    if item.type == "yesno":
        options = [(key, _("Yes") if key == "yes" else _("No")) for key in YES_NO]
        chosen = None if chosen is None else YES_NO[0 if chosen else 1]
    else:
        options = [(option.key, words(option.label)) for option in offered(item, outlook.facts)]
    label = words(item.label)
    if item.key.startswith("subject.") and outlook.definition.who != ("self",):
        label = _("%(label)s of the person concerned", label=label)
    said = next((text for key, text in options if key == chosen), "")
    return {"key": item.key, "label": label, "options": options, "chosen": chosen, "said": said}


def papers(outlook: Outlook) -> dict[str, Any]:
    """The papers that are needed for sure, those that depend, and what is true of all files."""
    names = Names.of(outlook.definition)
    usual = _usual([paper.ask for paper in outlook.papers])
    told: dict[str, list[dict[str, Any]]] = {"sure": [], "open": []}
    for paper in outlook.papers:
        told["sure" if paper.sure else "open"].append(_paper(paper, names, usual))
    return {**told, "rules": file_rules(*usual) if usual else ""}


def _paper(paper: Paper, names: Names, usual: tuple | None) -> dict[str, Any]:
    ask = paper.ask
    own = (ask.formats, ask.max_bytes) != usual and ask.how == "upload"
    rules = [file_rules(ask.formats, ask.max_bytes)] if own else []
    return {
        "title": ask.title,
        "hint": ask.hint,
        "how": prospect.how_words(ask.how),
        "rules": [*rules, *_how_many(paper)],
        "when": _condition(paper, names),
    }


def _condition(paper: Paper, names: Names) -> str:
    """When it is asked, as far as that is not settled."""
    if paper.when is not True:
        return _if(paper.when, names)
    if paper.required is False:
        return _("if you have it")
    return "" if paper.required is True else _if(paper.required, names)


def _if(rest: Rest, names: Names) -> str:
    return num(_("if %(condition)s", condition=names.condition(rest)))


def _how_many(paper: Paper) -> list[str]:
    said = []
    if paper.per:
        said.append(_("one for each person or entry"))
    if paper.ask.sides:
        said.append(_("both sides") if len(paper.ask.sides) == 2 else _("one file for each side"))
    elif paper.ask.min > 1:
        said.append(num(ngettext("%(num)s copy", "%(num)s copies", paper.ask.min)))
    return said


def _usual(asks: list[DocumentAsk]) -> tuple | None:
    """The formats and the size that most uploads share, said once for all."""
    found = Counter((ask.formats, ask.max_bytes) for ask in asks if ask.how == "upload")
    return found.most_common(1)[0][0] if found else None


def file_rules(formats: tuple[str, ...], max_bytes: int) -> str:
    """What a file must be, on one line."""
    names = reference.table("formats")
    kinds = ("، " if lang() == "fa" else ", ").join(words(names[name]) for name in formats)
    return _("%(kinds)s, up to %(size)s MB", kinds=kinds, size=num(max_bytes // MEGABYTE))


def fees(outlook: Outlook) -> list[dict[str, Any]]:
    """The bill: amounts that are sure, and those that depend."""
    names = Names.of(outlook.definition)
    return [{**_fee(price, names), "here": _here(price, outlook)} for price in outlook.prices]


def fee_years(outlook: Outlook) -> list[int]:
    """The years that the amounts were fixed in; the office's own have none."""
    return sorted({price.least.year for price in outlook.prices if price.least.year})


def rate(outlook: Outlook) -> dict[str, Any] | None:
    """What one euro is in the office's currency, and of which day, when an amount shows it."""
    if not any(_here(price, outlook) for price in outlook.prices):
        return None
    office = outlook.office
    said = num(f"{Decimal(str(office['rate'])):,f}")
    here = f"{said} {words(reference.currency(office['currency']))}"
    return {"one": money(1, RATED), "here": here, "day": office["rate_date"]}


def _here(price: Price, outlook: Outlook) -> str:
    """The amount in the office's currency, where it is one amount and there is a rate."""
    least, most = price.least, price.most
    local = converted(least.amount, least.currency, outlook.office)
    if local is None or not least.amount or most.amount != least.amount:
        return ""
    return money(local, outlook.office["currency"])


def _fee(price: Price, names: Names) -> dict[str, Any]:
    notes = [_if(price.when, names)] if price.when is not True else []
    if price.line.exempt:
        notes.append(words(price.line.exempt))
    notes += [_("free: %(reason)s", reason=words(text)) for text in price.perhaps_exempt]
    amount = prospect.amount_of(price.least)
    if price.most.amount != price.least.amount:
        amount = _("%(least)s to %(most)s", least=amount, most=prospect.amount_of(price.most))
    if price.each:
        amount = _("%(amount)s each", amount=amount)
    return {"title": words(price.line.title), "amount": amount, "notes": notes}


def fee_in_short(outlook: Outlook) -> str:
    """The whole fee on a few words: an amount, or between what and what it lies."""
    prices = outlook.prices
    if not prices:
        return _("free")
    currencies = {price.most.currency for price in prices}
    if len(currencies) > 1 or any(price.each for price in prices):
        return _("depends on your case")
    least = sum(price.least.amount for price in prices if price.certain)
    most = sum(price.most.amount for price in prices)
    said = prospect.amount_in(most, currencies.pop())
    if least == most:
        return said
    currency = prices[0].most.currency
    if not least:
        return _("up to %(most)s", most=said)
    return _("%(least)s to %(most)s", least=prospect.amount_in(least, currency), most=said)


def visit(outlook: Outlook) -> str:
    """Whether one has to come."""
    if outlook.visit is None:
        return _("That depends on your answers; you are told before you submit.")
    if outlook.visit:
        return _("Yes, once, with the originals, after the office has invited you.")
    return _("No, everything is done online.")


def visit_in_short(outlook: Outlook) -> str:
    """The same in a word."""
    if outlook.visit is None:
        return _("depends on your case")
    return _("Yes, once") if outlook.visit else _("No")
