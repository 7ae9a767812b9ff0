"""Another third of the services, walked from their page to the last state."""

import pytest

from tests.integration import applicants, walking

same_papers = applicants.same_papers


@pytest.mark.parametrize(("definition", "sample", "lang"), list(walking.walks(1, 3)))
def test_a_sample_goes_from_the_service_page_to_its_last_state(app, definition, sample, lang):
    walking.walk(app, definition, sample, lang)
