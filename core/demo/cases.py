"""Requests of the demo: the samples of the definitions, filed and worked on by the demo's people.

Everything goes through the same actions as on the pages, at moments in the past.
"""

from collections.abc import Sequence
from typing import Any

from core.actor import Actor
from core.catalogue import answers
from core.catalogue.definition import Definition, Sample
from core.catalogue.flows import Act
from core.demo.paper import document, portrait
from core.requests import actions
from core.requests.models import ServiceRequest
from core.requests.situation import Situation, situation_of

WORDS = {
    "ground": "ماده ۱۷ قانون گذرنامه",
    "outcome": "موضوع با هماهنگی مرجع محلی حل شد.",
    "receiver": "خود متقاضی",
    "receipt": "R-204117",
    "document_no": "1405-00231",
    "postal_no": "RR123456785",
    "letter": "230/1405/118",
}


class SampleFails(RuntimeError):
    """A sample could not be filed as it stands; the message says where."""


def draft(actor: Actor, definition: Definition, sample: Sample, *, sections: int = 99) -> Any:
    """Begin a sample and fill its first sections."""
    request = actions.start_draft(actor, definition=definition)
    for _ in range(sections):
        situation = situation_of(request)
        wanting = [part for part in situation.sections if part.key not in request.done]
        if not wanting:
            break
        facts = {**situation.facts, **sample.answers}
        form = answers.form_of(wanting[0], facts)
        errors = actions.save_section(actor, request, section=wanting[0].key, form=form)
        if errors:
            raise SampleFails(f"{wanting[0].key}: {', '.join(errors)}")
    return request


def file(actor: Actor, definition: Definition, sample: Sample) -> ServiceRequest:
    """Fill a sample wholly, hand in what is asked, submit."""
    request = draft(actor, definition, sample)
    for ask in situation_of(request).uploads:
        for number in range(1, 1 + (ask.min if ask.required else 0)):
            stream = portrait(number) if ask.photo else document(ask.code, number)
            name = f"{ask.code.lower()}-{number}.jpg"
            actions.hand_in(actor, request, key=ask.key, stream=stream, name=name)
    declared = [item.key for item in situation_of(request).declarations]
    actions.submit(actor, request, declared=declared)
    return request


def advance(request: ServiceRequest, staff: Sequence[Actor]) -> bool:
    """One step forward by whoever of the staff may do it; False when there is none."""
    situation = situation_of(request)
    for one in staff:
        if request.holder_id is None and request.status in ("submitted", "opened"):
            if one.may("requests.take", request.service_group) and one.may("requests.review"):
                if "consul" in one.roles:
                    continue
                actions.take(one, request)
                return True
            continue
        for act in actions.possible(one, situation):
            if act.style == "forward" and act.by == "staff":
                _do(one, situation, act)
                return True
    return False


def send_back(request: ServiceRequest, staff: Sequence[Actor]) -> None:
    """Return the first document (else the first answer) and send the request back."""
    holder = next(one for one in staff if one.id == request.holder_id)
    situation = situation_of(request)
    if situation.uploads:
        kind, key = "document", situation.uploads[0].key
    else:
        kind, key = "answer", situation.fields(situation.sections[0])[0].key
    words = "لطفاً تصویر را بدون حاشیه و خوانا بفرستید."
    actions.return_item(holder, request, kind=kind, key=key, reason="unreadable", words=words)
    actions.send_back(holder, request)


def refuse(request: ServiceRequest, staff: Sequence[Actor]) -> bool:
    """Refuse it by whoever may; False when nobody may now."""
    situation = situation_of(request)
    for one in staff:
        if any(act.key == "reject" for act in actions.possible(one, situation)):
            words = "شرایط قانونی این درخواست فراهم نیست."
            actions.reject(one, request, ground=WORDS["ground"], words=words)
            return True
    return False


def _do(one: Actor, situation: Situation, act: Act) -> None:
    request = situation.request
    if request.holder_id == one.id and any("items" in other.asks for other in situation.acts):
        actions.accept_rest(one, request)
    words = "انجام شد." if act.reason else ""
    actions.act(one, request, act.key, words=words, **inputs(situation, act))


def inputs(situation: Situation, act: Act) -> dict[str, Any]:
    """What the form of an act asks for, filled in plausibly."""
    given: dict[str, Any] = {key: WORDS[key] for key in act.asks if key in WORDS}
    if "originals" in act.asks:
        given["originals"] = [ask.key for ask in situation.asked if ask.original]
    if "signers" in act.asks:
        given["signers"] = [situation.request.subject_name]
    if "authority" in act.asks:
        given["authority"] = (situation.params.get("authorities") or ["ministry"])[0]
    return given
