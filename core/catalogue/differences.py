"""What is different between two versions of a service, in words for people.

Pure: takes two definitions (or their plain forms, as kept for good) and speaks the language in
force. The same sentences stand in the command, on the ministry's page and before an applicant.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _

from core.catalogue import reference, stored
from core.catalogue.definition import Definition
from core.catalogue.differences_of_forms import documents, sections
from core.catalogue.in_words import Names, Plain, joined, price, said
from core.catalogue.pairs import Pair, Sentences, aspect, keyed, listed, renamed, reworded
from core.text import figures


@dataclass(frozen=True)
class Change:
    """One difference; `part` is the part of the definition that it is in."""

    part: str
    text: str


def between(before: Definition | Plain, after: Definition | Plain) -> list[Change]:
    """Every difference, in the order in which an applicant meets the parts."""
    old, new = _plain(before), _plain(after)
    pair = Pair(old, new)
    found = [Change(part, text) for part, compare in PARTS.items() for text in compare(pair)]
    if not found and {**old, "version": 0} != {**new, "version": 0}:
        return [Change("service", _("Only the order or details that nobody reads have changed."))]
    return found


def _plain(version: Definition | Plain) -> Plain:
    return stored.plain(version) if isinstance(version, Definition) else version


def _service(pair: Pair) -> Sentences:
    old, new = pair.old, pair.new
    title = said(new["title"])
    yield from renamed(old["title"], new["title"])
    for key, what in {
        "summary": _("summary"),
        "description": _("description"),
        "result": _("result"),
        "duration": _("duration"),
    }.items():
        yield from reworded(title, what, old[key], new[key])
    for key, what in {
        "ref": _("reference"),
        "group": _("group"),
        "who": _("for whom"),
        "synonyms": _("other names"),
        "occasions": _("occasions"),
        "checklist": _("questions of the checklist"),
        "reasons": _("reasons for correction"),
        "snapshot": _("copied from the profile"),
    }.items():
        if old[key] != new[key]:
            yield aspect(title, what, listed(old[key]), listed(new[key]))


def _eligibility(pair: Pair) -> Sentences:
    old, new = keyed(pair.old["eligibility"]), keyed(pair.new["eligibility"])
    for key in [key for key in old if key not in new]:
        yield _("The rule “%(name)s” was removed.", name=said(old[key]["text"]))
    for key, rule in new.items():
        name = said(rule["text"])
        if key not in old:
            yield _("New rule: “%(name)s”.", name=name)
            continue
        yield from renamed(old[key]["text"], rule["text"])
        yield from pair.when(name, old[key]["stop_when"], rule["stop_when"])
        yield from pair.when(name, old[key]["warn_when"], rule["warn_when"])
        yield from reworded(name, _("explanation"), old[key]["told"], rule["told"])
        if old[key]["instead"] != rule["instead"]:
            before, after = old[key]["instead"] or "", rule["instead"] or ""
            yield aspect(name, _("leads to"), before, after)


def _fees(pair: Pair) -> Sentences:
    old, new = keyed(pair.old["fees"]), keyed(pair.new["fees"])
    for key in [key for key in old if key not in new]:
        yield _("The fee “%(name)s” was removed.", name=_fee_name(old[key]))
    for key, line in new.items():
        name, amount = _fee_name(line), _amount(pair.after, line)
        if key not in old:
            yield _("New fee: “%(name)s”, %(amount)s.", name=name, amount=amount)
            continue
        before = old[key]
        yield from renamed(before["title"], line["title"])
        if [before[part] for part in PRICED] != [line[part] for part in PRICED]:
            yield aspect(name, _("fee"), _amount(pair.before, before), amount)
        yield from pair.when(name, before["when"], line["when"])
        yield from _exemptions(pair, name, before["exempt"], line["exempt"])


PRICED = ("item", "amount", "currency", "year", "per", "by", "tiers")


def _fee_name(line: Any) -> str:
    if line["title"]:
        return said(line["title"])
    entry = reference.table("tariff").get(line["item"])
    return said(entry["title"]) if entry else str(line["item"] or line["key"])


def _amount(names: Names, line: Any) -> str:
    if not line["tiers"]:
        words = price(line["item"], line["amount"], line["currency"])
    else:
        steps = [
            (_("up to %(to)s: %(amount)s", to=figures(step["to"]), amount=amount)
             if step["to"] is not None else _("beyond: %(amount)s", amount=amount))
            for step in line["tiers"]
            for amount in [price(step["item"], step["amount"], line["currency"])]
        ]  # fmt: skip
        words = _("by %(what)s: %(steps)s", what=names.fact(line["by"]), steps=joined(steps))
    if line["year"]:
        words = _("%(amount)s of the year %(year)s", amount=words, year=figures(line["year"]))
    if line["per"]:
        return _("%(amount)s for each of %(what)s", amount=words, what=names.fact(line["per"]))
    return words


def _exemptions(pair: Pair, name: str, old: Any, new: Any) -> Sentences:
    for rule in old:
        if rule not in new:
            yield _("“%(name)s” is no longer waived if %(condition)s.",
                    name=name, condition=pair.before.condition(rule["when"]))  # fmt: skip
    for rule in new:
        if rule not in old:
            yield _("“%(name)s” is now waived if %(condition)s.",
                    name=name, condition=pair.after.condition(rule["when"]))  # fmt: skip


def _declarations(pair: Pair) -> Sentences:
    old, new = keyed(pair.old["declarations"]), keyed(pair.new["declarations"])
    for key in [key for key in old if key not in new]:
        yield _("The declaration “%(name)s” was removed.", name=said(old[key]["text"]))
    for key, item in new.items():
        name = said(item["text"])
        if key not in old:
            yield _("New declaration: “%(name)s”.", name=name)
            continue
        yield from renamed(old[key]["text"], item["text"])
        yield from pair.when(name, old[key]["when"], item["when"])


def _flow(pair: Pair) -> Sentences:
    old, new = pair.old["flow"], pair.new["flow"]
    title = _("Way of the request")
    if old["name"] != new["name"]:
        yield aspect(title, _("kind"), _flow_name(old["name"]), _flow_name(new["name"]))
    for key in dict.fromkeys([*old["params"], *new["params"]]):
        before, after = old["params"].get(key), new["params"].get(key)
        if before != after:
            yield aspect(title, _param_name(key), _param(pair.before, before),
                         _param(pair.after, after))  # fmt: skip
    for case in old["cases"]:
        if case not in new["cases"]:
            yield _("No longer: %(case)s.", case=_case(pair.before, case))
    for case in new["cases"]:
        if case not in old["cases"]:
            yield _("Now: %(case)s.", case=_case(pair.after, case))


def _flow_name(letter: str) -> str:
    return said(reference.table("flows")["flows"][letter]["title"])


def _param_name(key: str) -> str:
    return said(reference.table("flows")["params"].get(key, key))


def _param(names: Names, value: Any) -> str:
    if isinstance(value, list | tuple):
        known = reference.table("authorities")
        return joined(said(known.get(item, item)) for item in value)
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return "" if value is None else str(value)
    return names.flag(value)


def _case(names: Names, case: Any) -> str:
    params = [
        f"{_param_name(key)}: {_param(names, value)}" for key, value in case["params"].items()
    ]
    return _("if %(condition)s, the way is “%(flow)s”",
             condition=names.condition(case["when"]),
             flow=joined([_flow_name(case["name"]), *params]))  # fmt: skip


def _deed(pair: Pair) -> Sentences:
    old, new = pair.old["deed"], pair.new["deed"]
    if old == new:
        return
    if old is None or new is None:
        yield _("A deed is now written.") if old is None else _("No deed is written any more.")
        return
    if old["title"] != new["title"]:
        yield aspect(_("Text of the deed"), _("title"), old["title"], new["title"])
    pairs = zip_longest(old["paragraphs"], new["paragraphs"])
    for number, (before, after) in enumerate(pairs, 1):
        if before != after:
            yield _("Text of the deed: paragraph %(number)s has changed.", number=figures(number))
    if old["signers"] != new["signers"]:
        before, after = (side and names.fact(side) for names, side in
                         ((pair.before, old["signers"]), (pair.after, new["signers"])))  # fmt: skip
        yield aspect(_("Text of the deed"), _("signers"), before or "", after or "")


PARTS: dict[str, Callable[[Pair], Sentences]] = {
    "service": _service,
    "eligibility": _eligibility,
    "sections": sections,
    "documents": documents,
    "fees": _fees,
    "declarations": _declarations,
    "flow": _flow,
    "deed": _deed,
}
