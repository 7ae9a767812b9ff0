"""Put something into the outbox, in the transaction that makes it true."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import text

from core.clock import now
from core.crypto import seal
from core.outbox.models import MinistryOutboxRow, OutboxRow
from tenants.database import db
from tenants.scope import current_scope

CHANNEL = "mikhak_outbox"


def put(
    kind: str,
    payload: dict[str, Any],
    *,
    due: datetime | None = None,
    expires: datetime | None = None,
) -> OutboxRow | MinistryOutboxRow:
    """Leave a thing to be done after the commit; after `expires` it is dropped, not done.

    The payload (JSON values only) is sealed: it may hold an address or a one-time code.
    """
    scope = current_scope()
    model = MinistryOutboxRow if scope.kind == "ministry" else OutboxRow
    row = model(
        kind=kind,
        payload=seal(f"outbox:{kind}", json.dumps(payload).encode()),
        due_at=due or now(),
        expires_at=expires,
    )
    db.session.add(row)
    db.session.flush()
    # NOTIFY is delivered by PostgreSQL only if and when this transaction commits.
    db.session.execute(
        text("SELECT pg_notify(:channel, :scope)").bindparams(channel=CHANNEL, scope=scope.name)
    )
    return row
