"""Who may do what with documents. Whose request it is, the request's own policies say."""

from __future__ import annotations

from core.actor import Actor
from core.documents.models import Document


def may_give(actor: Actor, owner_id) -> bool:
    """The owner of the request gives documents; an office's staff may add one for them."""
    return actor.kind in ("staff", "system") or (actor.kind == "applicant" and actor.id == owner_id)


def may_look(document: Document) -> bool:
    """Only what passed every check is shown, to anybody."""
    return document.is_released
