"""Who may do what with employed people."""

from core.actor import Actor
from core.staff.queries import Person, tables

MANAGE = {"staff": "staff.manage", "ministry": "ministry.staff"}


def may_manage(actor: Actor) -> bool:
    """The office's admin, the ministry's superadmin, and commands on the machine itself."""
    return actor.kind == "system" or actor.may(MANAGE[tables().kind])


def is_self(actor: Actor, person: Person) -> bool:
    """Nobody changes the own roles or state: so there is always somebody left who can."""
    return actor.kind == tables().kind and actor.id == person.id


def may_sign_in(person: Person | None) -> bool:
    """Only who has joined and was not suspended."""
    return person is not None and person.state == "active" and person.password_hash is not None
