"""From tables to questions: options, fields, groups, people, sections and shared blocks."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from core.catalogue import reference
from core.catalogue.definition import Field, Option, Section
from core.catalogue.fields import REGISTRY
from core.catalogue.fields.quiet import COMPUTED
from core.catalogue.fields.texts import _FORMATS as FORMATS
from core.catalogue.node import Node, nearest
from core.scripts import SCRIPTS

MOMENT = re.compile(r"today([+-]\d{1,5}[dmy])?|\d{4}-\d{2}-\d{2}")
_OPTION_TYPES = ("choice", "choices", "border")
IDENTITIES = ("national_id", "special_code", "foreign_passport", "none")


def sections(root: Node, key: str = "sections") -> list[Section]:
    """The sections of a service, blocks put in where they are used."""
    return [section for node in root.nodes(key) for section in _section(node)]


def block_sections(name: str, node: Node) -> list[Section]:
    """The sections of the shared block of that name."""
    block = reference.folder("blocks").get(name)
    if block is None or "sections" not in block:
        known = [key for key, content in reference.folder("blocks").items()
                 if "sections" in content]  # fmt: skip
        node.fault((), f"There is no block “{name}” with sections; {nearest(name, known)}")
        return []
    inner = Node({"sections": block["sections"]}, node.path, node.faults)
    found = [section for part in inner.nodes("sections") for section in _section(part)]
    return [replace(item, block=name) for item in found]


def narrow(found: list[Section], kept: Mapping[str, Collection[str]]) -> list[Section]:
    """The same sections with only those options left that a service offers."""
    return [
        replace(section, fields=tuple(_only_options(item, kept) for item in section.fields))
        for section in found
    ]


def _only_options(item: Field, kept: Mapping[str, Collection[str]]) -> Field:
    if item.key not in kept:
        return item
    left = tuple(option for option in item.options if option.key in kept[item.key])
    return replace(item, options=left)


def _section(node: Node) -> list[Section]:
    if node.has("use"):
        shared = block_sections(node.text("use"), node)
        node.finish()
        return shared
    key = node.name()
    title = node.words("title") or {"fa": key, "en": key}
    hint, when = node.words("hint", None), node.condition("when")
    found = fields(node)
    node.finish()
    if not found:
        node.fault((), "A section has at least one question: [[sections.fields]].")
    return [Section(key, title, tuple(found), hint, when)]


def fields(node: Node) -> list[Field]:
    """The questions of a section or a group; `use` puts in those of a shared block."""
    found: list[Field] = []
    for item in node.nodes("fields"):
        if item.has("use"):
            found += _shared(item)
        else:
            found.append(field(item))
    return found


def _shared(node: Node) -> list[Field]:
    name = node.text("use")
    block = reference.folder("blocks").get(name, {})
    only = node.texts("only")
    when = node.condition("when")
    node.finish()
    if "fields" not in block:
        known = [key for key, content in reference.folder("blocks").items()
                 if "fields" in content]  # fmt: skip
        node.fault("use", f"There is no block “{name}” with fields; {nearest(name, known)}")
        return []
    inner = Node({"fields": block["fields"]}, node.path, node.faults)
    found = [item for item in fields(inner) if not only or item.key in only]
    for missing in set(only) - {item.key for item in found}:
        node.fault("only", f"The block “{name}” has no field “{missing}”.")
    return [_also_when(item, when) for item in found]


def _also_when(item: Field, when: Any) -> Field:
    if when is None:
        return item
    both = when if item.when is None else {"all": [when, item.when]}
    return replace(item, when=both)


def field(node: Node) -> Field:
    """One question."""
    key = node.name()
    kind = node.one_of("type", REGISTRY)
    label = node.words("label") or {"fa": key, "en": key}
    common = {
        "hint": node.words("hint", None),
        "required": node.flag_or_condition("required", kind not in ("computed", "file")),
        "when": node.condition("when"),
        "prefill": node.text("prefill", None),
        "deed": node.text("deed", None),
    }
    if kind not in REGISTRY:
        node.asked |= set(node.data)
        return Field(key, "text", label)
    rules = {name: value for name, check in REGISTRY[kind].rules.items()
             if (value := RULES[check](node, name)) is not None}  # fmt: skip
    options = _options(node, kind, rules) if kind in _OPTION_TYPES else ()
    inner = tuple(_inner(node, kind, rules))
    if kind == "file" and not node.has("document"):
        node.fault((), 'A file question names its document: document = "STMT".')
    node.finish()
    return Field(key, kind, label, options=options, fields=inner, rules=rules, **common)


def _inner(node: Node, kind: str, rules: dict[str, Any]) -> list[Field]:
    if kind == "group":
        found = fields(node)
        if not found:
            node.fault((), "A group needs questions: [[sections.fields.fields]] or fields = [ … ].")
        return found
    if kind == "address":
        return _parts(f"address-{rules.get('where', 'any')}", None, (), node)
    if kind == "person":
        parts = rules.get("parts") or ("identity", "first_name_fa", "last_name_fa")
        found = _parts("person", set(parts) | set(rules.get("optional", ())),
                       rules.get("optional", ()), node)  # fmt: skip
        narrowed = _narrow_identity(found, rules.get("identity", ("national_id",)))
        return [_with_one_name(item, narrowed) for item in narrowed]
    return []


def _parts(block: str, wanted: set[str] | None, optional: tuple[str, ...], node: Node):
    source = reference.folder("blocks")[block]["fields"]
    chosen = [part for part in source if wanted is None or part.get("part", part["key"]) in wanted]
    tables = [
        {**{key: value for key, value in part.items() if key != "part"},
         **({"required": False} if part.get("part", part["key"]) in optional else {})}
        for part in chosen
    ]  # fmt: skip
    inner = Node({"fields": tables}, node.path, node.faults)
    return [field(item) for item in inner.nodes("fields")]


def _narrow_identity(found: list[Field], kinds: tuple[str, ...]) -> list[Field]:
    """Leaves only the ways of identifying a person that the question takes."""
    if len(kinds) > 1 or not any(item.key == "identity" for item in found):
        return [
            _only_options(item, {"identity": kinds})
            for item in found
            if item.key not in IDENTITY_FIELDS or IDENTITY_FIELDS[item.key] in kinds
        ]
    return [
        replace(item, when=None) if item.key in IDENTITY_FIELDS else item
        for item in found
        if item.key != "identity"
        and (item.key not in IDENTITY_FIELDS or IDENTITY_FIELDS[item.key] in kinds)
    ]


def _with_one_name(item: Field, parts: list[Field]) -> Field:
    """A foreign passport may have one name only (ICAO Doc 9303-3, 4.6): the last may be empty."""
    keys = {part.key for part in parts}
    named_in_passport = item.key in ("last_name_fa", "last_name_en") and item.required is True
    if not named_in_passport or "foreign_passport_no" not in keys:
        return item
    otherwise = {"field": "identity", "is_not": "foreign_passport"}
    return replace(item, required=otherwise if "identity" in keys else False)


IDENTITY_FIELDS = {
    "national_id": "national_id",
    "special_code": "special_code",
    "foreign_passport_no": "foreign_passport",
    "foreign_passport_country": "foreign_passport",
}


def _options(node: Node, kind: str, rules: dict[str, Any]) -> tuple[Option, ...]:
    if kind == "border":
        return _option_rows(Node({"options": reference.option_list("borders")}, node.path,
                                 node.faults))  # fmt: skip
    if "options_from" in rules:
        if rules["options_from"] not in reference.option_lists():
            return ()
        shared = reference.option_list(rules["options_from"])
        return _option_rows(Node({"options": shared}, node.path, node.faults))
    found = _option_rows(node)
    if len(found) < 2:
        node.fault((), "Write at least two options, or options_from = a shared list.")
    for repeated in {item.key for item in found if [o.key for o in found].count(item.key) > 1}:
        node.fault("options", f"The option “{repeated}” is written twice.")
    return found


def _option_rows(node: Node) -> tuple[Option, ...]:
    rows = []
    for item in node.nodes("options"):
        key = item.text("key") or ""
        label = item.data.get("label") or {k: item.data.get(k) for k in ("fa", "en")}
        item.asked |= {"label", "fa", "en"}
        item.check_words(label, "label")
        rows.append(Option(key, label, item.condition("when"), item.words("hint", None),
                           item.text("deed", None)))  # fmt: skip
        item.finish()
    return tuple(rows)


def _compute(node: Node, name: str) -> Any:
    value = node.take(name, dict, 'what to compute: compute = { age = "birth_date" }', None)
    if value is None:
        node.fault((), 'A computed value says what: compute = { age = "birth_date" }.')
    elif len(value) != 1 or next(iter(value)) not in COMPUTED:
        node.fault(name, f"“compute” has exactly one of: {', '.join(COMPUTED)}.")
        return None
    return value


def _moment(node: Node, name: str) -> Any:
    value = node.take(name, (str, dict), 'a date, "today", "today-90d" or { fact = "…" }', None)
    if isinstance(value, str) and not MOMENT.fullmatch(value):
        node.fault(name, f'“{value}” is no bound; write "2024-03-20", "today", "today-90d", '
                   '"today+6m" or { fact = "other_date" }.')  # fmt: skip
    return value


def _bound(node: Node, name: str) -> Any:
    return node.take(name, (int, float, dict), 'a number or { fact = "…" }', None)


def _listed(allowed: Callable[[], Any]) -> Callable[[Node, str], Any]:
    return lambda node, name: node.texts(name, allowed()) or None


def _one(allowed: Callable[[], Any]) -> Callable[[Node, str], Any]:
    return lambda node, name: node.one_of(name, allowed(), None)


def person_parts() -> set[str]:
    """The parts that a person may have."""
    fields_of_person = reference.folder("blocks")["person"]["fields"]
    return {part.get("part", part["key"]) for part in fields_of_person}


RULES: dict[str, Callable[[Node, str], Any]] = {
    "count": lambda node, name: node.integer(name, None),
    "bound": _bound,
    "bool": lambda node, name: node.flag(name, False) or None,
    "words": lambda node, name: node.words(name, None),
    "moment": _moment,
    "compute": _compute,
    "script": _one(lambda: SCRIPTS),
    "format": _one(lambda: FORMATS),
    "style": _one(lambda: ("radios", "select")),
    "region": _one(lambda: ("IR", "any")),
    "where": _one(lambda: ("iran", "abroad", "any")),
    "options_from": _one(reference.option_lists),
    "document": _one(lambda: reference.table("documents")),
    "currencies": _listed(lambda: reference.table("currencies")["codes"]),
    "countries": _listed(reference.countries),
    "person_parts": _listed(person_parts),
    "identity": _listed(lambda: IDENTITIES),
    "services": lambda node, name: node.texts(name) or None,
    "states": _listed(lambda: reference.table("flows")["states"]),
}
