"""People at the desk for tests: employed, signed in, in a browser; and what they press."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask

from core.staff.models import StaffMember
from tenants.database import db
from tenants.scope import office
from tests.critic import Page, Visitor, filled
from tests.world import staff_cookie

_serial = count(1)


@dataclass
class Clerk:
    """Somebody of the staff with a browser at the desk."""

    id: UUID
    name: str
    visitor: Visitor

    def open(self, request_id: str) -> Page:
        """The case page."""
        return self.visitor.get(f"/desk/requests/{request_id}")

    def press(self, request_id: str, what: str, **fields: Any) -> Page:
        """Press a button of the case page: take, release, acts/<name> (its form where it asks)."""
        address = f"/desk/requests/{request_id}/{what}"
        page = self.open(request_id)
        if not any(form.get("action") == address for form in page.forms()):
            page = self.visitor.get(address)
            return self.visitor.submit(fields, form="seen") if page.status == 200 else page
        return self.visitor.submit(fields, form=address)

    def judge(self, request_id: str, button: str, item: str, **fields: Any) -> Page:
        """Accept or return one item (`answer:colour`)."""
        address = f"/desk/requests/{request_id}/items"
        self.open(request_id)
        name = item.replace(":", ".", 1)
        given = {f"{part}.{name}": value for part, value in fields.items()}
        return self.visitor.submit(given, form=address, button=(button, item))

    def accept_all(self, request_id: str) -> Page:
        """Accept everything that nothing was said about."""
        self.open(request_id)
        address = f"/desk/requests/{request_id}/items"
        return self.visitor.submit(form=address, button="accept_rest")

    def prepared(self, address: str, **fields: Any) -> list[tuple[str, Any]]:
        """What the form of an act would send, not sent yet."""
        page = self.visitor.get(address)
        pairs = [pair for pair in filled(page.form("seen")) if pair[0] not in fields]
        return [*pairs, *fields.items()]


def employ(app: Flask, name: str, *roles: str, site: str = "london", lang: str = "en") -> Clerk:
    """Somebody with these roles, signed in with both factors."""
    with app.app_context(), office(site):
        row = StaffMember(
            email=f"desk{next(_serial)}@work.example",
            name_fa=name,
            name_en=name,
            roles=list(roles),
            state="active",
        )
        db.session.add(row)
        db.session.flush()
        cookie = staff_cookie(row)
        person = row.id
    visitor = Visitor(app, f"{site}.{app.extensions['settings'].base_domain}", lang)
    visitor.client.set_cookie("mikhak", cookie, domain=visitor.host)
    return Clerk(person, name, visitor)
