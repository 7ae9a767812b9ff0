"""Keep the end of each trail on the shelf."""

import logging

from core.audit import anchors
from core.errors import Unavailable
from tenants.scope import current_scope

log = logging.getLogger("mikhak.audit")


def anchor() -> None:
    """Seal what is new; a shelf that is down is tried again in the next minute."""
    try:
        anchors.keep()
    except anchors.BrokenTrail:
        log.critical("the trail of %s does not fit to its seals", current_scope().name)
    except Unavailable:
        log.warning("the trail of %s waits for the shelf", current_scope().name)


HOUSEKEEPING = {anchor: 1}
MINISTRY_HOUSEKEEPING = {anchor: 1}
