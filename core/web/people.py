"""The people page: the same for an office's admin and for the ministry's superadmin."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.errors import Forbidden, Invalid
from core.staff import actions, policies, queries
from core.staff.queries import Person
from core.web.audience import actor
from core.web.door import Door
from core.web.entry.confirmed import confirmed
from core.web.language import chosen_language
from core.web.once import once

ACTS = {
    "suspend": actions.suspend,
    "resume": actions.resume,
    "reset-second-factor": actions.reset_second_factor,
    "invite-again": actions.invite_again,
}


def hang_on(door: Door, path: str, layout: str) -> None:
    """Give the door its people pages under a path; `layout` is the template around them."""
    door.add_url_rule(path, "people", listed, defaults={"layout": layout})
    door.add_url_rule(f"{path}/new", "new_person", new_person, defaults={"layout": layout})
    door.add_url_rule(
        f"{path}/new", "invite", invite, defaults={"layout": layout}, methods=["POST"]
    )
    one = f"{path}/<uuid:person_id>"
    door.add_url_rule(one, "person", person, defaults={"layout": layout})
    door.add_url_rule(
        f"{one}/roles", "change_roles", change_roles, defaults={"layout": layout}, methods=["POST"]
    )
    acts = ",".join(f"'{act}'" for act in ACTS)
    door.add_url_rule(f"{one}/<any({acts}):act>", "ask", ask, defaults={"layout": layout})
    door.add_url_rule(f"{one}/<any({acts}):act>", "do", do, methods=["POST"])


def listed(layout: str) -> str:
    """Everybody, with roles and state."""
    return render_template(
        "people/list.html",
        layout=layout,
        people=queries.everybody(chosen_language()),
        roles=queries.roles_here(),
        manages=policies.may_manage(actor()),
    )


@confirmed
def new_person(layout: str) -> str:
    """The form of an invitation."""
    _require_manager()
    return _form(layout, {})


def _require_manager() -> None:
    """Raise Forbidden for whoever may only look at the list."""
    if not policies.may_manage(actor()):
        raise Forbidden


def _form(layout: str, errors: dict) -> str:
    return render_template(
        "people/new.html",
        layout=layout,
        roles=queries.roles_here(),
        typed=request.form,
        chosen=request.form.getlist("roles"),
        errors=errors,
    )


@confirmed
@once
def invite(layout: str) -> Response | tuple[str, int]:
    """Invite somebody."""
    try:
        invited = actions.invite(
            actor(),
            email=request.form.get("email", ""),
            name_fa=request.form.get("name_fa", ""),
            name_en=request.form.get("name_en", ""),
            roles=request.form.getlist("roles"),
            lang=request.form.get("lang", "fa"),
        )
    except Invalid as error:
        return _form(layout, error.errors), error.status
    flash(_("The invitation to %(email)s is on its way.", email=invited.email))
    return _to(invited)


def person(person_id: UUID, layout: str) -> str:
    """One person: roles, state, and what can be done."""
    return _person_page(queries.get(person_id), layout, {})


def _person_page(found: Person, layout: str, errors: dict) -> str:
    return render_template(
        "people/person.html",
        layout=layout,
        person=found,
        roles=queries.roles_here(),
        passkeys=queries.passkeys_of(found.id),
        manages=policies.may_manage(actor()) and not policies.is_self(actor(), found),
        errors=errors,
    )


@confirmed
@once
def change_roles(person_id: UUID, layout: str) -> Response | tuple[str, int]:
    """Give other roles."""
    found = queries.get(person_id)
    try:
        actions.change_roles(actor(), found, request.form.getlist("roles"))
    except Invalid as error:
        return _person_page(found, layout, error.errors), error.status
    flash(_("The roles are changed. The person signs in anew."))
    return _to(found)


@confirmed
def ask(person_id: UUID, act: str, layout: str) -> str:
    """Ask once more before the person loses or regains something."""
    _require_manager()
    return render_template("people/ask.html", layout=layout, person=queries.get(person_id), act=act)


@confirmed
@once
def do(person_id: UUID, act: str) -> Response:
    """Do what was asked."""
    found = queries.get(person_id)
    ACTS[act](actor(), found)
    flash(_("Done."))
    return _to(found)


def _to(found: Person) -> Response:
    return redirect(url_for(".person", person_id=found.id), 303)  # type: ignore[return-value]
