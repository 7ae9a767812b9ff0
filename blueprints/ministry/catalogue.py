"""The versions of the services: what is published, what the release's files say, publishing."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blueprints.ministry import door
from core.actor import require
from core.errors import NotFound
from core.publishing import actions, policies, queries
from core.web.audience import actor
from core.web.entry.confirmed import confirmed
from core.web.once import once
from core.web.templating import num


@door.get("/catalogue")
def services() -> str:
    """Every service: its published version, and how the release's file stands to it."""
    require(actor(), "offices.see")
    lines = queries.overview()
    return render_template(
        "ministry/services.html",
        lines=lines,
        waiting=sum(1 for line in lines if line.state == "unpublished"),
        may_publish=policies.may_publish(actor()),
    )


@door.get("/catalogue/<code>")
def service(code: str) -> str:
    """The versions of a service, and the difference of any two neighbours in words."""
    require(actor(), "offices.see")
    return render_template(
        "ministry/service.html",
        story=queries.story(code),
        may_publish=policies.may_publish(actor()),
    )


@door.get("/catalogue/publish")
@confirmed
def confirm_publishing() -> str:
    """Everything that would be published now."""
    require(actor(), "catalogue.publish")
    waiting = [line for line in queries.overview() if line.state == "unpublished"]
    return render_template("ministry/publish.html", waiting=waiting, pending=[], code=None)


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
    waiting = [line for line in queries.overview() if line.state == "unpublished"]
    new = actions.publish(actor(), [line.file for line in waiting if line.file])
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
