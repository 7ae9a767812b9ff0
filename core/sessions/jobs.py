"""Sessions that are long over are forgotten, and what waited with them."""

from datetime import timedelta

from sqlalchemy import delete

from core.clock import now
from core.sessions import unsent
from core.sessions.models import MinistrySession, SessionColumns, SignedSession
from tenants.database import db

# So long a browser counts as one that was here before.
KEPT = timedelta(days=90)


def sweep() -> None:
    """Delete sessions that ended long ago, and forms that nobody came back for."""
    _sweep(SignedSession)


def sweep_of_ministry() -> None:
    """The same in the ministry."""
    _sweep(MinistrySession)


def _sweep(model: type[SessionColumns]) -> None:
    db.session.execute(delete(model).where(model.expires_at < now() - KEPT))
    unsent.sweep()


HOUSEKEEPING = {sweep: 60}
MINISTRY_HOUSEKEEPING = {sweep_of_ministry: 60}
