"""What the page of a case shows: each answer and document with the word on it, the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from blueprints.desk import asks
from blueprints.desk.colleagues import colleague
from blueprints.desk.masking import masked
from core.accounts import profile
from core.actor import Actor
from core.catalogue import reference
from core.catalogue.deeds import Composed
from core.catalogue.definition import Field
from core.catalogue.documents import DocumentAsk
from core.catalogue.fields import type_of
from core.catalogue.fields.base import visible
from core.catalogue.fields.composed import told
from core.documents.models import Document
from core.requests import policies, queries, queues
from core.requests.models import RequestEvent, ReviewItem, ServiceRequest
from core.requests.review import reasons_for, unjudged
from core.requests.situation import Situation

NOT_JUDGED = ("file", "computed")


@dataclass(frozen=True)
class Item:
    """One answer or document: what is said about it now, and what stood there before.

    `verdict` is accepted, returned, corrected (returned in an earlier round) or nothing yet.
    """

    kind: str
    key: str
    label: Any
    verdict: str = ""
    reason: Any = None
    words: str = ""
    before: str = ""
    reasons: tuple[str, ...] = ()
    value: str = ""
    parts: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    ask: DocumentAsk | None = None
    files: Sequence[Document] = ()

    @property
    def name(self) -> str:
        """The name of its boxes in the form."""
        return f"{self.kind}.{self.key}"


class CasePage:
    """Everything about one request for one reader; the reads are done once."""

    def __init__(self, reader: Actor, situation: Situation) -> None:
        self.reader, self.situation, self.request = reader, situation, situation.request
        self.lang = str(get_locale())
        self.hides = policies.sees_masked(reader, self.request.service_group)
        self.last = {}
        self.returned_before = {}
        for row in queries.verdicts(self.request):
            self.last[(row.kind, row.key)] = row
            if row.corrected_at and row.round < self.request.round:
                self.returned_before[(row.kind, row.key)] = row
        self.reason_words = reference.table("reasons")

    @property
    def checking(self) -> bool:
        """Whether items can be accepted and returned now, by this person."""
        holds = policies.holds(self.reader, self.request)
        open_to_items = any("items" in act.asks for act in self.situation.acts)
        may = policies.may(self.reader, "requests.review", self.request)
        return holds and open_to_items and may

    @property
    def takes(self) -> bool:
        """Whether this person can make the request their own now."""
        free = self.request.holder_id is None and self.request.status in queues.TAKEN_FROM
        return free and policies.may(self.reader, "requests.take", self.request)

    @property
    def lets_go(self) -> bool:
        """Whether this person can give it back or hand it over."""
        return self.request.holder_id is not None and policies.may_let_go(self.reader, self.request)

    def person(self) -> list[tuple[Any, str]]:
        """The applicant as registered when the request was submitted: (label, words)."""
        known = self.request.profile_snapshot
        fields = [one for section in profile.sections() for one in visible(section.fields, known)]
        shown = masked(fields, known) if self.hides else known
        rows = [(one, type_of(one).show(one, shown.get(one.key), self.lang)) for one in fields]
        return [(one.label, text) for one, text in rows if text]

    def answers(self) -> list[tuple[Any, list[Item]]]:
        """The sections with their answers."""
        return [
            (section, [self._answer(one) for one in self.situation.fields(section)])
            for section in self.situation.sections
        ]

    def deed(self) -> Composed | None:
        """The text that is signed at the counter, where there is one; it is full of numbers."""
        return None if self.hides else self.situation.deed

    def documents(self) -> list[Item]:
        """The papers asked, with the files handed in; those uploaded here first."""
        handed = self.situation.handed
        asked = sorted(self.situation.asked, key=lambda ask: ask.how != "upload")
        return [
            self._item("document", ask.key, ask.title, ask.how == "upload", ask=ask,
                       files=[] if self.hides else handed.get(ask.key, []))
            for ask in asked
        ]  # fmt: skip

    def open_items(self) -> list[tuple[str, str]]:
        """What nothing was said about yet."""
        return unjudged(self.situation, self.last) if self.checking else []

    def history(self) -> list[dict[str, Any]]:
        """What happened, newest first, with what was noted at each act."""
        return [
            {"event": event, "who": _who(event), "noted": self._noted(event)}
            for event in queries.timeline(self.request, public=False)
        ]

    def earlier(self) -> list[ServiceRequest]:
        """The same person's other requests, of the groups that the reader works on."""
        return [one for one in queries.earlier(self.request) if policies.may_see(self.reader, one)]

    def why_not(self) -> str:
        """Why a decision that this person could take on another request is not offered here."""
        if not policies.reviewed(self.reader, self.request):
            return ""
        decisions = [act for act in self.situation.acts if act.second_person and act.permission]
        if any(policies.may(self.reader, act.permission or "", self.request) for act in decisions):
            return _("You checked this request yourself; somebody else decides on it.")
        return ""

    def _answer(self, field: Field) -> Item:
        facts = self.situation.facts
        value = (masked([field], facts) if self.hides else facts).get(field.key)
        parts = told(field, value, self.lang)
        judged = field.type not in NOT_JUDGED
        return self._item(
            "answer", field.key, field.label, judged, parts=parts,
            value="" if parts else type_of(field).show(field, value, self.lang),
            before=self._before(field, facts.get(field.key)),
        )  # fmt: skip

    def _before(self, field: Field, value: Any) -> str:
        row = self.returned_before.get(("answer", field.key))
        if row is None or row.before == value:
            return ""
        old = masked([field], {field.key: row.before})[field.key] if self.hides else row.before
        return type_of(field).show(field, old, self.lang) or _("no answer")

    def _item(self, kind: str, key: str, label: Any, judged: bool, **more: Any) -> Item:
        row = self.last.get((kind, key))
        verdict = self._verdict(row)
        reasons = reasons_for(self.situation, kind, key) if judged and self.checking else ()
        said = row if row is not None and verdict != "accepted" else None
        return Item(
            kind, key, label, verdict,
            reason=self.reason_words.get(said.reason or "", said.reason) if said else None,
            words=said.words if said else "", reasons=reasons, **more,
        )  # fmt: skip

    def _verdict(self, row: ReviewItem | None) -> str:
        if row is None:
            return ""
        if row.verdict == "returned" and row.round < self.request.round:
            return "corrected"
        return row.verdict

    def _noted(self, event: RequestEvent) -> list[tuple[Any, str]]:
        titles = {ask.key: ask.title[self.lang] for ask in self.situation.asked}
        noted = [
            (asks.WORDS[key][0], _spoken(key, value, titles, self.lang))
            for key, value in event.inputs.items()
            if key in asks.WORDS and value
        ]
        if event.reasons:
            words = [self.reason_words.get(code, {}).get(self.lang, code) for code in event.reasons]
            noted.append((_("Reasons"), _joined(words, self.lang)))
        if event.act == "hand_over_to":
            noted.append((_("Colleague"), str(event.inputs.get("name", ""))))
        return noted


def _spoken(key: str, value: Any, titles: Mapping[str, str], lang: str) -> str:
    if isinstance(value, list):
        return _joined([titles.get(one, one) for one in value], lang)
    if key == "authority":
        return str(reference.table("authorities").get(value, {}).get(lang, value))
    return str(value)


def _joined(texts: Sequence[str], lang: str) -> str:
    """On one line; whole sentences among them lose their full stop, commas inside stay clear."""
    return ("؛ " if lang == "fa" else "; ").join(text.removesuffix(".") for text in texts)


def _who(event: RequestEvent) -> str:
    if event.actor_name:
        return colleague(event.actor_id, event.actor_name)
    return _("Applicant") if event.actor_kind == "applicant" else _("System")
