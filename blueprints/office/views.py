"""The first page of the administration: what the office is set to."""

from flask import render_template

from blueprints.office import door
from core.staff import queries
from core.web.language import chosen_language


@door.get("")
def overview() -> str:
    """The office's settings at a glance."""
    return render_template(
        "office_admin/overview.html", people=queries.everybody(chosen_language())
    )
