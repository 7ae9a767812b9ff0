"""A request from the service's page to its receipt, through HTTP."""

import pytest

from core import clock
from core.catalogue import reader
from core.catalogue.conditions import blank
from tests.integration import applicants

CODES = ("passport-renewal", "power-of-attorney", "enrolment-certificate")
SAMPLES = [
    pytest.param(code, sample, id=f"{code}-{sample.key}")
    for code in CODES
    if (definition := reader.load_all().get(code))
    for sample in definition.samples
]


@pytest.fixture(autouse=True)
def noon():
    with clock.at(applicants.NOON):
        yield


@pytest.mark.parametrize(("code", "sample"), SAMPLES)
def test_a_sample_goes_from_the_service_page_to_the_receipt(app, code, sample):
    visitor, account_id = applicants.sign_in(app, sample.profile)
    sample = applicants.with_references(app, account_id, sample, code)
    if sample.stop:
        request_id = applicants.begin(visitor, code)
        walk_until_stopped(app, visitor, request_id, sample)
        return
    request_id = applicants.whole_request(app, visitor, code, sample)
    assert applicants.CODE.search(visitor.page.text)
    situation = applicants.held(app, request_id)
    answers = {key: plain(value) for key, value in situation.request.answers.items()}
    assert {key: value for key, value in answers.items() if not blank(value)} == sample.answers
    receipt = visitor.get(f"/requests/{request_id}/receipt.pdf").response
    assert receipt.mimetype == "application/pdf" and receipt.data.startswith(b"%PDF")
    assert visitor.get(f"/requests/{request_id}").status == 200


def plain(value):
    """An answer without the words kept beside a reference and the parts left open of a date."""
    if not isinstance(value, dict):
        return value
    return {key: part for key, part in value.items() if key != "label" and part is not None}


def walk_until_stopped(app, visitor, request_id, sample):
    situation = applicants.held(app, request_id)
    told = next(r for r in situation.definition.eligibility if r.key == sample.stop).told
    seen = ""
    for section in situation.sections:
        page = applicants.fill_section(
            visitor, request_id, situation.definition, section.key, sample
        )
        seen += page.text
    assert told["fa"] in seen + visitor.get(f"/requests/{request_id}").text
    assert visitor.get(f"/requests/{request_id}/check").url == f"/requests/{request_id}"
