"""A request from the service's page to its receipt, through HTTP, with a critic's eye.

Three services in each kind of sample; `test_walk_samples_*` walk all of them, less critically.
"""

import pytest

from core import clock
from core.catalogue import reader
from tests.integration import applicants
from tests.integration.walking import as_stored

SERVICES = ("passport-renewal", "power-of-attorney", "enrolment-certificate")


def walks():
    """The first sample of each kind, languages in turn."""
    for number, code in enumerate(SERVICES):
        samples = reader.load_all()[code].samples
        of_each_kind = {sample.kind: sample for sample in reversed(samples)}
        for kind in ("plain", "complicated", "refused"):
            lang = ("fa", "en")[(number + len(kind)) % 2]
            name = f"{code}-{kind}-{lang}"
            yield pytest.param(code, of_each_kind[kind], lang, id=name)


@pytest.fixture(autouse=True)
def noon():
    with clock.at(applicants.NOON):
        yield


@pytest.mark.parametrize(("code", "sample", "lang"), list(walks()))
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


def test_a_paper_of_which_files_are_missing_says_how_many(app):
    definition = reader.load_all()["passport-renewal"]
    sample = next(one for one in definition.samples if one.kind == "plain")
    visitor, _ = applicants.sign_in(app, sample.profile, lang="en")
    request_id = applicants.begin(visitor, definition.code)
    applicants.fill_sections(app, visitor, request_id, sample)
    paper = next(ask for ask in applicants.held(app, request_id).uploads if ask.min == 2)
    said = "1 more file is needed."
    applicants.upload(visitor, request_id, paper.key)
    assert said in visitor.get(f"/requests/{request_id}/documents").text
    applicants.upload(visitor, request_id, paper.key)
    assert said not in visitor.get(f"/requests/{request_id}/documents").text


def test_what_to_bring_is_what_was_asked_for(app):
    definition = reader.load_all()["power-of-attorney"]
    sample = next(one for one in definition.samples if one.kind == "plain")
    visitor, _ = applicants.sign_in(app, sample.profile, lang="en")
    request_id = applicants.filed(app, visitor, definition, sample)
    page = visitor.get(f"/requests/{request_id}/submitted").text.partition("What to bring")[2]
    assert "national card or a valid passport; one of them" in page
    assert "Identity booklet, all pages" not in page and "Iranian passport" not in page
    assert "Valid residence permit" not in page  # optional, and was not handed in
