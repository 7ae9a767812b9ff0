"""What can only be checked when the whole definition is known: names that refer to each other."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from core.catalogue import reference, samples
from core.catalogue.conditions import OPERATORS
from core.catalogue.definition import Definition, Field
from core.catalogue.locate import Path
from core.catalogue.node import Fault, nearest

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
DEED_WORDS = frozenset({"today", "office_city", "office_name", "filer"})
# Options of shared blocks that a service narrows; the blocks' own conditions name them all.
_NARROWED = frozenset({"on_behalf_of", "subject_relation", "submit_mode", "delivery_mode"})
_RESERVED = frozenset({"today", "references"})


class Checker:
    """Walks one definition with the names known so far."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.faults: list[Fault] = []
        self.known: dict[str, Any] = _outer_facts()

    def fault(self, path: Path, message: str) -> None:
        self.faults.append(Fault(path, message))

    def run(self) -> list[Fault]:
        """All faults in the order of the file."""
        self._unique()
        self._sections()
        self._eligibility()
        self._named_settings()
        self._documents()
        self._fees()
        self._flow()
        self._rest()
        return self.faults

    def _unique(self) -> None:
        own = self.definition
        keys = {
            "sections": [item.key for item in own.sections],
            "documents": [item.key for item in own.documents],
            "fees": [item.key for item in own.fees],
            "eligibility": [item.key for item in own.eligibility],
            "declarations": [item.key for item in own.declarations],
        }
        for name, found in keys.items():
            for key in _repeated(found):
                self.fault((name,), f"The key “{key}” is used twice in {name}.")
        for key in _repeated([item.key for part in own.sections for item in part.fields]):
            self.fault(("sections",), f"The field “{key}” is written twice; rename one.")

    def _sections(self) -> None:
        places = _places(self.definition)
        for section in self.definition.sections:
            self._condition(section.when, (*places.get(section.key, ()), "when"))
            for item in section.fields:
                path = places.get(f"{section.key}.{item.key}", places.get(section.key, ()))
                self._field(item, path)
                self.known[item.key] = item

    def _field(self, item: Field, path: Path) -> None:
        if item.key in _RESERVED:
            self.fault(path, f"“{item.key}” is a reserved name; call the field otherwise.")
        self._conditions_of(item, path)
        if item.prefill and item.prefill not in self.known:
            self.fault((*path, "prefill"), f"“{item.prefill}” is not known; "
                       f"{nearest(item.prefill, self.known)}")  # fmt: skip
        if "compute" in item.rules:
            self._computed(item, path)
        if item.fields:
            self._inner(item, path)

    def _conditions_of(self, item: Field, path: Path) -> None:
        self._condition(item.when, (*path, "when"))
        self._condition(item.required, (*path, "required"))
        for option in item.options:
            self._condition(option.when, (*path, "options"))
        for rule, value in item.rules.items():
            if isinstance(value, dict) and "fact" in value:
                self._name(value["fact"], (*path, rule))

    def _computed(self, item: Field, path: Path) -> None:
        (kind, source), *_ = item.rules["compute"].items()
        self._name(source.partition(".")[0] if kind == "sum" else source, (*path, "compute"))

    def _inner(self, item: Field, path: Path) -> None:
        outer = dict(self.known)
        inside = {part.key for part in item.fields}
        for name in set(_PLACEHOLDER.findall(item.deed or "")) - inside:
            self.fault((*path, "deed"), f"“{name}” is no field of “{item.key}”; "
                       f"{nearest(name, inside)}")  # fmt: skip
        for key in _repeated([part.key for part in item.fields]):
            self.fault(path, f"The field “{key}” is written twice in “{item.key}”.")
        for number, part in enumerate(item.fields):
            place = (*path, "fields", number) if item.type == "group" else path
            if part.type == "group":
                self.fault(place, "A group cannot hold another group.")
            self._field(part, place)
            self.known[part.key] = part
        self.known = outer

    def _condition(self, condition: Any, path: Path) -> None:
        if not isinstance(condition, dict):
            return
        for part in [*condition.get("all", []), *condition.get("any", [])]:
            self._condition(part, path)
        self._condition(condition.get("not"), path)
        if "some" in condition:
            self._some(condition, path)
        if "field" in condition:
            self._compare(condition, path)

    def _some(self, condition: Any, path: Path) -> None:
        group = self.known.get(condition["some"])
        if not isinstance(group, Field) or group.type != "group":
            self.fault(path, f"“{condition['some']}” is no repeating group that comes before.")
            return
        outer = self.known
        self.known = {**outer, **{part.key: part for part in group.fields}}
        self._condition(condition["match"], path)
        self.known = outer

    def _compare(self, condition: Any, path: Path) -> None:
        found = self._name(condition["field"], path)
        operator = next(name for name in OPERATORS if name in condition)
        operand = condition[operator]
        if isinstance(operand, dict):
            self._name(operand.get("fact", ""), path)
            return
        allowed = _answers(found)
        if allowed is None or operator not in ("is", "is_not", "in", "not_in", "contains"):
            return
        for value in operand if isinstance(operand, list) else [operand]:
            if value not in allowed:
                self.fault(path, f"“{value}” is no answer of “{condition['field']}”; "
                           f"{nearest(str(value), map(str, allowed))}")  # fmt: skip

    def _name(self, name: str, path: Path) -> Any:
        if name in self.known:
            return self.known[name]
        head, _, part = name.rpartition(".")
        whole = self.known.get(head)
        if isinstance(whole, Field):
            if whole.type == "money" and part in ("amount", "currency"):
                return None
            inner = {item.key: item for item in whole.fields}
            if whole.type != "group" and part in inner:
                return inner[part]
            self.fault(path, f"“{head}” has no part “{part}”; {nearest(part, inner)}")
            return None
        later = name in self.definition.fields
        hint = "it comes later; move it before this." if later else nearest(name, self.known)
        self.fault(path, f"“{name}” is not known here; {hint}")
        return None

    def _eligibility(self) -> None:
        for number, rule in enumerate(self.definition.eligibility):
            self._condition(rule.stop_when, ("eligibility", number, "stop_when"))
            self._condition(rule.warn_when, ("eligibility", number, "warn_when"))

    def _named_settings(self) -> None:
        own = self.definition
        said: list[tuple[Path, Any]] = [
            (("description",), own.description),
            (("result",), own.result),
        ]
        for number, rule in enumerate(own.eligibility):
            said += [(("eligibility", number, key), getattr(rule, key)) for key in ("text", "told")]
        for item in own.fields.values():
            said.append((("sections",), item.hint))
        known = {f"office.{key}" for key in reference.table("settings")}
        for path, words in said:
            for name in {
                one for text in (words or {}).values() for one in _PLACEHOLDER.findall(text)
            }:
                if name not in known:
                    told = f"“{{{name}}}” is no setting of an office; {nearest(name, known)}"
                    self.fault(path, told)

    def _documents(self) -> None:
        for number, rule in enumerate(self.definition.documents):
            path = ("documents", number)
            for key in ("when", "required", "original"):
                self._condition(getattr(rule, key), (*path, key))
            if rule.per and getattr(self.known.get(rule.per), "type", "") != "group":
                self.fault((*path, "per"), f"“{rule.per}” is no repeating group.")

    def _fees(self) -> None:
        for number, line in enumerate(self.definition.fees):
            path = ("fees", number)
            self._condition(line.when, (*path, "when"))
            for part in line.exempt:
                self._condition(part.when, (*path, "exempt"))
            for key in ("per", "by"):
                if getattr(line, key):
                    self._name(getattr(line, key), (*path, key))
            if line.tiers and (line.tiers[-1].to is not None
                               or any(tier.to is None for tier in line.tiers[:-1])):  # fmt: skip
                self.fault((*path, "tiers"), "Every tier but the last has “to”; the last has none.")

    def _flow(self) -> None:
        rule = self.definition.flow
        for key, value in rule.params.items():
            self._condition(value, ("flow", key))
        for number, case in enumerate(rule.cases):
            self._condition(case.when, ("flow", "cases", number, "when"))

    def _rest(self) -> None:
        for number, item in enumerate(self.definition.declarations):
            self._condition(item.when, ("declarations", number, "when"))
        for key in self.definition.checklist:
            if key not in self.definition.fields:
                self.fault(("checklist",), f"“{key}” is no field; "
                           f"{nearest(key, self.definition.fields)}")  # fmt: skip
        self._deed()
        self._samples()

    def _deed(self) -> None:
        deed = self.definition.deed
        for number, part in enumerate(deed.paragraphs if deed else ()):
            path = ("deed", "paragraphs", number)
            self._condition(part.when, (*path, "when"))
            for name in _PLACEHOLDER.findall(part.text):
                if name not in DEED_WORDS:
                    self._name(name, (*path, "text"))
        if deed and deed.signers:
            self._name(deed.signers, ("deed", "signers"))

    def _samples(self) -> None:
        own = self.definition
        kinds = [item.kind for item in own.samples]
        for kind in ("plain", "complicated", "refused"):
            if kind not in kinds:
                self.fault(("samples",), f"A definition has a “{kind}” sample: [[samples]].")
        self.faults += check_samples(own, walk=False)


def check_definition(definition: Definition, *, walk: bool = True) -> list[Fault]:
    """The faults inside one definition; its samples are walked once the rest is right."""
    found = Checker(definition).run()
    return found or (list(_walk_samples(definition)) if walk else [])


def check_samples(definition: Definition, *, first: int = 0, walk: bool = True) -> list[Fault]:
    """The faults of the samples from the first on, whose file counts them from 0."""
    rules = {item.key for item in definition.eligibility}
    found = []
    for number, item in enumerate(definition.samples[first:]):
        path = ("samples", number)
        if item.key in {other.key for other in definition.samples[: first + number]}:
            found.append(Fault(path, f"The key “{item.key}” is used twice in samples."))
        if item.stop and item.stop not in rules:
            found.append(Fault((*path, "stop"), f"“{item.stop}” is no eligibility rule; "
                               f"{nearest(item.stop, rules)}"))  # fmt: skip
        for key in set(item.answers) - set(definition.fields):
            found.append(Fault((*path, "answers", key), f"“{key}” is no field of this definition; "
                               f"{nearest(key, definition.fields)}"))  # fmt: skip
    return found or (list(_walk_samples(definition, first)) if walk else [])


def _walk_samples(definition: Definition, first: int = 0) -> Iterator[Fault]:
    for number, sample in enumerate(definition.samples[first:]):
        for message in samples.faults(definition, sample):
            yield Fault(("samples", number), f"Sample “{sample.key}”: {message}")


def check_together(found: dict[str, Definition]) -> Iterator[tuple[str, Fault]]:
    """The faults between definitions: a reference to the domain file that is used twice."""
    refs = Counter(item.ref for item in found.values())
    for code, item in found.items():
        if refs[item.ref] > 1:
            yield code, Fault(("ref",), f"“{item.ref}” is used by another definition too.")


def _outer_facts() -> dict[str, Any]:
    """Facts that every definition may ask about: the profile, the subject, the office."""
    profile = reference.table("profile")
    settings = reference.table("settings")
    known: dict[str, Any] = {"today": None, "subject.relation": None, "on_behalf_of": None}
    known |= {"param.fee": None, "param.enquiry": None}
    for name, entry in profile.items():
        known[f"profile.{name}"] = known[f"subject.{name}"] = entry
    return known | {f"office.{name}": entry for name, entry in settings.items()}


def _answers(found: Any) -> list[Any] | None:
    """The values that a fact may have, None when any."""
    if isinstance(found, Field):
        if found.key in _NARROWED:
            return None
        if found.type == "yesno":
            return [True, False]
        if found.type == "country":
            return list(reference.countries())
        return [option.key for option in found.options] or None
    if isinstance(found, dict):
        if found.get("type") == "yesno":
            return [True, False]
        return found.get("options")
    return None


def _repeated(keys: Iterable[str]) -> list[str]:
    return [key for key, count in Counter(keys).items() if count > 1]


def _places(definition: Definition) -> dict[str, Path]:
    """Where sections and fields stand in the file, by their keys."""
    places: dict[str, Path] = {}
    for number, section in enumerate(definition.source.get("sections", [])):
        key = section.get("key", "")
        places[key] = ("sections", number)
        for place, item in enumerate(section.get("fields", [])):
            if isinstance(item, dict):
                places[f"{key}.{item.get('key')}"] = ("sections", number, "fields", place)
    return places
