"""Pages for everybody: nothing here needs an account."""

from flask import current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.public import samples
from blueprints.public.offices import countries, working_days
from blueprints.public.services import groups
from core.errors import NotFound
from core.text import TextRefused, clean
from core.web.templating import lang
from tenants import registry


def home() -> ResponseReturnValue:
    """What one can do here, by subject."""
    return render_template(
        "public/home.html", groups=groups(lang()), working_days=working_days(g.office, lang())
    )


def help_page() -> ResponseReturnValue:
    """The questions that people ask most."""
    return render_template(
        "public/help.html", questions=_questions(), working_days=working_days(g.office, lang())
    )


def finder() -> ResponseReturnValue:
    """Offices by country and city; what was typed may be in either script."""
    try:
        wanted = clean(request.args.get("q", ""))[:80]
    except TextRefused:
        wanted = ""
    origin = current_app.extensions["settings"].origin
    found = countries(registry.all_offices(), wanted, origin, lang())
    return render_template("public/finder.html", wanted=wanted, countries=found)


def style() -> ResponseReturnValue:
    """Every part of the pages on one page, for those who build them."""
    if current_app.extensions["settings"].production:
        raise NotFound
    return render_template("public/style.html", samples=samples.parts())


def _questions() -> list[tuple[str, str]]:
    return [
        (
            _("How do I begin?"),
            _("Choose a service and press its button. You sign in with your e-mail, your national "
              "ID and a one-time code; the first time you also fill in your details once."),
        ),
        (
            _("The one-time code does not arrive"),
            _("Wait two minutes and look into the folder for unwanted mail. Check that the address "
              "is typed correctly, then ask for a new code; only the newest one works."),
        ),
        (
            _("I have no national ID"),
            _("Ask the office for a special code. You use it in place "
              "of the national ID."),
        ),
        (
            _("Can I stop and go on later?"),
            _("Yes. Each page saves itself. Sign in again and open “My requests”."),
        ),
        (
            _("I was asked to correct something"),
            _("Open the request: only the items that need correction can be changed. "
              "The tracking code stays the same."),
        ),
        (
            _("Which documents may I upload?"),
            _("Photos (JPEG, PNG, HEIC) and PDF, up to 10 MB each. Lay the paper flat, "
              "in daylight, with all four corners in the picture."),
        ),
        (
            _("Must I come in person?"),
            _("The page of each service says so. Where a visit is needed, you are invited when "
              "your papers have been checked."),
        ),
    ]  # fmt: skip
