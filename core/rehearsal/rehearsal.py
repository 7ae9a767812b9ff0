"""A trial worked out: the same situation as a request's, without papers and without a table."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from core.catalogue import facts, fees, samples
from core.catalogue.definition import Definition, Sample
from core.catalogue.fees import Quote
from core.documents.models import Document
from core.overlay.terms import Terms
from core.requests.models import ServiceRequest
from core.requests.situation import Situation

# An office that chose nothing: every setting has its stated default.
NOWHERE = {"slug": "", "kind": "embassy", "country_code": "GB", "currency": "EUR"}


@dataclass
class Played:
    """What a trial holds: for whom and where it is played, and the answers so far.

    `terms` are those of the office as which it is tried; none: that of the sample, which has laid
    nothing over the service.
    """

    today: str
    profile: Mapping[str, Any] = field(default_factory=dict)
    office: Mapping[str, Any] = field(default_factory=dict)
    references: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    aside: dict[str, Any] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    terms: dict[str, Any] | None = None

    @classmethod
    def of_sample(cls, definition: Definition, sample: Sample, *, filled: bool) -> "Played":
        """The sample's person and office; with the sample's answers, or with none yet."""
        played = cls(sample.today, sample.profile, sample.office, samples.references_of(sample))
        if filled:
            played.answers = dict(sample.answers)
            played.done = [section.key for section in definition.sections]
        return played

    def packed(self) -> bytes:
        """As it is sealed."""
        return json.dumps(asdict(self), ensure_ascii=False, default=dict).encode()

    def moved_to(self, place: Mapping[str, Any], terms: Terms) -> None:
        """Play it at this office, as it offers the service now."""
        self.office, self.terms = place, terms.plain()

    @classmethod
    def unpacked(cls, clear: bytes) -> "Played":
        """From what was sealed."""
        return cls(**json.loads(clear))


class Rehearsal(Situation):
    """A situation that asks neither an office nor a table."""

    played: Played

    @cached_property
    def terms(self) -> Terms:
        """What the office has laid over the service; without one nothing is."""
        return Terms.restored(self.played.terms or {})

    @cached_property
    def facts(self) -> dict[str, Any]:
        """All that conditions may ask about."""
        return facts.gather(
            self.definition,
            self.answers,
            profile=self.played.profile,
            office=self.office,
            today=date.fromisoformat(self.played.today),
            references=self.played.references,
        )

    @property
    def office(self) -> dict[str, Any]:
        """What may be asked about the office it is played at."""
        where = {**NOWHERE, **self.played.office}
        return where if self.played.terms is None else self.terms.facts_at(where)

    @cached_property
    def handed(self) -> dict[str, list[Document]]:
        """Nothing is uploaded in a trial."""
        return {}

    @cached_property
    def quote(self) -> Quote:
        """The bill at that office."""
        return fees.quote(self.definition, self.facts, self.office)


def rehearse(
    definition: Definition, played: Played, answers: Mapping[str, Any] | None = None
) -> Rehearsal:
    """The trial as it stands, or with other answers tried on. Its request is never stored."""
    given = played.answers if answers is None else answers
    request = ServiceRequest(
        service_code=definition.code, service_title=dict(definition.title), status="draft",
        version=1, answers=dict(given), aside=played.aside, done=played.done, carried={},
        profile_snapshot=dict(played.profile),
    )  # fmt: skip
    rehearsal = Rehearsal(request, definition, given, played.profile)
    rehearsal.played = played
    return rehearsal
