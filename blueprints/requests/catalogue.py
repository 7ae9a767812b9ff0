"""Views: what the office offers."""

from flask import render_template, request
from flask_babel import gettext as _

from blueprints.requests import checklist, prospect, services
from core.catalogue import guide, search
from core.catalogue.definition import Definition
from core.catalogue.reference import entries
from core.errors import NotFound
from core.overlay import queries as overlay
from core.overlay.laying import lay_over
from core.requests import definitions
from core.web.templating import words

SUPPORT = ("G06", "G02")  # questions and answers; corrections of one's own data


@services.get("")
def index() -> str:
    """All services by name; of one group, or found, with what each is for."""
    wanted = " ".join(request.args.get("q", "")[:100].split())
    only = request.args.get("group", "")
    terms, offered = overlay.every_service(), definitions.here()
    named = search.find(offered, wanted) if wanted else offered
    found = [lay_over(service, terms[service.code]) for service in named]
    groups = [
        {"key": key, "title": group, "services": [item for item in found if item.group == key]}
        for key, group in entries("groups").items()
    ]
    return render_template(
        "services/index.html",
        groups=[group for group in groups if group["services"] and only in ("", group["key"])],
        wanted=wanted,
        only=only,
        found=found,
        support=_support(),
    )


@services.get("/find")
def find() -> str:
    """One question a page, from what happened to a short list of services."""
    trail = [key for key in request.args.get("at", "").split(".") if key]
    try:
        step = guide.follow(trail, definitions.here())
    except KeyError:
        raise NotFound from None
    return render_template(
        "services/find.html",
        step=step,
        trail=trail,
        support=_support(),
    )


def _support() -> list[Definition]:
    """Where questions are answered when nothing fits, as far as it is offered."""
    known = {service.ref: service for service in definitions.here()}
    return [known[ref] for ref in SUPPORT if ref in known]


@services.get("/<code>")
def show(code: str) -> str:
    """The one place that answers: may I, what do I need, what does it cost, must I come.

    Reacts to up to three questions, whose answers stand in the address.
    """
    terms = overlay.terms(code)
    service = lay_over(definitions.newest(code), terms)
    outlook = checklist.outlook_of(service, terms)
    glance = [
        (_("Fee here"), checklist.fee_in_short(outlook)),
        (_("How long"), words(service.duration)),
        (_("Visit"), checklist.visit_in_short(outlook)),
    ]
    return render_template(
        "services/show.html",
        service=service,
        terms=terms,
        services_by_ref=definitions.by_ref(),
        for_whom=prospect.for_whom(service),
        at_a_glance=glance,
        questions=checklist.questions(outlook),
        stops=outlook.stops,
        warnings=outlook.warnings,
        papers=checklist.papers(outlook),
        fees=checklist.fees(outlook),
        years=checklist.fee_years(outlook),
        rate=checklist.rate(outlook),
        visit=checklist.visit(outlook),
    )
