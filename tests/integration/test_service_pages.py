"""The public pages of services: the check list reacts, the questions lead, search finds."""

import pytest

from tests.critic import Visitor

RENEWAL = "/services/passport-renewal"


@pytest.fixture
def guest(visitor) -> Visitor:
    """Somebody without an account, reading English."""
    return visitor("london", lang="en")


def test_the_check_list_follows_the_answers_in_the_address(guest: Visitor) -> None:
    bare = guest.get(RENEWAL).text
    assert "Answer 3 questions" in bare and "Statement on your residence" in bare
    assert "is “No valid residence”" in bare  # in words, while it is not known
    answered = guest.get(f"{RENEWAL}?reason=expiry&residency_category=none").text
    assert "is “No valid residence”" not in answered
    assert "a laissez-passer is quicker" in answered
    assert answered.index("Statement on your residence") < answered.index("Needed only in some")
    settled = guest.get(f"{RENEWAL}?reason=expiry&residency_category=citizen").text
    assert "Statement on your residence" not in settled


def test_a_stop_names_the_service_that_fits(guest: Visitor) -> None:
    page = guest.get(f"{RENEWAL}?reason=lost")
    assert "This request cannot be filed" in page.text
    assert page.links().count("/services/lost-passport") == 2  # the rule, and the stop


def test_who_may_speaks_of_whoever_files_and_leads_elsewhere_once(guest: Visitor) -> None:
    page = guest.get("/services/birth-registration")
    assert "You, for yourself." not in page.text  # it is about a child, whoever declares it
    assert "You, for yourself." in guest.get(RENEWAL).text  # others may file for somebody, too
    assert "The child is under 15. In other cases: First identity" in page.text
    student = guest.get("/services/student-passport").links()
    assert student.count("/services/passport-renewal") == 1  # two rules running


@pytest.mark.parametrize(
    "query", ["reason=nonsense", "reason=%00", "x=y&reason=", "reason=lost" * 9]
)
def test_what_is_not_an_answer_changes_nothing(guest: Visitor, query: str) -> None:
    page = guest.get(f"{RENEWAL}?{query}")
    assert page.status == 200 and "This request cannot be filed" not in page.text


def test_the_limits_of_files_are_said_once(guest: Visitor) -> None:
    assert guest.get(RENEWAL).text.count("up to 10 MB") == 1


def test_questions_lead_to_services_and_out_again(guest: Visitor) -> None:
    assert "Something happened in my family" in guest.get("/services/find").text
    marriage = guest.get("/services/find?at=family.marriage").links()
    assert "/services/find?at=family" in marriage  # back
    assert "/services/question-and-answer" in marriage
    last = guest.get("/services/find?at=family.marriage.register").links()
    assert "/services/marriage-iranian-spouses" in last
    assert guest.get("/services/find?at=family.nowhere").status == 404
