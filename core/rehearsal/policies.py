"""Who may work on drafts of definitions."""

from core.actor import Actor
from core.rehearsal.models import DefinitionTrial


def may_write(actor: Actor) -> bool:
    """The ministry's catalogue admin."""
    return actor.kind == "ministry" and actor.may("catalogue.publish")


def owns(actor: Actor, trial: DefinitionTrial) -> bool:
    """Whoever began the trial."""
    return actor.id is not None and trial.person_id == actor.id
