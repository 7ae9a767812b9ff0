"""What is different in what an applicant fills in and hands in: sections, questions, documents."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from core.catalogue.in_words import Names, joined, kind, said
from core.catalogue.pairs import Pair, Sentences, aspect, keyed, listed, renamed, reworded


def sections(pair: Pair) -> Sentences:
    old, new = keyed(pair.old["sections"]), keyed(pair.new["sections"])
    for key in [key for key in old if key not in new]:
        yield _("The section “%(name)s” was removed.", name=said(old[key]["title"]))
    for key, section in new.items():
        name = said(section["title"])
        if key not in old:
            yield _("New section: “%(name)s”.", name=name)
            continue
        yield from renamed(old[key]["title"], section["title"])
        yield from pair.when(name, old[key]["when"], section["when"])
        yield from reworded(name, _("hint"), old[key]["hint"], section["hint"])
    yield from _fields(pair, _placed(old), _placed(new))


def _placed(sections: Mapping[str, Any]) -> dict[str, Any]:
    """Every question by its key, with the section that it stands in."""
    return {
        field["key"]: {**field, "place": section["title"], "section": key}
        for key, section in sections.items()
        for field in section["fields"]
    }


def _fields(pair: Pair, old: Mapping[str, Any], new: Mapping[str, Any]) -> Sentences:
    kept = [key for key in old if key in new]
    for key in [key for key in old if key not in new]:
        yield _("The question “%(name)s” was removed.", name=said(old[key]["label"]))
    for key, field in new.items():
        if key not in old:
            yield _added(pair, field)
        else:
            yield from _field(pair, old[key], field)
    if kept != [key for key in new if key in old]:
        yield _("The order of the questions has changed.")


def _added(pair: Pair, field: Any) -> str:
    name, when = said(field["label"]), field["when"]
    if when is None:
        return _("New question: “%(name)s” (%(kind)s).", name=name, kind=kind(field["type"]))
    return _("New question: “%(name)s” (%(kind)s), if %(condition)s.",
             name=name, kind=kind(field["type"]),
             condition=pair.after.condition(when))  # fmt: skip


def _field(pair: Pair, old: Any, new: Any) -> Sentences:
    name = said(new["label"])
    yield from renamed(old["label"], new["label"])
    if old["type"] != new["type"]:
        yield aspect(name, _("kind of answer"), kind(old["type"]), kind(new["type"]))
    yield from _required(pair, name, old["required"], new["required"])
    yield from pair.when(name, old["when"], new["when"])
    yield from reworded(name, _("hint"), old["hint"], new["hint"])
    yield from reworded(name, _("text in the deed"), old["deed"], new["deed"])
    if old.get("section") != new.get("section"):
        yield aspect(name, _("section"), said(old["place"]), said(new["place"]))
    if old["prefill"] != new["prefill"]:
        before, after = (side and names.fact(side) for names, side in
                         ((pair.before, old["prefill"]), (pair.after, new["prefill"])))  # fmt: skip
        yield aspect(name, _("filled in from"), before or "", after or "")
    yield from _options(pair, name, old, new)
    yield from _rules(pair, name, old["rules"], new["rules"])
    yield from _fields(pair, keyed(old["fields"]), keyed(new["fields"]))


def _required(pair: Pair, name: str, old: Any, new: Any) -> Sentences:
    if old == new:
        return
    if new is True:
        yield _("“%(name)s” must now be answered.", name=name)
    elif new is False:
        yield _("“%(name)s” may now be left empty.", name=name)
    else:
        yield from pair.flag(name, _("must be answered"), old, new)


def _options(pair: Pair, name: str, old: Any, new: Any) -> Sentences:
    before, after = keyed(old["options"]), keyed(new["options"])
    for key in [key for key in before if key not in after]:
        yield _("“%(name)s”: the answer “%(option)s” was removed.",
                name=name, option=said(before[key]["label"]))  # fmt: skip
    for key, option in after.items():
        label = said(option["label"])
        if key not in before:
            yield _("“%(name)s”: new answer “%(option)s”.", name=name, option=label)
            continue
        whole = f"{name}: {label}"
        yield from renamed(before[key]["label"], option["label"])
        yield from pair.when(whole, before[key]["when"], option["when"])
        yield from reworded(whole, _("hint"), before[key]["hint"], option["hint"])
        yield from reworded(whole, _("text in the deed"), before[key]["deed"], option["deed"])


def _rules(pair: Pair, name: str, old: Any, new: Any) -> Sentences:
    for rule in dict.fromkeys([*old, *new]):
        before, after = old.get(rule), new.get(rule)
        if before != after:
            yield aspect(name, _rule_name(rule), _bound(pair.before, before),
                         _bound(pair.after, after))  # fmt: skip


def _rule_name(rule: str) -> str:
    """What a type's own rule is called; the rarer ones by their name in the grammar."""
    found: dict[str, str] = {
        "min": _("at least"),
        "max": _("at most"),
        "decimals": _("decimal places"),
        "not_before": _("not before"),
        "not_after": _("not after"),
        "script": _("script"),
        "services": _("services"),
        "currencies": _("currencies"),
        "unit": _("unit"),
        "options_from": _("list of answers"),
    }
    return found.get(rule, rule)


def _bound(names: Names, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return names.fact(value["fact"]) if "fact" in value else said(value) or str(dict(value))
    if isinstance(value, bool):
        return names.flag(value)
    return listed(value)


def documents(pair: Pair) -> Sentences:
    old, new = keyed(pair.old["documents"]), keyed(pair.new["documents"])
    for key in [key for key in old if key not in new]:
        yield _("The document “%(name)s” is no longer asked for.", name=said(old[key]["title"]))
    for key, rule in new.items():
        name = said(rule["title"])
        if key in old:
            yield from _document(pair, name, old[key], rule)
        elif rule["when"] is None:
            yield _("New document: “%(name)s”.", name=name)
        else:
            yield _("New document: “%(name)s”, if %(condition)s.",
                    name=name, condition=pair.after.condition(rule["when"]))  # fmt: skip


def _document(pair: Pair, name: str, old: Any, new: Any) -> Sentences:
    yield from renamed(old["title"], new["title"])
    yield from pair.when(name, old["when"], new["when"])
    yield from pair.flag(name, _("must be handed in"), old["required"], new["required"])
    yield from pair.flag(name, _("the original is shown"), old["original"], new["original"])
    yield from reworded(name, _("hint"), old["hint"], new["hint"])
    for key, what in {
        "how": _("way"),
        "min": _("files at least"),
        "max": _("files at most"),
        "formats": _("formats"),
        "max_mb": _("megabytes at most"),
        "photo": _("rule for photos"),
        "per": _("for each row of"),
        "reasons": _("reasons for correction"),
        "code": _("kind of document"),
    }.items():
        if old[key] != new[key]:
            yield aspect(name, what, listed(old[key] or ""), listed(new[key] or ""))
    if old["sides"] != new["sides"]:
        yield aspect(name, _("sides"), joined(map(said, old["sides"])),
                     joined(map(said, new["sides"])))  # fmt: skip
