"""What the acts of a flow ask the clerk for, as boxes with words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from core.catalogue import flows, reference
from core.catalogue.flows import Act
from core.requests.situation import Situation

CHOOSE_COLLEAGUE = _l("Choose a colleague.")
NOT_NOW = _l("This cannot be done (any more): a colleague may have been quicker.")
LISTS = ("originals", "signers")
WORDS: Mapping[str, tuple[Any, Any]] = {
    "originals": (_l("Originals seen"), _l("Tick each original that you have had in your hands.")),
    "signers": (_l("Who signed before you"), _l("Tick each person whose identity you checked.")),
    "ground": (_l("Legal ground"), _l("Law, article or circular on which the decision rests.")),
    "receipt": (_l("Receipt number"), _l("As printed on the receipt of the payment.")),
    "document_no": (_l("Number of the issued document"), None),
    "postal_no": (_l("Postal tracking number"), None),
    "receiver": (_l("Handed over to"), _l("The person, or the representative with authority.")),
    "outcome": (_l("Outcome"), _l("What was found or done; the applicant reads it.")),
    "letter": (_l("Number and date of the letter"), None),
    "authority": (_l("Authority"), None),
}


REASON_BOX = {"key": "words", "type": "longtext", "label": _l("Words to the applicant")}


def is_direct(act: Act) -> bool:
    """Whether the act can be done by its button alone."""
    return not act.asks and not act.reason and act.style != "danger"


def boxes(act: Act, situation: Situation) -> list[dict[str, Any]]:
    """The questions of an act, in its order, as the field macros want them; its words last."""
    asked = [_box(key, situation) for key in act.asks if key in WORDS]
    return [*asked, {**REASON_BOX, "required": act.reason}]


def given(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed and ticked."""
    lists = {key: form.getlist(key) for key in LISTS}
    return {**{key: form.get(key, "") for key in WORDS if key not in LISTS}, **lists}


def _box(key: str, situation: Situation) -> dict[str, Any]:
    label, hint = WORDS[key]
    box = {"key": key, "label": label, "hint": hint, "type": "text"}
    if key == "authority":
        return {**box, "type": "choice", "options": _options(_authorities(situation))}
    if key in LISTS:
        ticks = _signers(situation) if key == "signers" else _originals(situation)
        return {**box, "type": "choices", "required": False, "options": _options(ticks)}
    return box


def _options(pairs: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    return [{"key": key, "label": label} for key, label in pairs]


def _authorities(situation: Situation) -> list[tuple[str, Any]]:
    known = reference.table("authorities")
    return [(one, known[one]) for one in situation.params.get("authorities") or known]


def _originals(situation: Situation) -> list[tuple[str, Any]]:
    shown = [ask for ask in situation.asked if ask.original or ask.how == "counter"]
    return [(ask.key, ask.title) for ask in shown]


def _signers(situation: Situation) -> list[tuple[str, Any]]:
    """The people named in the deed as signers, else whoever files."""
    deed = situation.definition.deed
    rows = situation.facts.get(deed.signers) if deed and deed.signers else None
    names = [_name(row) for row in rows or [] if isinstance(row, dict)]
    names = [name for name in names if name] or [situation.request.subject_name]
    return [(name, name) for name in names]


def _name(row: Mapping[str, Any]) -> str:
    person = next((part for part in row.values() if isinstance(part, dict)), row)
    parts = (person.get("first_name_fa"), person.get("last_name_fa"))
    return " ".join(str(part) for part in parts if part)


def act_words(flow: str) -> dict[str, Any]:
    """Every act's words by its key, for the history."""
    return {act.key: act.label for act in flows.acts(flow)} | OWN_ACTS


OWN_ACTS: dict[str, Any] = {
    "start": _l("Begun"),
    "submit": _l("Submitted"),
    "take": _l("Taken"),
    "release": _l("Given back to the queue"),
    "hand_over_to": _l("Handed over to a colleague"),
    "correct": _l("Corrections sent"),
    "withdraw": _l("Withdrawn by the applicant"),
    "appeal": _l("Objection by the applicant"),
    "expire": _l("Expired"),
}


def item_words(situation: Situation) -> dict[tuple[str, str], Any]:
    """The label of every answer and document, by (kind, key)."""
    fields = {
        ("answer", one.key): one.label
        for section in situation.sections
        for one in situation.fields(section)
    }
    return fields | {("document", ask.key): ask.title for ask in situation.asked}
