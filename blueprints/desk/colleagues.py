"""Names of colleagues in the reader's language; a case keeps the name as it was when they acted."""

from typing import Any
from uuid import UUID

from flask import g

from blueprints.desk.door import door
from core.staff import queries as staff
from core.web.templating import lang


def colleague(person_id: UUID | None, kept: str | None) -> str:
    """The name of somebody of this office; who is no longer here keeps the name that was noted."""
    if person_id is None:
        return kept or ""
    if "colleagues" not in g:
        g.colleagues = staff.names()
    known: dict[str, str] = g.colleagues.get(person_id, {})
    return known.get(lang()) or kept or ""


@door.context_processor
def _spoken() -> dict[str, Any]:
    return {"colleague": colleague}
