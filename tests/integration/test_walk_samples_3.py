"""Another third of the services, walked from their page to the last state."""

import pytest

from core.documents import inspection
from tests.integration import walking


@pytest.fixture(autouse=True, scope="module")
def pictures():
    """The same few are handed in by everybody, and looked at once."""
    with inspection.remembering():
        yield


@pytest.mark.parametrize(("definition", "sample", "lang"), list(walking.walks(2, 3)))
def test_a_sample_goes_from_the_service_page_to_its_last_state(app, definition, sample, lang):
    walking.walk(app, definition, sample, lang)
