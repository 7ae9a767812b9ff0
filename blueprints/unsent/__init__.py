"""A form that arrived after its session was over: sent now, by its person, or forgotten."""

from typing import Any

from flask import redirect, render_template

from core.sessions import unsent
from core.web.audience import UNSENT, actor, ministry_person, signed_in
from core.web.door import Door


def waiting() -> Any:
    """The form behind a button; nothing is sent by looking."""
    form = unsent.waiting(actor())
    if form is None:
        return redirect("/", 303)
    return render_template("unsent/waiting.html", form=form)


def forget() -> Any:
    """The person does not want to send it any more."""
    unsent.forget(actor())
    return redirect("/", 303)


def _door(name: str, host: str, audience: Any) -> Door:
    door = Door(name, __name__, host=host, audience=audience, url_prefix=UNSENT)
    door.add_url_rule("", view_func=waiting)
    door.add_url_rule("/forget", view_func=forget, methods=["POST"])
    return door


doors = [
    _door("unsent", "office", signed_in),
    _door("ministry_unsent", "ministry", ministry_person),
]
