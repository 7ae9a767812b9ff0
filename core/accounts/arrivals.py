"""Telling people that somebody came into their account from a browser not seen before."""

from sqlalchemy import select

from core.accounts.models import Account
from core.clock import now
from core.notifications.actions import notify
from core.sessions.jobs import KEPT
from core.sessions.models import SignedSession
from tenants.database import db


def tell_about_new_browser(account: Account, browser: str) -> None:
    """Mail the person unless this is the first browser at all or one that was here before.

    Sessions are forgotten after a while: then nobody knows, and the person is told.
    """
    before = set(
        db.session.scalars(
            select(SignedSession.browser)
            .where(SignedSession.person_kind == "applicant", SignedSession.person_id == account.id)
            .distinct()
        )
    )
    known_for_long = account.created_at < now() - KEPT
    if browser not in before and (before or known_for_long):
        values = {"at": now().isoformat(), "browser": browser, "name": account.name(account.lang)}
        notify(account.email, "new_sign_in", account.lang, values)
