"""The end of each trail on the shelf, outside the database, where its owner can't put it back.

Written each minute when there is something new (`jobs.anchor`); never goes backwards, so a trail
that was cut stays found until an operator accepts it.
"""

import json
from typing import Any

from core.audit import seals
from core.audit.queries import Sealed, head, seal_faults
from core.audit.seals import Head
from core.documents.cabinet import cabinet
from core.documents.storage import NotStored
from core.errors import Conflict
from tenants.scope import current_scope


class BrokenTrail(Conflict):
    """The trail does not fit to its seals: nothing is sealed anew over it."""


def kept() -> Sealed | None:
    """The end as it lies on the shelf, with its seal; raises `Unavailable` when it is down."""
    try:
        with cabinet().shelf.open(_key()) as source:
            found: dict[str, Any] = json.loads(source.read())
    except NotStored:
        return None
    return Head(found["seq"], bytes.fromhex(found["hash"])), bytes.fromhex(found["seal"])


def keep(*, anew: bool = False) -> bool:
    """Put the end of this scope's trail on the shelf; False when it lies there already.

    Raises `BrokenTrail` where trail and shelf contradict each other, unless `anew`.
    """
    newest, former = head(), kept()
    if former and former[0] == newest and not anew:
        return False
    if not anew and any(seal_faults(former)):
        raise BrokenTrail
    found = {"seq": newest.seq, "hash": newest.hash.hex(), "seal": seals.seal(newest).hex()}
    cabinet().shelf.put(_key(), [json.dumps(found).encode()])
    return True


def _key() -> str:
    return f"{current_scope().name}/audit/head"
