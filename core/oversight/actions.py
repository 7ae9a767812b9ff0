"""What the ministry does to offices: open, suspend, resume. Page and command do the same thing."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from config.settings import Settings
from core.actor import SYSTEM, Actor
from core.audit import actions as audit
from core.clock import now
from core.documents.keys import new_office_key, root_key
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.oversight import policies
from core.oversight.models import OfficeChange
from core.requests.jobs import give_back
from core.sessions import actions as sessions
from core.staff import actions as staff
from core.staff import queries as people
from core.text import TextRefused, clean
from tenants import lifecycle, provisioning
from tenants.database import db
from tenants.provisioning import CannotOpen, Opening
from tenants.reference import NewOffice
from tenants.registry import Office, UnknownOffice
from tenants.scope import office as office_scope

LONGEST_REASON = 500
REASON_NEEDED = _l("Write the reason in a sentence, at most 500 characters.")
SHUTS = ("suspended", "closed")
A_DAY = timedelta(days=1)
RESULT = {"suspended": "suspended", "resumed": "active"}
NOT_NOW = _l("The office is not in a state in which this is possible. Look at it again.")


@dataclass(frozen=True)
class FirstAdmin:
    """Who runs the new office; invited by mail as soon as it is open."""

    email: str
    name_fa: str
    name_en: str
    lang: str = "fa"


@dataclass
class Stages:
    """How far the opening is, and how long each stage took; told on as it goes."""

    tell: Callable[[str], None]
    began: float = field(default_factory=time.monotonic)
    done: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, stage: str) -> None:
        self.done.append({"stage": stage, "ms": round((time.monotonic() - self.began) * 1000)})
        self.tell(stage)


def open_office(
    actor: Actor,
    settings: Settings,
    office: NewOffice,
    admin: FirstAdmin | None,
    progress: Callable[[str], None] = lambda _stage: None,
) -> bool:
    """Open an office with its first admin; True when it was opened, False when it was open.

    One transaction holds all of it: schema, registry, key, the admin's invitation in the office's
    outbox, both audit trails. Killed at any point nothing is left and the same call does it again.
    Raises Forbidden, Invalid (the admin's fields), Conflict with the reason.
    """
    if not policies.may_open(actor):
        raise Forbidden
    stages = Stages(progress)
    opening = Opening(
        hosts=lifecycle.default_hosts(office.slug, settings.base_domain),
        wrapped_key=lambda: new_office_key(root_key(settings), office.slug),
        after_open=lambda: _first_rows(actor, admin),
        in_ministry=lambda: note(actor, office.slug, "opened", stages=stages.done),
    )
    try:
        return provisioning.open_office(settings.owner_database_url, office, opening, stages)
    except CannotOpen as error:
        sentence = _l("Nothing was changed, because: %(why)s", why=str(error))
        raise Conflict(sentence) from error


def invite_first_admin(admin: FirstAdmin) -> None:
    """Invite the admin, in the office's scope; a repeat for the same address changes nothing."""
    if people.by_email(admin.email) is None:
        staff.invite(
            SYSTEM,
            email=admin.email,
            name_fa=admin.name_fa,
            name_en=admin.name_en,
            roles=["admin"],
            lang=admin.lang,
        )


def suspend(actor: Actor, slug: str, reason: str) -> None:
    """Close an office to the public for the time being; its reason is kept.

    Raises Forbidden, NotFound, Invalid (no reason), Conflict (not active).
    """
    _change(actor, slug, "suspended", reason, lifecycle.suspend)


def resume(actor: Actor, slug: str, reason: str) -> None:
    """Open a suspended office again. Raises as `suspend`."""
    _change(actor, slug, "resumed", reason, lifecycle.resume)


def _change(actor: Actor, slug: str, act: str, reason: str, move: Callable[[str], Any]) -> None:
    if not policies.may_suspend(actor):
        raise Forbidden
    words = reason_in_words(reason)
    office = db.session.get(Office, slug, with_for_update=True)
    if office is not None and office.status == RESULT[act]:
        raise Conflict(NOT_NOW)
    try:
        move(slug)
    except UnknownOffice as error:
        raise NotFound from error
    except lifecycle.Refused as error:
        raise Conflict(NOT_NOW) from error
    _inside(actor, slug, act)
    note(actor, slug, act, reason=words)


def note_command(act: str, slug: str) -> None:
    """Note what a command on the machine did to an office, as its page would have."""
    if act in SHUTS or act == "resumed":
        _inside(SYSTEM, slug, act)
    note(SYSTEM, slug, act)


def _inside(actor: Actor, slug: str, act: str) -> None:
    """What it means in the office: nobody stays signed in there, or time goes on again."""
    pause = _days_shut(slug) if act == "resumed" else 0
    with office_scope(slug):
        audit.record(actor, f"office.{act}")
        if act in SHUTS:
            sessions.end_everybodys()
        if pause:
            give_back(pause)


def _days_shut(slug: str) -> int:
    """Whole days since the office was suspended, begun ones included when there is at least one."""
    last = db.session.execute(
        select(OfficeChange.act, OfficeChange.at)
        .where(OfficeChange.office == slug, OfficeChange.act.in_(("suspended", "resumed")))
        .order_by(OfficeChange.at.desc())
        .limit(1)
    ).first()
    since = last.at if last and last.act == "suspended" else None
    pause = now() - since if since else timedelta()
    return ceil(pause / A_DAY) if pause >= A_DAY else 0


def _first_rows(actor: Actor, admin: FirstAdmin | None) -> None:
    audit.record(actor, "office.opened")
    if admin is not None:
        invite_first_admin(admin)


def note(actor: Actor, slug: str, act: str, **columns: Any) -> None:
    """One line in the office's history and in the ministry's trail."""
    by = actor.name or actor.kind
    db.session.add(OfficeChange(office=slug, act=act, by=by, **columns))
    db.session.flush()
    audit.record(actor, f"office.{act}", office=slug)


def reason_in_words(text: str) -> str:
    """A reason as it is kept. Raises Invalid when there is none or it is too long."""
    try:
        words = clean(text, lines=True)
    except TextRefused as error:
        raise Invalid({"reason": error.message}) from error
    if not 0 < len(words) <= LONGEST_REASON:
        raise Invalid({"reason": REASON_NEEDED})
    return words
