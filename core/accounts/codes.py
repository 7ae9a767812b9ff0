"""One-time codes and the links beside them: asked for, counted, compared, used once."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from core.accounts import limits
from core.accounts.models import TRIES, OneTimeCode
from core.clock import now
from core.crypto import digest, seal, token, unseal
from core.errors import Gone, Invalid
from core.text import figures, only_digits
from tenants.database import db
from tenants.scope import again, current_scope

LIFE = timedelta(minutes=10)
BETWEEN = timedelta(seconds=60)
DIGITS = 8
LONGEST_TOKEN = 100
# Light, because a code lives ten minutes and may be tried five times.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
EXPIRED = _l("This code has expired. Get a new one.")
USED_UP = _l("This code was typed wrongly five times and no longer works. Get a new one.")


@dataclass(frozen=True)
class Issued:
    """A new code: `cookie` for the asking browser, `code` and `link` for the mail."""

    cookie: str
    code: str
    link: str
    expires: datetime

    @property
    def grouped(self) -> str:
        """The code in two groups, as the mail shows it."""
        return f"{self.code[:4]} {self.code[4:]}"


def issue(purpose: str, address: str, claim: dict[str, Any]) -> Issued:
    """A new code for an address; the one before it stops working."""
    address_hash = digest("code.address", f"{purpose}:{address}")
    db.session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.address_hash == address_hash, OneTimeCode.used_at.is_(None))
        .values(used_at=now())
    )
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    issued = Issued(token(), code, token(), now() + LIFE)
    db.session.add(
        OneTimeCode(
            purpose=purpose,
            address_hash=address_hash,
            browser_hash=digest("code.browser", issued.cookie),
            link_hash=digest(f"code.link.{purpose}", issued.link),
            code_hash=_hasher.hash(_peppered(purpose, code)),
            claim=seal(f"code.claim.{purpose}", json.dumps(claim).encode()),
            expires_at=issued.expires,
        )
    )
    db.session.flush()
    return issued


def asked(purpose: str, cookie: str | None) -> dict[str, Any] | None:
    """What this browser asked for, used or not; None when it asked for nothing."""
    row = _of_browser(purpose, cookie)
    return _claim(row) if row else None


def wait(purpose: str, cookie: str | None) -> int:
    """The seconds until this browser may ask for another message; 0 when it may."""
    row = _of_browser(purpose, cookie)
    left = (row.created_at + BETWEEN - now()).total_seconds() if row else 0
    return max(ceil(left), 0)


def redeem(purpose: str, cookie: str | None, typed: str) -> dict[str, Any]:
    """The claim of the code that this browser asked for, used up by that.

    A try is counted, and committed, before it is compared. Raises Invalid (with the field
    `code`) when the figures are wrong, Gone when the code expired, was used or tried out.
    """
    given = only_digits(typed)
    if len(given) != DIGITS:
        raise Invalid(
            {"code": _l("The code has 8 digits; you typed %(count)s.", count=figures(len(given)))}
        )
    limits.refuse_when_attacked()
    row = _of_browser(purpose, cookie)
    if row is None:
        raise Gone(EXPIRED)
    code_hash, tries = _count_try(row)
    if not _matches(code_hash, _peppered(purpose, given)):
        limits.note_failure()
        raise _wrong(TRIES - tries)
    return _use(row)


def claim_of_link(purpose: str, link: str) -> dict[str, Any]:
    """What a live link would do, without using it. Raises Gone."""
    return _claim(_of_link(purpose, link))


def redeem_link(purpose: str, link: str) -> dict[str, Any]:
    """The claim of a link, used up by that (the code beside it too). Raises Gone."""
    return _use(_of_link(purpose, link))


def _of_browser(purpose: str, cookie: str | None) -> OneTimeCode | None:
    if not cookie or len(cookie) > LONGEST_TOKEN:
        return None
    return db.session.scalar(
        select(OneTimeCode).where(
            OneTimeCode.browser_hash == digest("code.browser", cookie),
            OneTimeCode.purpose == purpose,
        )
    )


def _of_link(purpose: str, link: str) -> OneTimeCode:
    row = None
    if len(link) <= LONGEST_TOKEN:
        row = db.session.scalar(
            select(OneTimeCode).where(OneTimeCode.link_hash == digest(f"code.link.{purpose}", link))
        )
    if row is None or row.used_at is not None or row.expires_at <= now():
        raise Gone
    return row


def _count_try(row: OneTimeCode) -> tuple[str, int]:
    """Take one of the five tries; raises Gone when there is none left."""
    with again(current_scope()):
        taken = db.session.execute(
            update(OneTimeCode)
            .where(
                OneTimeCode.id == row.id,
                OneTimeCode.tries < TRIES,
                OneTimeCode.used_at.is_(None),
                OneTimeCode.expires_at > now(),
            )
            .values(tries=OneTimeCode.tries + 1)
            .returning(OneTimeCode.code_hash, OneTimeCode.tries)
        ).first()
    if taken is None:
        raise Gone(USED_UP if row.tries >= TRIES else EXPIRED)
    return taken.code_hash, taken.tries


def _use(row: OneTimeCode) -> dict[str, Any]:
    """Use the row up by one UPDATE; whoever comes second gets Gone."""
    used = db.session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.id == row.id,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > now(),
        )
        .values(used_at=now())
        .returning(OneTimeCode.id)
        .execution_options(synchronize_session=False)
    ).first()
    if used is None:
        raise Gone(EXPIRED)
    return _claim(row)


def _claim(row: OneTimeCode) -> dict[str, Any]:
    return json.loads(unseal(f"code.claim.{row.purpose}", row.claim))


def _peppered(purpose: str, code: str) -> bytes:
    return digest(f"code.{purpose}", code)


def _matches(code_hash: str, peppered: bytes) -> bool:
    try:
        return _hasher.verify(code_hash, peppered)
    except VerifyMismatchError:
        return False


def _wrong(left: int) -> Exception:
    if left <= 0:
        return Gone(USED_UP)
    return Invalid(
        {
            "code": _l(
                "This is not the code of the mail. You can try %(left)s more times.",
                left=figures(left),
            )
        }
    )
