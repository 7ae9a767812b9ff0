"""A question or a paper more in the service that was made up: rows with papers, amounts, a deed."""

import pytest

from tests.integration import applicants, made_up_service

noon, same_papers = applicants.noon, applicants.same_papers
CODE = made_up_service.CODE
GOOD = {
    "own_bicycle": "yes",
    "colour": "green",
    "bought_on": "1",
    "bought_on.month": "1",
    "bought_on.year": "1403",
    "bought_on.calendar": "jalali",
    "kind": "city",
}


def section(draft, key="bicycle"):
    return f"/requests/{draft}/sections/{key}"


LICENCE = """
[[documents]]
code = "OTHER"
key = "licence"
title = { fa = "گواهینامه", en = "Licence" }
per = "riders"
"""


def test_papers_follow_their_entry_and_are_nobody_elses(app):
    text = made_up_service.TEXT.replace("[[samples]]", LICENCE + "\n[[samples]]", 1)
    with made_up_service.offered(app, text):
        visitor = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
        draft = applicants.begin(visitor, CODE)

        def riders(names):
            rows = {f"riders.{at}.rider_name": name for at, name in enumerate(names)}
            visitor.get(section(draft, "riders"))
            for _ in range(2):
                visitor.submit({}, form=section(draft, "riders"), button=("_add", "riders"))
            blank = {f"riders.{at}.rider_name": "" for at in range(3)}
            return visitor.submit({**blank, **rows}, form=section(draft, "riders"))

        names = ["Sara", "Ali", "Reza"]
        assert riders(names).status == 200
        for number in (1, 2, 3):
            applicants.upload(visitor, draft, f"licence_{number}")
        handed = papers(app, draft)
        whose = {handed[f"licence_{at}"]: name for at, name in enumerate(names, 1)}
        assert len(whose) == 3
        for becomes, papers_of in (
            (["Reza", "Sara", "Ali"], ["Reza", "Sara", "Ali"]),
            (["Reza M.", "Sara", "Ali"], ["Reza", "Sara", "Ali"]),
            (["Sara", "Ali", "Dara"], ["Sara", "Ali", None]),
            (["Ali", "Dara"], ["Ali", None]),
            (["Dara M."], [None]),  # could be anybody
        ):
            riders(becomes)
            after = papers(app, draft)
            found = [whose.get(after.pop(f"licence_{at}", None)) for at in range(1, 4)]
            assert found[: len(becomes)] == papers_of, becomes
            assert found[len(becomes) :] == [None] * (3 - len(becomes)) and not after


def papers(app, draft):
    """The one file that lies at each place."""
    return {key: files[0].id for key, files in applicants.held(app, draft).handed.items()}


@pytest.mark.parametrize(("how", "left"), [("autosave", 2), ("_later", 1)])
def test_an_entry_that_is_blank_for_a_moment_keeps_its_papers(app, how, left):
    text = made_up_service.TEXT.replace("[[samples]]", LICENCE + "\n[[samples]]", 1)
    with made_up_service.offered(app, text):
        visitor = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
        draft = applicants.begin(visitor, CODE)
        address = section(draft, "riders")
        visitor.get(address)
        visitor.submit({"riders.0.rider_name": "Sara"}, form=address, button=("_add", "riders"))
        visitor.submit({"riders.1.rider_name": "Ali"}, form=address)
        for number in (1, 2):
            applicants.upload(visitor, draft, f"licence_{number}")
        page = visitor.get(address)
        token = [e.get("value") for e in page.root.iter("input") if e.get("name") == "csrf_token"]
        boxes = {"riders.0.rider_name": "", "riders.1.rider_name": "Ali", "csrf_token": token[0]}
        if how == "autosave":
            visitor.post(f"{address}/autosave", boxes, headers={"X-Autosave": "1"})
        else:
            visitor.post(address, {**boxes, "_later": "1"})
        assert len(applicants.held(app, draft).handed) == left


MONEY = """
[[sections.fields]]
key = "worth"
type = "money"
required = false
currencies = ["IRR", "EUR"]
label = { fa = "ارزش", en = "Worth" }

[[sections.fields]]
key = "paid"
type = "money"
required = false
label = { fa = "پرداخت", en = "Paid" }
"""


def test_an_amount_says_its_currency(app):
    """Only the listed ones where there is a list; else the office's own is the first of all."""
    before = '[[sections]]\nkey = "riders"'
    with made_up_service.offered(app, made_up_service.TEXT.replace(before, MONEY + before, 1)):
        visitor = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
        draft = applicants.begin(visitor, CODE)
        visitor.get(section(draft, "bicycle"))
        page = visitor.submit(
            {**GOOD, "worth": "۵۰٬۰۰۰", "paid": "10"}, form=section(draft, "bicycle")
        )
        assert page.status == 200, page.text
        answers = applicants.held(app, draft).answers
        assert answers["worth"] == {"amount": "50000", "currency": "IRR"}
        assert answers["paid"] == {"amount": "10", "currency": "GBP"}
        visitor.get(section(draft, "bicycle"))
        changed = {"worth": "7", "worth.currency": "EUR", "paid.currency": "IRR"}
        visitor.submit(changed, form=section(draft, "bicycle"))
        answers = applicants.held(app, draft).answers
        assert answers["worth"] == {"amount": "7", "currency": "EUR"}
        assert answers["paid"] == {"amount": "10", "currency": "IRR"}


DEED = """
[deed]
title = "نامه"
[[deed.paragraphs]]
text = "رنگ آن {colour} است."
"""


def test_the_papers_lead_on_to_the_text_of_the_deed(app):
    with made_up_service.offered(app, made_up_service.TEXT + DEED) as service:
        visitor, _ = applicants.sign_in(app, made_up_service.PROFILE, lang="en")
        draft = applicants.begin(visitor, CODE)
        applicants.fill_sections(app, visitor, draft, made_up_service.sample(service, "plain"))
        text = f"/requests/{draft}/text"
        assert text not in visitor.get(f"/requests/{draft}/documents").links()  # a bill is missing
        applicants.hand_in_all(app, visitor, draft)
        assert text in visitor.get(f"/requests/{draft}/documents").links()
        assert f"/requests/{draft}/check" in visitor.get(text).links()


COUNT = """
[[sections.fields]]
key = "riders_count"
type = "computed"
compute = { count = "riders" }
label = { fa = "شمار سواران", en = "Number of riders" }

[[documents]]
"""


def test_a_count_stands_where_the_rows_are_told_not_where_they_are_typed(app):
    text = made_up_service.TEXT.replace("\n[[documents]]\n", COUNT, 1)
    with made_up_service.offered(app, text) as counting:
        visitor = applicants.sign_in(app, made_up_service.PROFILE, lang="en")[0]
        draft = applicants.begin(visitor, CODE)
        assert "Number of riders" not in visitor.get(section(draft, "riders")).text
        sample = made_up_service.sample(counting, "team")
        filed = applicants.filed(app, visitor, counting, sample)
        assert "Number of riders 2" in visitor.get(f"/requests/{filed}").text
