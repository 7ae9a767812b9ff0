"""Withdrawing a service from all offices, and bringing it back."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects.postgresql import insert

from core.actor import Actor
from core.audit import actions as audit
from core.catalogue.definition import Words
from core.clock import now
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.publishing import national, policies, queries
from core.publishing.models import ServiceRetirement
from core.text import TextRefused, clean
from tenants import registry
from tenants.database import db

LONGEST = 500
NEEDED = _l("Write it in a sentence or two, at most 500 characters.")
NO_SUCCESSOR = _l("Choose a service that is offered.")


def retire(actor: Actor, code: str, *, reason: str, told: Words, successor: str = "") -> None:
    """From now on nothing begins with this service at any office; what was filed goes on.

    `told` is what the public reads in its place. Raises Forbidden, NotFound, Invalid by the name
    of the box, Conflict when it is withdrawn already.
    """
    _need(actor, code)
    given = {"reason": reason, "told_fa": told.get("fa", ""), "told_en": told.get("en", "")}
    said, errors = _cleaned(given)
    if successor and not _can_follow(successor, code):
        errors["successor"] = NO_SUCCESSOR
    if errors:
        raise Invalid(errors)
    words = {"fa": said["told_fa"], "en": said["told_en"]}
    _write(actor, code, retired=True, reason=said["reason"], told=words, successor=successor)


def bring_back(actor: Actor, code: str, *, reason: str) -> None:
    """Offer a withdrawn service again, in its newest version. Errors as in retire."""
    _need(actor, code)
    said, errors = _cleaned({"reason": reason})
    if errors:
        raise Invalid(errors)
    _write(actor, code, retired=False, reason=said["reason"])


def back_by_publishing(actor: Actor, code: str, version: int) -> None:
    """A new version of a withdrawn service was published: it is offered again."""
    newest = queries.retirement(code)
    if newest is not None and newest.retired:
        _write(actor, code, retired=False, reason=f"version {version}")


def _write(
    actor: Actor,
    code: str,
    *,
    retired: bool,
    reason: str,
    told: Words | None = None,
    successor: str = "",
) -> None:
    """The row after the newest one; of two who press at once only one finds its place free."""
    newest = queries.retirement(code)
    if retired == (newest is not None and newest.retired):
        raise Conflict
    row = {
        "code": code, "number": newest.number + 1 if newest else 1, "retired": retired,
        "reason": reason, "told": told, "successor": successor or None,
        "at": now(), "by_name": actor.name or actor.kind,
    }  # fmt: skip
    written = db.session.execute(
        insert(ServiceRetirement)
        .values(row)
        .on_conflict_do_nothing()
        .returning(ServiceRetirement.code)
    ).first()
    if written is None:
        raise Conflict
    db.session.execute(db.text(registry.BUMP))
    act = "catalogue.retired" if retired else "catalogue.returned"
    audit.record(actor, act, code=code, reason=reason, successor=successor or None)


def _cleaned(given: dict[str, str]) -> tuple[dict[str, str], dict[str, object]]:
    said: dict[str, str] = {}
    errors: dict[str, object] = {}
    for key, text in given.items():
        try:
            said[key] = clean(text, lines=True)
        except TextRefused as error:
            errors[key] = error.message
            continue
        if not 0 < len(said[key]) <= LONGEST:
            errors[key] = NEEDED
    return said, errors


def _can_follow(successor: str, code: str) -> bool:
    return successor != code and successor in national.open_now()


def _need(actor: Actor, code: str) -> None:
    if not policies.may_publish(actor):
        raise Forbidden
    if code not in national.offered():
        raise NotFound
