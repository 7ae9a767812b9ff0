"""A request from the service's page to its receipt, through HTTP."""

import os

import pytest
from werkzeug.datastructures import MultiDict

from core import clock
from core.catalogue import reader
from core.catalogue.conditions import blank
from core.catalogue.fields import type_of
from tests.integration import applicants

EVERY_SAMPLE = bool(os.environ.get("EVERY_SAMPLE"))
LANGUAGES = ("fa", "en")


def walks():
    """The plain sample of each service, languages in turn; EVERY_SAMPLE=1: all, in both."""
    for number, definition in enumerate(reader.load_all().values()):
        of_each_kind = {sample.kind: sample for sample in reversed(definition.samples)}
        whole = definition.ref in ("P02", "N01", "S02")
        few = of_each_kind.values() if whole else [of_each_kind["plain"]]
        for sample in definition.samples if EVERY_SAMPLE else few:
            if sample.office:
                continue  # of an office with other settings: the catalogue's own tests walk it
            for lang in LANGUAGES if EVERY_SAMPLE else (LANGUAGES[number % 2],):
                name = f"{definition.code}-{sample.key}-{lang}"
                yield pytest.param(definition.code, sample, lang, id=name)


@pytest.fixture(autouse=True)
def noon():
    with clock.at(applicants.NOON):
        yield


@pytest.mark.parametrize(("code", "sample", "lang"), walks())
def test_a_sample_goes_from_the_service_page_to_the_receipt(app, code, sample, lang):
    visitor, account_id = applicants.sign_in(app, sample.profile, lang=lang)
    sample = applicants.with_references(app, account_id, sample, code)
    if sample.stop:
        request_id = applicants.begin(visitor, code)
        walk_until_stopped(app, visitor, request_id, sample, lang)
        return
    request_id = applicants.whole_request(app, visitor, code, sample)
    assert applicants.CODE.search(visitor.page.text)
    situation = applicants.held(app, request_id)
    assert as_stored(situation, situation.request.answers) == as_stored(situation, sample.answers)
    receipt = visitor.get(f"/requests/{request_id}/receipt.pdf").response
    assert receipt.mimetype == "application/pdf" and receipt.data.startswith(b"%PDF")
    assert visitor.get(f"/requests/{request_id}").status == 200


def as_stored(situation, answers):
    """The answers in the one form in which they are kept, whatever way they were written."""
    kept = {}
    for key, value in answers.items():
        field = situation.definition.fields[key]
        if blank(value) or not type_of(field).asked:
            continue
        form = MultiDict()
        for name, texts in type_of(field).to_form(field, value).items():
            form.setlist(name, texts)
        kept[key] = plain(type_of(field).read(field, form, None, situation.facts))
    return kept


def plain(value):
    """An answer without its order, the words beside a reference and what a date leaves open."""
    if isinstance(value, list):
        return sorted((plain(item) for item in value), key=str)
    if not isinstance(value, dict):
        return value
    return {key: plain(part) for key, part in value.items() if key != "label" and not blank(part)}


def walk_until_stopped(app, visitor, request_id, sample, lang):
    situation = applicants.held(app, request_id)
    told = next(r for r in situation.definition.eligibility if r.key == sample.stop).told
    seen = ""
    for section in situation.sections:
        page = applicants.fill_section(
            visitor, request_id, situation.definition, section.key, sample
        )
        seen += page.text
    assert told[lang] in seen + visitor.get(f"/requests/{request_id}").text
    assert visitor.get(f"/requests/{request_id}/check").url == f"/requests/{request_id}"
