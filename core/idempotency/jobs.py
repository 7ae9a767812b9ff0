"""Keys of forms are kept as long as a form can be open."""

from datetime import timedelta

from sqlalchemy import delete

from core.clock import now
from core.idempotency.models import AnsweredKey, MinistryAnsweredKey
from tenants.database import db

KEPT = timedelta(days=2)


def sweep() -> None:
    """Forget the keys of forms that nobody can send any more."""
    db.session.execute(delete(AnsweredKey).where(AnsweredKey.created_at < now() - KEPT))


def sweep_of_ministry() -> None:
    """The same in the ministry."""
    M = MinistryAnsweredKey
    db.session.execute(delete(M).where(M.created_at < now() - KEPT))


HOUSEKEEPING = {sweep: 60}
MINISTRY_HOUSEKEEPING = {sweep_of_ministry: 60}
