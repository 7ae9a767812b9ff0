"""The way of every request: site, scope, origin, actor, audience; and the one commit at the end.

GET and HEAD run in a read-only transaction. An unsafe request commits exactly once, here, when
its answer is a success or a redirect; anything else rolls back.
"""

import logging
import time
from contextlib import suppress
from uuid import uuid4

import psycopg
from flask import Flask, Response, current_app, g, request
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, current_user
from sqlalchemy.exc import DBAPIError

from core.actor import NOBODY
from core.errors import DomainError, NotFound, Unavailable
from core.platform import production
from core.sessions import queries as sessions
from core.web import origin
from core.web.cookies import read_session
from core.web.door import Door
from core.web.errors import database_failed
from core.web.site import current_site
from tenants import registry, walls
from tenants.database import db
from tenants.migrations.steps import head
from tenants.scope import Scope, close_scope, open_scope

log = logging.getLogger("mikhak.gate")
# Sent by pages that refresh themselves: nobody is at work, so the session grows old meanwhile.
BACKGROUND = "X-Background"


class ForeignHost(DomainError):
    """A host name that was never ours."""

    status = 400
    sentence = _l("This address does not belong to Mikhak.")


class UnknownOffice(NotFound):
    """A name under our domain that no office has."""

    sentence = _l("There is no office at this address.")


class Suspended(DomainError):
    """An office that is closed to the public for the time being."""

    status = 503
    sentence = _l("This office does not take requests online at the moment.")


class Closed(DomainError):
    """An office that is closed for good; the page names who took over."""

    status = 410
    sentence = _l("This office is closed for good.")


class BeingUpdated(DomainError):
    """The office's schema is behind the code; the migration is on its way."""

    status = 503
    passes = True
    sentence = _l("This office is being updated. Try again in a few minutes.")


class Guarded:
    """Whether the database's walls stand, and in production no demo people live behind them:
    asked before the first request that is served.

    What is wrong is asked for again after a while, because somebody will put it right.
    """

    PATIENCE = 10.0

    def __init__(self) -> None:
        self.safe = False
        self.ask_again_at = 0.0

    def need(self) -> None:
        """Raise Unavailable while something is wrong; what it is goes to the log only."""
        if self.safe:
            return
        if time.monotonic() >= self.ask_again_at:
            try:
                faults = walls.faults() + production.faults(current_app.extensions["settings"])
            except psycopg.Error as error:  # it went away while it was asked
                raise Unavailable from error
            self.safe, self.ask_again_at = not faults, time.monotonic() + self.PATIENCE
            for fault in faults:
                log.critical("not serving: %s", fault)
        if not self.safe:
            raise Unavailable


def install(app: Flask) -> None:
    """Hang the gate before and after every view."""
    app.extensions["guarded"] = Guarded()
    app.extensions["schema_head"] = head("office")
    people = LoginManager(app, add_context_processor=False)
    people.session_protection = None  # our sessions are rows in PostgreSQL, not this cookie
    people.anonymous_user = lambda: NOBODY
    people.request_loader(
        lambda asked: sessions.load(read_session(), awake=BACKGROUND not in asked.headers)
    )
    app.before_request(_enter)
    app.after_request(_settle)
    app.teardown_request(_leave)


def _enter() -> Response | None:
    g.request_id = g.get("asked_id") or uuid4().hex[:12]
    g.actor, g.office, g.scope_token = NOBODY, current_site().office, None
    _check_site()
    origin.check_origin()
    door = current_app.blueprints.get(request.blueprint or "")
    if not isinstance(door, Door):
        return None  # no route matched: Flask answers 404
    if door.scoped:
        if request.method in origin.UNSAFE:
            # Before there is a connection: a slow line would keep it from everybody else.
            request.get_data(parse_form_data=True)
        current_app.extensions["guarded"].need()
        g.scope_token = open_scope(_scope_of(door))
        g.actor = current_user._get_current_object()
    return door.audience(g.actor)


def _check_site() -> None:
    site = current_site()
    if site.kind == "foreign":
        raise ForeignHost
    if site.kind == "unreachable":
        raise Unavailable
    if site.kind == "unknown":
        raise UnknownOffice
    if site.office is None or (request.endpoint or "").startswith("health"):
        return
    if site.office.status == "suspended":
        raise Suspended
    if site.office.status == "closed":
        g.successor = registry.successor_of(site.office)
        raise Closed
    if site.office.status != "active":
        raise UnknownOffice
    if site.office.schema_version < current_app.extensions["schema_head"]:
        raise BeingUpdated


def _scope_of(door: Door) -> Scope:
    read_only = request.method in ("GET", "HEAD", "OPTIONS")
    if door.host == "ministry":
        return Scope(None, read_only)
    return Scope(current_site().office, read_only)


def _settle(response: Response) -> Response:
    """Commit a success, forget the rest; the answer leaves only after the database agreed.

    What only read has nothing to forget: closing the scope ends its transaction.
    """
    if g.get("scope_token") is None or request.method not in origin.UNSAFE:
        return response
    if response.status_code < 400:
        try:
            db.session.commit()
        except DBAPIError as error:
            return database_failed(error)  # nobody knows if it happened: the same form tells
    else:
        with suppress(DBAPIError):  # a lost connection has rolled back by itself
            db.session.rollback()
    return response


def _leave(_: BaseException | None) -> None:
    token = g.pop("scope_token", None)
    if token is not None:
        close_scope(token, commit=False)
