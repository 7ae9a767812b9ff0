"""A request together with what its definition makes of it: what is asked, given and missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from core.catalogue import answers, deeds, documents, eligibility, facts, fees, flows
from core.catalogue.answers import Missing
from core.catalogue.conditions import holds
from core.catalogue.deeds import Composed
from core.catalogue.definition import Declaration, Definition, Field, Section
from core.catalogue.documents import DocumentAsk
from core.catalogue.eligibility import Stop
from core.catalogue.fees import Quote
from core.catalogue.flows import Act, State
from core.clock import today
from core.documents import queries as handed_in
from core.documents.models import Document
from core.overlay import queries as overlay
from core.overlay.laying import lay_over
from core.overlay.terms import Terms
from core.requests import definitions, references
from core.requests.models import ServiceRequest
from tenants.scope import current_office

ENQUIRING = ("T", "C", "N")


@dataclass
class Situation:
    """Worked out once per page or act; what the database holds is read when first asked for.

    `answers` and `profile` are those of the request unless others are tried on; `national` is the
    definition before the office laid its own over it.
    """

    request: ServiceRequest
    national: Definition
    answers: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def terms(self) -> Terms:
        """What the office has laid over the service: of today, or as it was when submitted."""
        if self.request.submitted_at:
            return Terms.restored(self.request.terms)
        return overlay.terms(self.request.service_code)

    @cached_property
    def definition(self) -> Definition:
        """The service as the office offers it."""
        return lay_over(self.national, self.terms)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """All that conditions may ask about. After submission “today” is the day of submission."""
        office, submitted = current_office(), self.request.submitted_at
        zone = ZoneInfo(office.timezone)
        return facts.gather(
            self.definition,
            self.answers,
            profile=self.profile,
            office=self.terms.facts(),
            today=submitted.astimezone(zone).date() if submitted else today(office.timezone),
            references=references.Offered(self.request, self.definition),
        )

    @cached_property
    def deed(self) -> Composed | None:
        """The text to be signed, where the service has one."""
        office = current_office()
        place = {"city": office.city, "name": office.name}
        return deeds.compose(self.definition, self.facts, place)

    @cached_property
    def sections(self) -> list[Section]:
        """The sections that apply."""
        return answers.visible_sections(self.definition, self.facts)

    def fields(self, section: Section) -> list[Field]:
        """The questions of a section that apply."""
        return answers.visible_fields(section, self.facts)

    @cached_property
    def asked(self) -> list[DocumentAsk]:
        """The papers that are asked of this person."""
        return documents.asked(self.definition, self.facts)

    @cached_property
    def uploads(self) -> list[DocumentAsk]:
        """Those handed in here; the others are shown at the counter or sent by post."""
        return [ask for ask in self.asked if ask.how == "upload"]

    def ask(self, key: str) -> DocumentAsk | None:
        """The upload of that key, if it applies."""
        return next((ask for ask in self.uploads if ask.key == key), None)

    @cached_property
    def handed(self) -> dict[str, list[Document]]:
        """What was handed in, by the key of the document."""
        found: dict[str, list[Document]] = {}
        for document in handed_in.of_request(self.request.id):
            found.setdefault(document.kind, []).append(document)
        return found

    @cached_property
    def missing_documents(self) -> list[DocumentAsk]:
        """Required uploads of which not enough is here."""
        received = {key: len(files) for key, files in self.handed.items()}
        return documents.missing(self.definition, self.facts, received)

    @cached_property
    def missing_answers(self) -> list[Missing]:
        """Questions that are asked and not, or not rightly, answered."""
        return answers.missing(self.definition, self.facts)

    @cached_property
    def stops(self) -> list[Stop]:
        """Why this person cannot file this, with the words to tell."""
        found = eligibility.stops(self.definition, self.facts)
        if self.terms.offered:
            return found
        return [Stop("offered", self.terms.told, self.terms.instead), *found]

    @cached_property
    def warnings(self) -> list[Stop]:
        """What the person should know before filing."""
        return eligibility.warnings(self.definition, self.facts)

    @cached_property
    def quote(self) -> Quote:
        """The bill at this office."""
        return fees.quote(self.definition, self.facts, self.terms.facts())

    def is_done(self, section: Section) -> bool:
        """Whether the section was saved and nothing in it is missing (any more)."""
        wanting = any(item.section == section.key for item in self.missing_answers)
        return section.key in self.request.done and not wanting

    @property
    def is_complete(self) -> bool:
        """Whether it can be submitted."""
        done = all(self.is_done(section) for section in self.sections)
        return done and not self.stops and not self.missing_documents

    @cached_property
    def flow(self) -> str:
        """The flow that it takes: fixed when it was submitted."""
        if self.request.submitted_at:
            return self.request.flow
        return flows.chosen(self.definition, self.facts)

    @cached_property
    def params(self) -> dict[str, Any]:
        """The parameters of its flow."""
        return flows.parameters(self.definition, self.facts, fee_due=self.quote.due)

    @cached_property
    def declarations(self) -> list[Declaration]:
        """The sentences to be ticked in this case."""
        params = {f"param.{key}": value for key, value in self.params.items()}
        enquiry = self.flow in ENQUIRING or self.params["authority"]
        known = {**self.facts, **params, "param.enquiry": enquiry}
        return [item for item in self.definition.declarations if holds(item.when, known)]

    @property
    def state(self) -> State:
        """The state it is in, with its words."""
        return flows.state(self.request.status)

    @property
    def acts(self) -> tuple[Act, ...]:
        """What its flow allows now, whoever may do it."""
        return flows.acts_from(self.flow, self.request.status, self.params)

    def act(self, key: str) -> Act | None:
        """The act of that name when it is possible now."""
        return next((act for act in self.acts if act.key == key), None)

    def target(self, act: Act) -> str:
        """The state that the act leads to."""
        if act.target == flows.PREVIOUS:
            return self.request.status_before or self.request.status
        return act.target

    def item_value(self, kind: str, key: str) -> Any:
        """What stands at an answer (its value) or a document (its files); KeyError if not asked."""
        if kind == "document":
            if self.ask(key) is None:
                raise KeyError(key)
            return [str(document.id) for document in self.handed.get(key, [])]
        asked = {item.key for section in self.sections for item in self.fields(section)}
        if kind != "answer" or key not in asked:
            raise KeyError(key)
        return self.request.answers.get(key)


def situation_of(
    request: ServiceRequest,
    answers: Mapping[str, Any] | None = None,
    profile: Mapping[str, Any] | None = None,
) -> Situation:
    """The situation of a request under the definition that it began with."""
    return Situation(
        request,
        definitions.of(request),
        request.answers if answers is None else answers,
        request.profile_snapshot if profile is None else profile,
    )


def office_facts(service: str = "") -> dict[str, Any]:
    """What may be asked about the office before there is a request; of a service with its fees."""
    return overlay.terms(service).facts()
