"""Who may do what with offices."""

from core.actor import Actor


def may_open(actor: Actor) -> bool:
    """The ministry's superadmin, and commands on the machine itself."""
    return actor.kind == "system" or actor.may("offices.open")


def may_suspend(actor: Actor) -> bool:
    """The ministry's superadmin, and commands on the machine itself."""
    return actor.kind == "system" or actor.may("offices.suspend")
