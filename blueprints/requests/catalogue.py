"""Views: what the office offers."""

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from blueprints.requests import finding, prospect, services
from core.catalogue.reference import entries
from core.requests import definitions
from core.web.templating import words


@services.get("")
def index() -> str:
    """All services by name; of one group, or found, with what each is for."""
    wanted = " ".join(request.args.get("q", "")[:100].split())
    only = request.args.get("group", "")
    found = sorted(definitions.offered().values(), key=lambda service: service.ref)
    if wanted:
        found = finding.find(found, wanted)
    groups = [
        {"key": key, "title": group, "services": [item for item in found if item.group == key]}
        for key, group in entries("groups").items()
    ]
    shown = [group for group in groups if group["services"] and only in ("", group["key"])]
    return render_template(
        "services/index.html",
        groups=shown,
        wanted=wanted,
        only=only,
        brief=not (wanted or only),
        found=len(found),
    )


@services.get("/<code>")
def show(code: str) -> str:
    """The one place that answers: may I, what do I need, what does it cost, must I come."""
    service = definitions.newest(code)
    fees = prospect.fee_lines(service)
    glance = [
        (_("Fee here"), _fee_in_short(fees)),
        (_("How long"), words(service.duration)),
    ]
    return render_template(
        "services/show.html",
        services_by_ref=definitions.by_ref(),
        fees=fees,
        years=prospect.fee_years(service),
        at_a_glance=glance,
        for_whom=prospect.for_whom(service),
        **_common(service),
    )


@services.get("/<code>/checklist")
def checklist(code: str) -> str:
    """The papers to print and tick."""
    return render_template("services/checklist.html", **_common(definitions.newest(code)))


def _common(service: Any) -> dict[str, Any]:
    return {
        "service": service,
        "documents": prospect.documents(service),
        "visit": prospect.visit_words(service),
    }


def _fee_in_short(fees: list[dict[str, Any]]) -> str:
    if not fees:
        return _("free")
    if len(fees) == 1 and not fees[0]["depends"]:
        return fees[0]["amount"]
    return _("depends on your case")
