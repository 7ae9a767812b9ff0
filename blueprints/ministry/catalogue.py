"""The versions of the services: what is published, what the files say, publishing, withdrawing."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blueprints.ministry import door
from core.actor import require
from core.errors import Invalid, NotFound
from core.publishing import actions, national, policies, queries, retiring
from core.web.audience import actor
from core.web.entry.confirmed import confirmed
from core.web.once import once
from core.web.templating import num


@door.get("/catalogue")
def services() -> str:
    """Every service: its published version, and how the release's file stands to it."""
    require(actor(), "offices.see")
    lines, retired = queries.overview(), queries.withdrawn()
    return render_template(
        "ministry/services.html",
        lines=lines,
        waiting=len(queries.waiting_of(lines, retired)),
        retired=retired,
        may_publish=policies.may_publish(actor()),
    )


@door.get("/catalogue/<code>")
def service(code: str) -> str:
    """The versions of a service, and the difference of any two neighbours in words."""
    require(actor(), "offices.see")
    return render_template(
        "ministry/service.html",
        story=queries.story(code),
        retirements=queries.retirements(code),
        services=national.offered(),
        may_publish=policies.may_publish(actor()),
    )


@door.get("/catalogue/publish")
@confirmed
def confirm_publishing() -> str:
    """Everything that would be published now."""
    require(actor(), "catalogue.publish")
    return render_template(
        "ministry/publish.html", waiting=queries.waiting(), pending=[], code=None
    )


@door.get("/catalogue/<code>/publish")
@confirmed
def confirm_version(code: str) -> str:
    """The version that would be published now, with what it changes."""
    require(actor(), "catalogue.publish")
    story = queries.story(code)
    if story.line.state != "unpublished":
        raise NotFound
    return render_template(
        "ministry/publish.html", waiting=[story.line], pending=story.pending, code=code
    )


@door.post("/catalogue/publish")
@confirmed
@once
def publish() -> Response:
    """Publish whatever is new."""
    require(actor(), "catalogue.publish")
    new = actions.publish(actor(), [line.file for line in queries.waiting() if line.file])
    told = ngettext("%(num)s version is published.", "%(num)s versions are published.", len(new))
    flash(num(told))
    return redirect(url_for(".services"), 303)


@door.post("/catalogue/<code>/publish")
@confirmed
@once
def publish_version(code: str) -> Response:
    """Publish this service's new version."""
    require(actor(), "catalogue.publish")
    file = queries.story(code).line.file
    if file is None:
        raise NotFound
    new = actions.publish(actor(), [file])
    flash(_("The version is published.") if new else _("Nothing is new."))
    return redirect(url_for(".service", code=code), 303)


@door.get("/catalogue/<code>/<any(retire, return):act>")
@confirmed
def confirm_retiring(code: str, act: str) -> str:
    """Ask for the reason, and what people are told, before a service is withdrawn or returns."""
    require(actor(), "catalogue.publish")
    return _retiring_page(code, act, {})


@door.post("/catalogue/<code>/<any(retire, return):act>")
@confirmed
@once
def change_retirement(code: str, act: str) -> Response | tuple[str, int]:
    """Withdraw the service from all offices, or offer it again."""
    require(actor(), "catalogue.publish")
    boxes = request.form
    try:
        if act == "retire":
            told = {"fa": boxes.get("told_fa", ""), "en": boxes.get("told_en", "")}
            after = boxes.get("successor", "")
            reason = boxes.get("reason", "")
            retiring.retire(actor(), code, reason=reason, told=told, successor=after)
        else:
            retiring.bring_back(actor(), code, reason=boxes.get("reason", ""))
    except Invalid as error:
        return _retiring_page(code, act, error.errors), error.status
    flash(_("The service is withdrawn.") if act == "retire" else _("The service is offered again."))
    return redirect(url_for(".service", code=code), 303)


def _retiring_page(code: str, act: str, errors: dict) -> str:
    """NotFound for a service that there is not, or that is so already."""
    services = national.offered()
    if code not in services or (code in queries.withdrawn()) == (act == "retire"):
        raise NotFound
    others = sorted(national.open_now().values(), key=lambda one: one.ref)
    return render_template(
        "ministry/retire.html",
        service=services[code],
        act=act,
        others=[{"key": one.code, "label": one.title} for one in others],
        typed=request.form,
        errors=errors,
    )
