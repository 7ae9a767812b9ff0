"""Sessions that are long over are forgotten."""

from datetime import timedelta

from sqlalchemy import delete

from core.clock import now
from core.sessions.models import SignedSession
from tenants.database import db

KEPT = timedelta(days=7)


def sweep() -> None:
    """Delete sessions that ended a week ago."""
    db.session.execute(delete(SignedSession).where(SignedSession.expires_at < now() - KEPT))


HOUSEKEEPING = {sweep: 60}
