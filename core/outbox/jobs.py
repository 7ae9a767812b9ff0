"""What was sent is forgotten after a while."""

from datetime import timedelta

from sqlalchemy import delete

from core.clock import now
from core.outbox.models import OutboxRow
from tenants.database import db

KEPT = timedelta(days=30)


def sweep() -> None:
    """Delete rows that were done long ago; their payload was emptied at once."""
    db.session.execute(delete(OutboxRow).where(OutboxRow.done_at < now() - KEPT))


HOUSEKEEPING = {sweep: 60}
