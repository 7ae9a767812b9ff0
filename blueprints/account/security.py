"""Views: password and sessions."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.account import door
from core.accounts import actions, queries
from core.errors import Invalid, NotFound
from core.sessions import actions as sessions
from core.sessions.queries import live_sessions
from core.web.audience import actor


@door.route("/password", methods=["GET", "POST"])
def password() -> Any:
    """Set or change the password; who has one types it again first."""
    account = queries.get(actor().id)
    if request.method == "GET":
        return render_template("account/password.html", account=account, errors={})
    form = request.form
    try:
        actions.confirm_password(actor(), form.get("current", ""))
        actions.set_password(
            actor(), form.get("password", ""), form.get("again", ""), keep=actor().session_id
        )
    except Invalid as error:
        return render_template("account/password.html", account=account, errors=error.errors), 422
    return redirect(url_for("account.overview", saved="yes"), 303)


@door.route("/password/remove", methods=["GET", "POST"])
def remove_password() -> Any:
    """Back to one-time codes only."""
    account = queries.get(actor().id)
    if not account.has_password:
        raise NotFound
    if request.method == "GET":
        return render_template("account/remove_password.html", errors={})
    try:
        actions.confirm_password(actor(), request.form.get("current", ""))
    except Invalid as error:
        return render_template("account/remove_password.html", errors=error.errors), 422
    actions.remove_password(actor())
    return redirect(url_for("account.overview", saved="yes"), 303)


@door.get("/sessions")
def list_sessions() -> Any:
    """Where the account is signed in right now."""
    return render_template(
        "account/sessions.html",
        sessions=live_sessions("applicant", actor().id),
        own=actor().session_id,
    )


@door.post("/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> Response:
    """Sign out another browser; somebody else's session is not there."""
    mine = {row.id for row in live_sessions("applicant", actor().id)}
    if session_id not in mine:
        raise NotFound
    sessions.end(session_id)
    return redirect(url_for("account.list_sessions"), 303)


@door.post("/sessions/end-others")
def end_others() -> Response:
    """Sign out everywhere but here."""
    sessions.end_all("applicant", actor().id, but=actor().session_id)
    return redirect(url_for("account.list_sessions"), 303)
