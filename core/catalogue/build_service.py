"""From one file's table to a Definition, noting every fault on the way."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from core.catalogue import build, reference
from core.catalogue.definition import (
    Declaration,
    Deed,
    Definition,
    DocumentRule,
    Exemption,
    FeeLine,
    FlowCase,
    FlowRule,
    Paragraph,
    Requirement,
    Sample,
    Section,
    Tier,
)
from core.catalogue.node import SLUG, Node

FOR_WHOM = ("self", "child", "ward", "client")
BLOCKS = ("A", "B", "M", "D")


def service(root: Node) -> Definition:
    """The definition in that table; it is only good when no fault was noted."""
    code = root.text("code") or ""
    if not SLUG.fullmatch(code):
        root.fault("code", "“code” is the name in the address, like passport-renewal.")
    blocks = root.texts("blocks", BLOCKS, list(BLOCKS))
    who = root.texts("who", FOR_WHOM, ["self"])
    flow = _flow(root)
    words = {key: root.words(key) or {"fa": "", "en": ""}
             for key in ("title", "summary", "description", "result", "duration")}  # fmt: skip
    found = Definition(
        code=code,
        ref=_ref(root, "ref", "") or "",
        version=root.integer("version") or 0,
        group=root.one_of("group", reference.table("groups")) or "",
        **words,
        synonyms=root.texts("synonyms"),
        occasions=root.texts("occasions", reference.table("occasions")),
        who=who,
        snapshot=tuple(reference.folder("blocks")["A"]["snapshot"]) if "A" in blocks else (),
        checklist=root.texts("checklist"),
        eligibility=tuple(_requirement(node) for node in root.nodes("eligibility")),
        sections=_sections(root, blocks, who),
        documents=tuple(_document(node) for node in root.nodes("documents")),
        fees=tuple(_fee(node) for node in root.nodes("fees")),
        declarations=_declarations(root, blocks),
        flow=flow,
        deed=_deed(root),
        reasons=root.texts("reasons", reference.table("reasons")),
        samples=read_samples(root),
        source=root.data,
    )
    root.finish()
    return found


def _sections(root: Node, blocks: tuple[str, ...], who: tuple[str, ...]) -> tuple[Section, ...]:
    """Own sections between block B (for whom) and block M (delivery), each narrowed."""
    own = build.sections(root)
    before = build.block_sections("B", root) if "B" in blocks and who != ("self",) else []
    after = build.block_sections("M", root) if "M" in blocks else []
    kept = {"on_behalf_of": who}
    for key, field in (("submit", "submit_mode"), ("receive", "delivery_mode")):
        modes = root.texts(key, {option.key for item in after for part in item.fields
                                 if part.key == field for option in part.options})  # fmt: skip
        kept |= {field: modes} if modes else {}
    return (*build.narrow(before, kept), *own, *build.narrow(after, kept))


def _requirement(node: Node) -> Requirement:
    found = Requirement(
        key=node.name(),
        text=node.words("text") or {},
        stop_when=node.condition("stop_when"),
        told=node.words("told", None),
        instead=_ref(node, "instead"),
        warn_when=node.condition("warn_when"),
    )
    if (found.stop_when or found.warn_when) and not found.told:
        node.fault((), "Write what the person is told: told = { fa = …, en = … }.")
    node.finish()
    return found


def _ref(node: Node, key: str, default: str | None = None) -> str | None:
    """A code of the domain file, like P02 or R20."""
    value = node.text(key, default)
    if value and not re.fullmatch(r"[PNDSCRTMHG]\d{2}[a-z]?", value):
        node.fault(key, f"“{value}” is no code of the domain file; write a letter of the group "
                   "and two digits, like P02.")  # fmt: skip
    return value


def _document(node: Node) -> DocumentRule:
    kinds = reference.table("documents")
    code = node.one_of("code", kinds) or ""
    kind = kinds.get(code, {"title": {"fa": "", "en": ""}})
    count = node.integer("count", None)
    found = DocumentRule(
        key=node.name("key", code.lower() or None),
        code=code,
        title=node.words("title", None) or kind["title"],
        hint=node.words("hint", None) or kind.get("hint"),
        how=node.one_of("how", ("upload", "counter", "post"), kind.get("how", "upload")),
        original=node.flag_or_condition("original", kind.get("original", True)),
        when=node.condition("when"),
        required=node.flag_or_condition("required", True),
        min=node.integer("min", count or kind.get("min", 1)),
        max=node.integer("max", count or kind.get("max", 1)),
        sides=tuple(kind.get("sides", ())),
        formats=node.texts("formats", reference.table("formats"), list(kind.get("formats", []))),
        max_mb=node.integer("max_mb", kind.get("max_mb", 10)),
        photo=node.one_of("photo", reference.table("photos"), kind.get("photo")),
        per=node.text("per", None),
        reasons=(*kind.get("reasons", ()), *node.texts("reasons", reference.table("reasons"))),
    )
    node.finish()
    if found.min > found.max:
        node.fault("min", f"“min” ({found.min}) is more than “max” ({found.max}).")
    return found


def _fee(node: Node) -> FeeLine:
    tariff = reference.table("tariff")
    found = FeeLine(
        key=node.name(),
        title=node.words("title", None),
        item=node.one_of("item", tariff, None),
        amount=_amount(node),
        currency=node.one_of("currency", reference.table("currencies")["codes"], "EUR"),
        year=node.integer("year", None),
        when=node.condition("when"),
        per=node.text("per", None),
        by=node.text("by", None),
        tiers=tuple(_tier(part) for part in node.nodes("tiers")),
        exempt=tuple(_exemption(part) for part in node.nodes("exempt")),
    )
    if [bool(found.item), bool(found.amount), bool(found.tiers)].count(True) != 1:
        node.fault((), "A fee line has one of: item of the tariff, amount, or tiers.")
    if found.tiers and not found.by:
        node.fault((), 'Tiers need the value they depend on: by = "days_since_birth".')
    if not found.item and not found.title:
        node.fault((), "A fee line without an item of the tariff needs a title.")
    node.finish()
    return found


def _amount(node: Node) -> str | None:
    value = node.take("amount", (int, float, str), "an amount: amount = 20", None)
    return None if value is None else str(value)


def _tier(node: Node) -> Tier:
    found = Tier(node.integer("to", None), node.one_of("item", reference.table("tariff"), None),
                 _amount(node))  # fmt: skip
    if bool(found.item) == bool(found.amount):
        node.fault((), "A tier has either an item of the tariff or an amount.")
    node.finish()
    return found


def _exemption(node: Node) -> Exemption:
    found = Exemption(node.condition("when") or {}, node.words("text") or {})
    if not found.when:
        node.fault((), "An exemption says when: when = { field = …, is = … }.")
    node.finish()
    return found


def _declarations(root: Node, blocks: tuple[str, ...]) -> tuple[Declaration, ...]:
    shared = reference.folder("blocks")["D"]["declarations"] if "D" in blocks else []
    before = Node({"declarations": shared}, (), root.faults).nodes("declarations")
    return tuple(_declaration(node) for node in [*before, *root.nodes("declarations")])


def _declaration(node: Node) -> Declaration:
    found = Declaration(node.name(), node.words("text") or {}, node.condition("when"))
    node.finish()
    return found


def _flow(root: Node) -> FlowRule:
    node = root.node("flow")
    if node is None:
        root.fault((), '“flow” is missing; write [flow] name = "L".')
        return FlowRule("L", {})
    name = node.one_of("name", reference.table("flows")["flows"]) or "L"
    params = _params(node)
    cases = tuple(_flow_case(part) for part in node.nodes("cases"))
    node.finish()
    return FlowRule(name, params, cases)


def _flow_case(node: Node) -> FlowCase:
    found = FlowCase(
        node.condition("when") or {},
        node.one_of("name", reference.table("flows")["flows"]) or "L",
        _params(node),
    )
    node.finish()
    return found


def _params(node: Node) -> dict[str, Any]:
    readers = {
        "flag": lambda key, rule: node.flag_or_condition(key, rule["default"]),
        "count": lambda key, rule: node.integer(key, rule["default"]),
        "one": lambda key, rule: node.one_of(key, rule["allowed"], rule.get("default")),
        "authorities": lambda key, rule: list(node.texts(key, reference.table("authorities"))),
    }
    rules = reference.table("flows")["params"]
    return {
        key: readers[rule["kind"]](key, rule)
        for key, rule in rules.items()
        if node.has(key) or not (rule.get("only_written") or "cases" in node.path)
        if not rule.get("worked_out")
    }


def _deed(root: Node) -> Deed | None:
    node = root.node("deed")
    if node is None:
        return None
    paragraphs = []
    for part in node.nodes("paragraphs"):
        paragraphs.append(Paragraph(part.text("text") or "", part.condition("when")))
        part.finish()
    found = Deed(node.text("title") or "", tuple(paragraphs), node.text("signers", None))
    node.finish()
    return found


def read_samples(root: Node, known: Iterable[Sample] = ()) -> tuple[Sample, ...]:
    """The samples in a table; each may vary one of those before it, the `known` ones too."""
    before = {item.key: item for item in known}
    found = []
    for node in root.nodes("samples"):
        found.append(_sample(node, before))
        before[found[-1].key] = found[-1]
    return tuple(found)


def _sample(node: Node, before: Mapping[str, Sample]) -> Sample:
    persona = node.one_of("persona", reference.folder("personas"), None)
    base = before.get(node.one_of("of", before, None) or "")
    profile = dict(reference.folder("personas").get(persona, {}).get("profile", {}))
    if base and not persona:
        profile = dict(base.profile)
    found = Sample(
        key=node.name(),
        kind=node.one_of("kind", ("plain", "complicated", "refused", "extra")) or "plain",
        title=node.words("title") or {},
        profile={**profile, **(node.take("profile", dict, "a table", None) or {})},
        office=_laid_over(base.office if base else {}, node, "office"),
        answers=_laid_over(base.answers if base else {}, node, "answers"),
        today=node.text("today", base.today if base else "2026-11-22"),
        stop=node.text("stop", None),
        rejected=node.text("rejected", None),
        acts=node.texts("acts"),
    )
    if found.kind == "refused" and not (found.stop or found.rejected):
        node.fault((), "A refused sample names the eligibility rule that stops it: stop = "
                   '"…", or the reason of the officer: rejected = "…".')  # fmt: skip
    node.finish()
    return found


def _laid_over(base: Mapping[str, Any], node: Node, key: str) -> dict[str, Any]:
    """The sample's own table over that of the one it varies, without what it leaves out."""
    left_out = node.texts("without") if key == "answers" else ()
    for name in set(left_out) - set(base):
        node.fault("without", f"“{name}” is no answer of the sample that this one varies.")
    own = node.take(key, dict, f"a table of {key}", None) or {}
    return {**{name: value for name, value in base.items() if name not in left_out}, **own}
