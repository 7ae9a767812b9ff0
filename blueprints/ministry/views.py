"""All offices on one page, one office, and what the ministry does to them."""

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.ministry import door
from core.actor import require
from core.errors import Invalid, NotFound
from core.oversight import actions, queries, watching
from core.requests import definitions
from core.web.audience import actor
from core.web.entry.confirmed import confirmed
from core.web.once import once
from core.web.templating import address_with, lang
from tenants import registry
from tenants.provisioning import STAGES

CHANGES = {"suspend": actions.suspend, "resume": actions.resume}


@door.get("/")
def offices() -> str:
    """The table of offices."""
    sort, down = request.args.get("sort", "city"), request.args.get("order") == "down"
    search, status = request.args.get("q", "")[:100], request.args.get("status", "")
    page = request.args.get("page", 1, type=int)
    table = queries.overview(search, status, sort, down, lang(), page)
    return render_template(
        "ministry/offices.html",
        table=table,
        page_address=address_with(page="{}").replace("%7B%7D", "{}"),
        q=search,
        status=status,
        statuses=registry.STATUSES,
        sort=sort,
        down=down,
        may_open=actor().may("offices.open"),
    )


@door.get("/offices/<slug>")
def one_office(slug: str) -> str:
    """One office in figures."""
    row, hosts, changes = queries.facts(slug)
    return render_template(
        "ministry/office.html",
        line=queries.one(slug),
        row=row,
        hosts=hosts,
        changes=changes,
        services=queries.by_service(slug),
        titles={code: service.title for code, service in definitions.offered().items()},
        origin=current_app.extensions["settings"].origin(hosts[0]) if hosts else None,
        may_suspend=actor().may("offices.suspend"),
        may_erase=actor().may("offices.erase"),
    )


@door.get("/open")
def choose_office() -> str:
    """The offices of the reference list that are not open yet."""
    require(actor(), "offices.open")
    search = request.args.get("q", "")[:100]
    return render_template(
        "ministry/choose.html", offices=queries.not_open_yet(search, lang()), q=search
    )


@door.get("/open/<slug>")
@confirmed
def confirm_opening(slug: str) -> str:
    """What will be opened, and for whom the first invitation is."""
    require(actor(), "offices.open")
    return _opening_page(slug, {})


def _opening_page(slug: str, errors: dict) -> str:
    office = queries.reference_office(slug)
    if office.slug not in {known.slug for known in queries.not_open_yet()}:
        raise NotFound
    base_domain = current_app.extensions["settings"].base_domain
    return render_template(
        "ministry/open.html",
        new=office,
        host=queries.host_of(office.slug, base_domain),
        typed=request.form,
        errors=errors,
        stages=STAGES,
    )


@door.get("/open/<slug>/stage")
def opening_stage(slug: str) -> Response:
    """How far an opening is that runs now; the page asks while it waits for the form's answer."""
    require(actor(), "offices.open")
    office = queries.reference_office(slug)
    settings = current_app.extensions["settings"]
    return jsonify(stage=watching.stage(settings.redis_url, office.slug))


@door.post("/open/<slug>")
@confirmed
@once
def open_office(slug: str) -> Response | tuple[str, int]:
    """Open it: takes about a second, all or nothing; then the office's page has the stages."""
    admin = actions.FirstAdmin(
        email=request.form.get("email", ""),
        name_fa=request.form.get("name_fa", ""),
        name_en=request.form.get("name_en", ""),
        lang=request.form.get("lang", "fa"),
    )
    office, settings = queries.reference_office(slug), current_app.extensions["settings"]
    teller = watching.Teller(settings.redis_url, office.slug)
    try:
        actions.open_office(actor(), settings, office, admin, teller)
    except Invalid as error:
        return _opening_page(slug, error.errors), error.status
    flash(_("The office is open, and the first admin's invitation is on its way."))
    return redirect(url_for(".one_office", slug=office.slug), 303)


@door.get("/offices/<slug>/<any(suspend, resume):act>")
@confirmed
def confirm_change(slug: str, act: str) -> str:
    """Ask for the reason before the office is suspended or resumed."""
    require(actor(), "offices.suspend")
    return _change_page(slug, act, {})


def _change_page(slug: str, act: str, errors: dict) -> str:
    return render_template(
        "ministry/change.html",
        line=queries.one(slug),
        act=act,
        reason=request.form.get("reason", ""),
        errors=errors,
    )


@door.post("/offices/<slug>/<any(suspend, resume):act>")
@confirmed
@once
def change(slug: str, act: str) -> Response | tuple[str, int]:
    """Suspend or resume."""
    try:
        CHANGES[act](actor(), slug, request.form.get("reason", ""))
    except Invalid as error:
        return _change_page(slug, act, error.errors), error.status
    flash(_("The office is suspended.") if act == "suspend" else _("The office is open again."))
    return redirect(url_for(".one_office", slug=slug), 303)
