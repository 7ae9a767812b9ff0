"""A short randomized run, direct and through PgBouncer: no answer is another office's.

The long one: `python -m tests.isolation.storm --requests 100000 [--pgbouncer]`.
"""

from collections.abc import Iterator

import pytest

from core.platform.postgres import EmbeddedPostgres
from tests.integration import tenancy_house
from tests.integration.tenancy_house import House
from tests.isolation import storm

REQUESTS, OFFICES, SEED = 800, 4, 20
HAPPENS = {"killed", "rolled back", *storm.KINDS} - {"fails", "is_killed"}


@pytest.fixture(scope="module")
def house(postgres: EmbeddedPostgres) -> Iterator[House]:
    house = tenancy_house.build(postgres)
    storm.furnish(house, OFFICES)
    yield house
    tenancy_house.tear_down(postgres, house)


def test_no_request_is_ever_answered_with_another_offices_rows(house: House) -> None:
    counted = storm.run(house, REQUESTS, SEED)
    assert counted.total() == REQUESTS and set(counted) >= HAPPENS


def test_nor_through_a_pooler_in_transaction_mode(house: House) -> None:
    if not storm.is_there():
        pytest.skip("no pgbouncer on this machine (apt install pgbouncer)")
    with storm.through_pgbouncer(house) as between:
        counted = storm.run(between, REQUESTS // 2, SEED + 1)
    assert counted.total() == REQUESTS // 2
