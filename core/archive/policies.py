"""Who may do what towards the erasing of an office."""

from core.actor import Actor
from core.archive.models import OfficeErasure


def may_erase(actor: Actor) -> bool:
    """People of the ministry only: two of them are needed, so no command can stand for one."""
    return actor.kind == "ministry" and actor.may("offices.erase")


def is_second_person(actor: Actor, erasure: OfficeErasure) -> bool:
    """Somebody other than who asked."""
    return actor.id is not None and actor.id != erasure.asked_by
