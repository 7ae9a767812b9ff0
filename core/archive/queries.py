"""How the erasing of an office stands, in the ministry's scope."""

import json
from datetime import timedelta

from sqlalchemy import select

from core import crypto
from core.archive.models import OfficeErasure
from tenants.database import db
from tenants.registry import Office

GRACE = timedelta(days=7)
SIGNED = "office.erasure"


def of_office(slug: str, *, locked: bool = False) -> OfficeErasure | None:
    """The newest wish that was not called back."""
    wanted = (
        select(OfficeErasure)
        .where(OfficeErasure.office == slug, OfficeErasure.called_back_at.is_(None))
        .order_by(OfficeErasure.asked_at.desc())
        .limit(1)
    )
    return db.session.scalar(wanted.with_for_update() if locked else wanted)


def stands(office: Office, erasure: OfficeErasure | None) -> str:
    """In a word: not closed, nothing, asked, confirmed, done."""
    if erasure is not None and (erasure.done_at is None or office.status == "erased"):
        if erasure.done_at:
            return "done"
        return "confirmed" if erasure.confirmed_at else "asked"
    return "nothing" if office.status == "closed" else "not_closed"


def sign(record: dict[str, object]) -> bytes:
    """The house's signature under a record, in the ministry's scope."""
    return crypto.digest(SIGNED, json.dumps(record, sort_keys=True, ensure_ascii=False))


def is_signed(erasure: OfficeErasure) -> bool:
    """Whether the record is the one that this house signed."""
    return erasure.signature is not None and crypto.same(sign(erasure.record), erasure.signature)
