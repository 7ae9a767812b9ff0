"""What the outbox does with an office's own words about how it is reached."""

from typing import Any
from uuid import UUID

from core.overlay import queries, reach
from core.overlay.models import OFFICE
from tenants import lifecycle
from tenants.scope import current_office, ministry


def tell_contact(_: UUID, __: dict[str, Any]) -> None:
    """Take the newest choice into the registry, whichever of them rang."""
    newest = queries.choice(OFFICE, reach.KEY)
    known = reach.told(newest.value or {}) if newest else {}
    slug = current_office().slug
    with ministry():
        lifecycle.set_contact(slug, known)


HANDLERS = {"office_contact": tell_contact}
