"""What is tidied away: attempts and security checks that nothing looks at any more."""

from datetime import timedelta

from sqlalchemy import delete

from core.accounts import limits
from core.accounts.models import OneTimeCode, PasswordReset
from core.clock import now
from tenants.database import db

KEPT = timedelta(days=2)


def sweep() -> int:
    """Delete old attempts, spent checks, codes and reset links; returns how many rows went."""
    gone = limits.forget_old()
    for model in (OneTimeCode, PasswordReset):
        old = delete(model).where(model.expires_at < now() - KEPT).returning(model.id)
        gone += len(db.session.scalars(old).all())
    return gone


HOUSEKEEPING = {sweep: 60}
