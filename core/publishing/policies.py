"""Who may do what with published versions."""

from core.actor import Actor


def may_publish(actor: Actor) -> bool:
    """The ministry's catalogue admin, and commands on the machine itself."""
    return actor.kind == "system" or actor.may("catalogue.publish")
