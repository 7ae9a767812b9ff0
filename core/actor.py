"""Who acts. Every action takes an Actor first; it knows no request and no cookie."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from core.errors import Forbidden
from core.staff.roles import groups_for, permissions_of


@dataclass(frozen=True)
class Actor:
    """A person (or the system itself) with the roles that hold for this request.

    `kind` is nobody, applicant, staff, ministry or system; `id` the person's opaque id in the
    office (or the ministry); `name` is in the person's own language, `names` in both; `factors`
    how the person signed in (code, password, totp, passkey).
    """

    kind: str = "nobody"
    id: UUID | None = None
    name: str = ""
    names: Mapping[str, str] = field(default_factory=dict, compare=False)
    roles: frozenset[str] = frozenset()
    factors: frozenset[str] = frozenset()
    office: str | None = None
    session_id: UUID | None = None
    lang: str = "fa"
    permissions: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "permissions", permissions_of(self.roles))

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody has signed in (Flask-Login asks by this name)."""
        return self.kind != "nobody"

    is_active = is_authenticated

    @property
    def is_anonymous(self) -> bool:
        """The opposite."""
        return not self.is_authenticated

    def get_id(self) -> str | None:
        """The person's opaque id as text."""
        return str(self.id) if self.id else None

    def may(self, permission: str, group: str | None = None) -> bool:
        """Whether a role of the actor carries the permission (on that group of services)."""
        if permission not in self.permissions:
            return False
        return group is None or group in groups_for(self.roles, permission)


NOBODY = Actor()
SYSTEM = Actor(kind="system", name="system")


def require(actor: Actor, permission: str, group: str | None = None) -> None:
    """Raise Forbidden unless the actor may."""
    if not actor.may(permission, group):
        raise Forbidden
