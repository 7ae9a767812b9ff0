"""Who may lay something over the catalogue, and who may forbid it."""

from core.actor import Actor


def may_lay(actor: Actor) -> bool:
    """The office's admin, and commands on the machine itself."""
    return actor.kind == "system" or actor.may("office.settings")


def may_lock(actor: Actor) -> bool:
    """The ministry's catalogue admin."""
    return actor.may("overlays.lock")
