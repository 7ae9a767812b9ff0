"""Find the person behind a cookie."""

from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from core.actor import Actor
from core.clock import now
from core.sessions import actions
from core.sessions.models import MinistrySession, SignedSession
from tenants.database import db
from tenants.scope import current_scope

IDLE = {
    "applicant": timedelta(minutes=30),
    "staff": timedelta(minutes=15),
    "ministry": timedelta(minutes=15),
}
SEEN_EVERY = timedelta(seconds=60)


def session_model() -> type[SignedSession]:
    """The table of the scope in force."""
    if current_scope().kind == "ministry":
        return cast(type[SignedSession], MinistrySession)  # the same columns
    return SignedSession


def load(cookie: str | None, *, awake: bool = True) -> Actor | None:
    """The actor of a live session of this office; None when there is none or its time is over.

    `awake` says that a person is behind it, not a page that refreshes itself.
    """
    if not cookie or len(cookie) > 100:
        return None
    model = session_model()
    row = db.session.execute(_by_token(model), {"token": hash_of(cookie)}).one_or_none()
    if row is None or row.ended_at is not None or row.expires_at <= now():
        return None
    if now() - row.last_seen_at > IDLE[row.person_kind]:
        return None
    if awake and now() - row.last_seen_at > SEEN_EVERY:
        actions.touch(row.id)
    scope = current_scope()
    return Actor(
        kind=row.person_kind,
        id=row.person_id,
        name=row.names[row.lang],
        names=row.names,
        roles=frozenset(row.roles),
        factors=frozenset(row.factors),
        office=scope.office.slug if scope.office else None,
        session_id=row.id,
        lang=row.lang,
    )


@cache
def _by_token(model: type[SignedSession]) -> Select[*tuple[Any, ...]]:
    """What makes an actor; asked by every request, so written down once and of plain columns."""
    c = model.__table__.c
    return select(
        c.id,
        c.person_kind,
        c.person_id,
        c.names,
        c.roles,
        c.factors,
        c.lang,
        c.ended_at,
        c.expires_at,
        c.last_seen_at,
    ).where(c.token_hash == bindparam("token"))


def hash_of(cookie: str) -> bytes:
    """A plain hash is enough: the value has 256 random bits."""
    return sha256(cookie.encode()).digest()


def live_sessions(person_kind: str, person_id: UUID | None) -> list[SignedSession]:
    """The person's sessions that still let somebody in, newest first."""
    model = session_model()
    rows = db.session.scalars(
        select(model)
        .where(
            model.person_kind == person_kind,
            model.person_id == person_id,
            model.ended_at.is_(None),
            model.expires_at > now(),
            model.last_seen_at > now() - IDLE[person_kind],
        )
        .order_by(model.last_seen_at.desc())
    )
    return list(rows)
