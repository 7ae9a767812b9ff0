"""Keys of forms are kept as long as a form can be open."""

from datetime import timedelta

from sqlalchemy import delete

from core.clock import now
from core.idempotency.models import AnsweredKey
from tenants.database import db

KEPT = timedelta(days=2)


def sweep() -> None:
    """Forget the keys of forms that nobody can send any more."""
    db.session.execute(delete(AnsweredKey).where(AnsweredKey.created_at < now() - KEPT))


HOUSEKEEPING = {sweep: 60}
