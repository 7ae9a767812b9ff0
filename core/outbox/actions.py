"""Put something into the outbox, in the transaction that makes it true."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, func, insert

from core.clock import now
from core.crypto import seal
from core.outbox.models import OUTBOX, OUTBOX_OF_MINISTRY
from tenants.database import db
from tenants.scope import current_scope

CHANNEL = "mikhak_outbox"
TABLES = {"office": OUTBOX, "ministry": OUTBOX_OF_MINISTRY}
# One round trip, written down once: every change of a request waits for it.
QUIETLY = {kind: insert(table) for kind, table in TABLES.items()}
AND_RING = {
    kind: quietly.returning(func.pg_notify(CHANNEL, bindparam("scope")))
    for kind, quietly in QUIETLY.items()
}


def put(
    kind: str,
    payload: dict[str, Any],
    *,
    due: datetime | None = None,
    expires: datetime | None = None,
    waits: bool = False,
) -> UUID:
    """Leave a thing to be done after the commit; after `expires` it is dropped, not done.

    The payload (JSON values only) is sealed: it may hold an address or a one-time code. Returns
    the row's id. PostgreSQL rings the relay's bell if and when this transaction commits; what
    `waits` goes with whatever rings next, or with the sweep.
    """
    scope, row_id = current_scope(), uuid4()
    row = {
        "id": row_id,
        "kind": kind,
        "payload": seal(f"outbox:{kind}", json.dumps(payload).encode()),
        "due_at": due or now(),
        "expires_at": expires,
    }
    if waits:
        db.session.execute(QUIETLY[scope.kind], row)
    else:
        db.session.execute(AND_RING[scope.kind], row | {"scope": scope.name})
    return row_id
