"""What the outbox does with a figure: hand it to the ministry; and the nightly recount."""

from typing import Any
from uuid import UUID

from core.oversight import figures, recount
from tenants.scope import current_office, ministry


def fold_statistic(row_id: UUID, payload: dict[str, Any]) -> None:
    """Fold in the ministry's scope; the office is the one whose outbox held the row."""
    slug = current_office().slug
    with ministry():
        figures.fold(row_id, slug, payload)


HANDLERS = {"statistic": fold_statistic}
HOUSEKEEPING = {recount.report: 24 * 60}
