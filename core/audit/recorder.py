"""Looks at a person's file, noted before the page is made: no record, no page."""

from typing import Any

from core.actor import Actor
from core.audit.actions import record
from tenants.scope import Scope, current_scope, run


def record_look(actor: Actor, subject: Any, what: str = "look") -> None:
    """Write the entry in a short transaction of its own, because pages only read."""
    with run(Scope(current_scope().office)):
        record(actor, what, subject)
