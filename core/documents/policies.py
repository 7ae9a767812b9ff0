"""Who may do what with documents. Whose request it is, the request's own policies say."""

from __future__ import annotations

from uuid import UUID

from core.actor import Actor
from core.documents.models import Document


def may_give(actor: Actor, owner_id: UUID) -> bool:
    """The owner of the request; at the desk whoever may correct requests; the system itself."""
    if actor.kind == "applicant":
        return actor.id == owner_id
    return actor.kind == "system" or (actor.kind == "staff" and actor.may("requests.correct"))


def may_look(document: Document) -> bool:
    """Only what passed every check is shown, to anybody."""
    return document.is_released
