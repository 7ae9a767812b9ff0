"""Samples walked from the service's page to the last state of their request, cheaply.

The applicant's part goes through the pages as a browser without JavaScript would send them, but
the pages are not parsed: what is sent is worked out from the definition. The staff's part goes
through the actions behind their pages. `applicants` walks as a critic instead, page by page.
"""

import io
import itertools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client, TestResponse

from core import clock
from core.actor import SYSTEM, Actor
from core.catalogue import answers, documents, flows, reader, samples
from core.catalogue.conditions import blank
from core.catalogue.definition import Definition, Sample
from core.catalogue.fields import type_of
from core.catalogue.flows import Act
from core.demo.cases import inputs
from core.overlay import actions as overlay
from core.overlay import queries as laid
from core.overlay import subjects
from core.requests import actions, jobs, review
from core.requests.models import ServiceRequest
from core.requests.situation import Situation, situation_of
from core.staff.roles import ROLES
from tenants.database import db
from tenants.scope import office
from tests.integration import applicants

EVERY_SAMPLE = os.environ.get("EVERY_SAMPLE", "")
LANGUAGES = ("fa", "en")
KINDS = ("plain", "complicated", "refused")
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
ONCE = re.compile(r'name="_once" value="([^"]+)"')
STAFF = [applicants.clerk(f"{code} {number}", code) for number in (1, 2)
         for code in ROLES if not ROLES[code].ministry]  # fmt: skip


def walks(part: int, parts: int) -> Iterator[Any]:
    """Each service in turn with another kind of sample in another language: every kind and both
    languages are walked in each group of services. EVERY_SAMPLE=kinds: one sample of each kind in
    both languages; =turns: every sample, the languages in turn; =1: every sample in both."""
    every = itertools.count()
    for number, definition in enumerate(reader.load_with_samples().values()):
        if number // 3 % parts != part:
            continue
        kinds = {one.kind: one for one in reversed(definition.samples)}
        chosen = {"": (kinds[KINDS[number % 3]],), "kinds": tuple(kinds.values())}
        for sample in chosen.get(EVERY_SAMPLE, definition.samples):
            turn = LANGUAGES[(next(every) if EVERY_SAMPLE else number) % 2]
            for lang in (turn,) if EVERY_SAMPLE in ("", "turns") else LANGUAGES:
                yield pytest.param(
                    definition, sample, lang, id=f"{definition.code}-{sample.key}-{lang}"
                )


def walk(app: Flask, definition: Definition, sample: Sample, lang: str) -> None:
    """From the service's page to the last state that the sample comes to, on its day."""
    noon = datetime.combine(date.fromisoformat(sample.today), time(12), UTC)
    with clock.at(noon), _laid_over(app, definition, sample):
        visitor, account_id = applicants.sign_in(app, sample.profile, lang=lang)
        sample = applicants.with_references(app, account_id, sample, definition.code)
        one = Walk(app, visitor.client, visitor.host, lang, definition, sample, account_id)
        one.begin()
        if sample.stop:
            one.is_stopped()
            return
        way = samples.course_of(definition, sample, one.facts)
        if way[0][1].key == "submit":
            one.submit()
        one.work(way)


@lru_cache
def picture(number: int) -> bytes:
    """A small picture in a colour of its own: the same file twice counts as one."""
    colour = tuple(number // 20**place % 20 * 12 for place in range(3))
    out = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(out, "JPEG")
    return out.getvalue()


class Walk:
    """One applicant with one request."""

    def __init__(
        self, app: Flask, client: Client, host: str, lang: str,
        definition: Definition, sample: Sample, account_id: UUID,
    ) -> None:  # fmt: skip
        self.app, self.client, self.host, self.lang = app, client, host, lang
        self.definition, self.sample = definition, sample
        self.person = Actor(kind="applicant", id=account_id, office="london", lang=lang)
        self.facts = samples.facts_of(definition, sample)
        self.sections = answers.visible_sections(definition, self.facts)
        self.address, self.token = "", ""

    def get(self, path: str) -> str:
        """A page of which nothing but its being there and its language is looked at here."""
        response = self.client.get(path, base_url=f"http://{self.host}")
        assert response.status_code == 200, (path, response.status_code, response.location)
        html = response.get_data(as_text=True)
        assert f'<html lang="{self.lang}"' in html, path
        return html

    def post(self, path: str, data: dict[str, Any]) -> TestResponse:
        """A form, with the token of the session."""
        form = {"csrf_token": self.token, **data}
        return self.client.post(path, data=form, base_url=f"http://{self.host}")

    def begin(self) -> None:
        """From the service's page to a draft."""
        code = self.definition.code
        assert f"/requests/new/{code}" in self.get(f"/services/{code}")
        page = self.get(f"/requests/new/{code}")
        self.token = _found(TOKEN, page)
        begun = self.post(f"/requests/new/{code}", {"_once": _found(ONCE, page)})
        assert begun.status_code == 303, begun.get_data(as_text=True)[-3000:]
        self.address = begun.location

    def is_stopped(self) -> None:
        """The stop is told and the request cannot be looked through; where what the sample says is
        too little to come to the question, the rest is answered as in the plain sample."""
        told = next(r for r in self.definition.eligibility if r.key == self.sample.stop).told
        assert told is not None
        words = _escaped(told[self.lang])
        seen = self.every_section()
        if words not in seen:
            plain = next(one for one in self.definition.samples if one.kind == "plain")
            beside = {**plain.answers, **self.sample.answers}
            self.sample = replace(self.sample, answers=beside)
            seen = self.every_section()
        assert words in seen, _words(seen)
        check = self.client.get(f"{self.address}/check", base_url=f"http://{self.host}")
        assert check.status_code == 303 and check.location == self.address

    def every_section(self) -> str:
        """Every section saved that applies to the sample; all that is said meanwhile."""
        seen = ""
        facts = samples.facts_of(self.definition, self.sample)
        for section in answers.visible_sections(self.definition, facts):
            saved = self.save(section.key)
            seen += saved.get_data(as_text=True)
            if saved.status_code == 303 and saved.location != self.address:
                seen += self.get(saved.location)
        return seen + self.get(self.address)

    def submit(self) -> None:
        """Every section, every paper, the check page, the receipt."""
        self.get(f"{self.address}/sections/{self.sections[-1].key}")
        for section in self.sections:
            saved = self.save(section.key)
            assert saved.status_code == 303, (section.key, _faults(saved))
        papers = [ask for ask in documents.uploads(self.definition, self.facts) if ask.required]
        if papers:
            number = itertools.count(1)
            files = {
                ask.key: [(io.BytesIO(picture(next(number))), "scan.jpg") for _ in range(ask.min)]
                for ask in papers
            }
            sent = self.post(f"{self.address}/documents", files)
            assert sent.status_code == 303, _faults(sent)
        page = self.get(f"{self.address}/check")
        declared = re.findall(r'name="declared"[^>]*value="([^"]+)"', page)
        seen = re.findall(r'name="(seen|_once)" value="([^"]+)"', page)
        done = self.post(f"{self.address}/submit", {"declared": declared, **dict(seen)})
        assert done.status_code == 303, _faults(done)
        assert applicants.CODE.search(self.get(done.location))

    def save(self, key: str) -> TestResponse:
        """One section as a person would type it."""
        boxes = applicants.boxes_of_sample(self.definition, key, self.sample)
        return self.post(f"{self.address}/sections/{key}", boxes)

    def work(self, way: list[tuple[str, Act]]) -> None:
        """The acts after submitting, each by who may do it, to the state where the way ends."""
        steps = [step for step in way if step[1].key != "submit"]
        began = clock.now()
        with self.app.app_context(), office("london"):
            request = db.session.get_one(ServiceRequest, UUID(self.address[-36:]))
            if request.submitted_at:
                self.keeps_every_answer(situation_of(request))
            for minute, (status, act) in enumerate(steps, 1):
                assert request.status == status, (act.key, request.status)
                with clock.at(began + timedelta(minutes=minute)):
                    Doing(self.person, request).do(act)
                db.session.refresh(request)
                back = act.target == flows.PREVIOUS
                assert back or request.status == act.target, (act.key, request.status)

    def keeps_every_answer(self, situation: Situation) -> None:
        """What is stored is what the sample says, in the one form in which answers are kept."""
        kept = as_stored(situation, situation.request.answers)
        assert kept == as_stored(situation, self.sample.answers)


class Doing:
    """Acts on one request, by its applicant, by the staff or by time."""

    def __init__(self, person: Actor, request: ServiceRequest) -> None:
        self.person, self.request = person, request

    def do(self, act: Act) -> None:
        """The act, with what it asks for."""
        own = {
            "take": self.take, "release": self.release, "withdraw": self.withdraw,
            "appeal": self.appeal, "correct": self.correct, "expire": self.expire,
        }.get(act.key)  # fmt: skip
        if own:
            own()
            return
        if "items" in act.asks:
            self.return_something()
        situation = situation_of(self.request)
        if self.request.holder_id and not self.request.reviewer_ids:
            self.look(situation)
        one = self.who(situation, act)
        if one is None:
            self.hand_over(act)
            one = self.who(situation, act)
        assert one is not None, f"nobody may {act.key} in {self.request.status}"
        words = "انجام شد." if act.reason else ""
        actions.act(one, self.request, act.key, words=words, **inputs(situation, act))

    def look(self, situation: Situation) -> None:
        """The holder finds the first answer in order: somebody has checked it."""
        holder = next(one for one in STAFF if one.id == self.request.holder_id)
        if any("items" in act.asks for act in situation.acts):
            kind, key = review.reviewable(situation)[0]
            actions.accept_item(holder, self.request, kind=kind, key=key)

    def who(self, situation: Situation, act: Act) -> Actor | None:
        """The first of the staff who may do it."""
        return next((one for one in STAFF if act in actions.possible(one, situation)), None)

    def take(self) -> None:
        """Whoever checks this group; those who decide leave it to others."""
        group = self.request.service_group
        may = [one for one in STAFF if one.may("requests.take", group)]
        checkers = [one for one in may if one.may("requests.review", group)]
        actions.take(min(checkers, key=lambda one: one.may("requests.approve", group)),
                     self.request)  # fmt: skip

    def release(self) -> None:
        """The holder gives it back."""
        holder = next(one for one in STAFF if one.id == self.request.holder_id)
        actions.give_back(holder, self.request)

    def hand_over(self, act: Act) -> None:
        """Whoever holds it may not do this, and hands it to a colleague who may."""
        group = self.request.service_group
        able = (one for one in STAFF if one.may(act.permission or "requests.see", group))
        to = next(one for one in able if one.may("requests.take", group))
        holder = next(one for one in STAFF if one.id == self.request.holder_id)
        actions.hand_over(holder, self.request, to=to)

    def withdraw(self) -> None:
        """The applicant gives up."""
        actions.withdraw(self.person, self.request)

    def appeal(self) -> None:
        """The applicant objects."""
        actions.appeal(self.person, self.request, words="مدارک تازه‌ای در دست دارم.")

    def expire(self) -> None:
        """So much time goes by that housekeeping ends it."""
        with clock.at(clock.now() + timedelta(days=400)):
            jobs.expire()

    def return_something(self) -> None:
        """Returns the first answer that can be typed anew."""
        if self.request.holder_id is None:
            self.take()
        holder = next(one for one in STAFF if one.id == self.request.holder_id)
        situation = situation_of(self.request)
        key = next(
            field.key
            for section in situation.sections
            for field in situation.fields(section)
            if not blank(situation.facts.get(field.key)) and type_of(field).asked
        )
        reason = review.reasons_for(situation, "answer", key)[0]
        actions.return_item(
            holder, self.request, kind="answer", key=key, reason=reason, words="روشن‌تر بنویسید."
        )

    def correct(self) -> None:
        """The applicant types it anew and sends it."""
        situation = situation_of(self.request)
        form: MultiDict[str, str] = MultiDict()
        for section in situation.sections:
            form.update(answers.form_of(section, situation.facts))
        assert actions.correct_answers(self.person, self.request, form=form) == {}
        actions.resubmit(self.person, self.request)


@contextmanager
def _laid_over(app: Flask, definition: Definition, sample: Sample) -> Iterator[None]:
    """The office has the settings (and waives the fees) that the sample says."""
    wanted = [(subjects.setting(key), {"value": value}) for key, value in sample.office.items()
              if key != "fees"]  # fmt: skip
    with app.app_context(), office("london"):
        if "fees" in sample.office:
            said = {f"fee_{key}": amount for key, amount in sample.office["fees"].items()}
            wanted.append((subjects.aspect(definition, "fees"), said))
        for subject, values in wanted:
            form: MultiDict[str, str] = MultiDict()
            for field in subject.fields:
                for name, texts in type_of(field).to_form(field, values.get(field.key)).items():
                    form.setlist(name, texts)
            overlay.lay(SYSTEM, subject, form=form, seen=_seen(subject))
    try:
        yield
    finally:
        with app.app_context(), office("london"):
            for subject, _ in wanted:
                overlay.back_to_default(SYSTEM, subject, seen=_seen(subject))


def _seen(subject: subjects.Subject) -> int:
    newest = laid.choice(subject.service, subject.key)
    return newest.version if newest else 0


def as_stored(situation: Situation, given: Any) -> dict[str, Any]:
    """The answers in the one form in which they are kept, whatever way they were written."""
    kept = {}
    for key, value in given.items():
        field = situation.definition.fields[key]
        if blank(value) or not type_of(field).asked:
            continue
        form: MultiDict[str, str] = MultiDict()
        for name, texts in type_of(field).to_form(field, value).items():
            form.setlist(name, texts)
        kept[key] = _plain(type_of(field).read(field, form, None, situation.facts))
    return kept


def _plain(value: Any) -> Any:
    """An answer without its order, the words beside a reference and what a date leaves open."""
    if isinstance(value, list):
        return sorted((_plain(item) for item in value), key=str)
    if not isinstance(value, dict):
        return value
    return {key: _plain(part) for key, part in value.items() if key != "label" and not blank(part)}


def _found(pattern: re.Pattern[str], html: str) -> str:
    hit = pattern.search(html)
    assert hit, html[-2000:]
    return hit[1]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("'", "&#39;").replace('"', "&#34;")


def _words(html: str) -> str:
    """What pages say, without their marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def _faults(response: TestResponse) -> list[str]:
    """What a page that came back says is wrong."""
    html = response.get_data(as_text=True)
    told = re.findall(r'class="[^"]*(?:invalid-feedback|error)[^"]*"[^>]*>(.*?)</', html, re.S)
    return told or [html[-4000:]]
