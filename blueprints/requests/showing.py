"""A request in words: its answers, papers, state and history as pages and prints show them."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from core.catalogue import reference
from core.catalogue.definition import Section
from core.catalogue.documents import DocumentAsk
from core.catalogue.eligibility import Stop
from core.requests import queries
from core.requests.models import ReviewItem
from core.requests.situation import Situation
from core.web.answers import Part
from core.web.answers import answered as in_words
from core.web.templating import num, words

# Among the documents of a service: the paper on which this list stands.
RECEIPT = "CODE"


def answered(situation: Situation) -> list[Part]:
    """The answers that apply, section by section; links change them as long as it is a draft."""

    def change(key: str) -> str:
        return url_for("requests.section", request_id=situation.request.id, key=key, back="check")

    return in_words(situation, change if situation.request.status == "draft" else None)


def handed_in(situation: Situation) -> list[dict[str, Any]]:
    """Each paper and what is here of it."""
    draft = situation.request.status == "draft"
    change = url_for("requests.documents", request_id=situation.request.id)
    return [
        {
            "label": words(ask.title),
            "value": num(ngettext("%(num)s file", "%(num)s files", len(files))) if files else None,
            "change": f"{change}#upload-{ask.key}" if draft else None,
        }
        for ask in situation.uploads
        if (files := situation.handed.get(ask.key, [])) or ask.required
    ]


def to_bring(situation: Situation) -> list[str]:
    """What belongs into the bag: the receipt, originals, and papers shown only at the counter."""
    if not situation.params.get("visit"):
        return []
    shown = [words(ask.title) for ask in situation.asked if _is_shown(situation, ask)]
    return [_("This receipt, printed"), *dict.fromkeys(shown)]


def _is_shown(situation: Situation, ask: DocumentAsk) -> bool:
    """Whether the office wants to see the paper; what nobody had to hand in, only if it was."""
    if ask.how != "upload":
        return ask.how == "counter" and ask.code != RECEIPT
    return ask.original and (ask.required or bool(situation.handed.get(ask.key)))


def stops(
    situation: Situation, found: Iterable[Stop], here: Section | None = None
) -> list[dict[str, Any]]:
    """Why it cannot be filed, with the sections of the answers unless one is on the page `here`."""
    return [
        {
            "told": stop.told,
            "instead": stop.instead,
            "places": [] if here and _field_of(here, stop) else _places(situation, stop),
        }
        for stop in found
    ]


def _places(situation: Situation, stop: Stop) -> list[tuple[str, str]]:
    return [
        (
            words(section.title),
            url_for(
                "requests.section", request_id=situation.request.id, key=section.key, _anchor=key
            ),
        )
        for section in situation.sections
        if (key := _field_of(section, stop))
    ]


def _field_of(section: Section, stop: Stop) -> str | None:
    """The first question of the section that the stop looks at."""
    return next((field.key for field in section.fields if field.key in stop.about), None)


def next_steps(situation: Situation) -> list[str]:
    """What happens after submitting, in order."""
    steps = [_("The office checks your answers and documents.")]
    steps.append(
        _("If something is missing, we write to you exactly what; the code stays the same.")
    )
    if situation.params.get("visit"):
        steps.append(_("You are invited to the office with the originals."))
    if situation.quote.due:
        steps.append(_("You pay the fee at the office."))
    result = words(situation.definition.result)
    steps.append(_("You receive: %(result)s", result=result))
    return steps


def returned_items(situation: Situation) -> list[dict[str, Any]]:
    """What was sent back: name, reason and the clerk's words."""
    reasons = reference.table("reasons")
    return [
        {
            "item": item,
            "label": label,
            "reason": words(reasons.get(item.reason or "", "")),
            "words": item.words,
            "done": item.corrected_at is not None,
        }
        for item in queries.returned(situation.request)
        if (label := _label(situation, item))
    ]


def _label(situation: Situation, item: ReviewItem) -> str | None:
    if item.kind == "document":
        ask = situation.ask(item.key)
        return words(ask.title) if ask else None
    field = situation.definition.fields.get(item.key)
    return words(field.label) if field else None
