"""What somebody does to the own sign-in: recovery codes, passkeys, sessions."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from core.actor import Actor
from core.audit import actions as audit
from core.errors import Conflict, NotFound
from core.sessions import actions as sessions
from core.sessions import queries as live
from core.staff import factors, passkeys, queries
from core.staff.queries import Person, tables
from tenants.database import db

LAST_FACTOR = _l("This is your only second factor. Add another one before you remove it.")


def renew_codes(actor: Actor, person: Person) -> list[str]:
    """Ten new recovery codes; the old ones end."""
    audit.record(actor, "staff.recovery_codes_renewed", person)
    return factors.new_recovery_codes(person.id)


def add_passkey(
    actor: Actor, person: Person, place: passkeys.Place, memory: str, credential: Any
) -> None:
    """One more passkey. Raises Invalid, Gone."""
    passkeys.finish_adding(place, person, memory, credential)
    audit.record(actor, "staff.passkey_added", person)


def drop_passkey(actor: Actor, person: Person, key_id: UUID) -> None:
    """Take a passkey away, but never the last second factor. Raises NotFound, Conflict."""
    own = queries.passkeys_of(person.id)
    found = next((key for key in own if key.id == key_id), None)
    if found is None:
        raise NotFound
    if len(own) == 1 and person.totp_secret is None:
        raise Conflict(LAST_FACTOR)
    db.session.delete(found)
    db.session.flush()
    audit.record(actor, "staff.passkey_removed", person)


def end_session(actor: Actor, session_id: UUID) -> None:
    """End one of the own sessions. Raises NotFound for anybody else's."""
    own = live.live_sessions(tables().kind, UUID(str(actor.id)))
    if session_id not in {row.id for row in own}:
        raise NotFound
    sessions.end(session_id)
    audit.record(actor, "staff.session_ended", session=str(session_id))
