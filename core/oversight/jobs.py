"""What the outbox does with a figure: hand it from the office to the ministry."""

from typing import Any
from uuid import UUID

from core.oversight import figures
from tenants.scope import current_office, ministry


def fold_statistic(row_id: UUID, payload: dict[str, Any]) -> None:
    """Fold in the ministry's scope; the office is the one whose outbox held the row."""
    slug = current_office().slug
    with ministry():
        figures.fold(row_id, slug, payload)


HANDLERS = {"statistic": fold_statistic}
