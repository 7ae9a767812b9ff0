"""The security check: two ways to show that a form was not sent by a machine in bulk.

With JavaScript the browser does a small piece of work (altcha, no puzzle); without, the person
types five figures from a picture or from its sound. Both expire, work once, and only here: they
are signed with a key of the office.
"""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

import altcha
from altcha.v1 import PayloadType
from captcha.audio import AudioCaptcha
from captcha.image import ImageCaptcha
from flask import current_app
from sqlalchemy.dialects.postgresql import insert

from core.accounts.models import SpentCheck
from core.clock import now
from core.crypto import digest, key_for, open_link, sign_link
from core.errors import Gone
from core.text import only_digits
from tenants.database import db
from tenants.scope import again, current_scope

WORK_LIFE = timedelta(minutes=10)
PICTURE_LIFE = timedelta(minutes=3)
PICTURE_DIGITS = 5
# The device counts half of this on average: about a second on a desktop, some on an old phone.
USUAL_WORK = 50_000
MOST_WORK = {"test": 50}
LONGEST_ANSWER = 4000


@dataclass(frozen=True)
class Picture:
    """A picture to show: its opaque id stands in the address of picture and sound."""

    id: str


def new_work() -> dict[str, Any]:
    """A proof-of-work challenge in altcha's first format, as our pages solve it."""
    settings = current_app.extensions["settings"]
    challenge = altcha.create_challenge_v1(
        altcha.ChallengeOptionsV1(
            max_number=MOST_WORK.get(settings.env, USUAL_WORK),
            hmac_key=_secret(),
            expires=now() + WORK_LIFE,
        )
    )
    return challenge.to_dict()


def new_picture() -> Picture:
    """A picture to be answered within three minutes; nothing is stored until it is."""
    figures = "".join(secrets.choice("0123456789") for _ in range(PICTURE_DIGITS))
    wanted = [figures, secrets.token_hex(8)]
    return Picture(sign_link("picture", wanted, int(PICTURE_LIFE.total_seconds())))


def passed(*, work: str = "", picture: str = "", typed: str = "") -> bool:
    """Whether the check was passed, for the first and only time.

    Whatever is presented is spent by that, a wrong guess at a picture too.
    """
    if work:
        return len(work) <= LONGEST_ANSWER and _work_passed(work)
    return bool(picture) and len(picture) <= LONGEST_ANSWER and _picture_passed(picture, typed)


def png(picture_id: str) -> bytes:
    """The picture; raises Gone when its time is over or it was never ours."""
    figures, _ = open_link("picture", picture_id)
    return _painter().generate(figures).getvalue()


def wav(picture_id: str) -> bytes:
    """The same figures, spoken in English; raises Gone like `png`."""
    figures, _ = open_link("picture", picture_id)
    return bytes(_speaker().generate(figures))


def _work_passed(work: str) -> bool:
    answer = _answer(work)
    if answer is None:
        return False
    presented = cast(PayloadType, answer)
    solved, _ = altcha.verify_solution_v1(presented, _secret(), check_expires=True)
    # Its signature names a challenge: everything else of an answer could be written differently.
    return solved and _spend(f"work:{answer['signature']}", now() + WORK_LIFE)


def _answer(work: str) -> dict[str, Any] | None:
    """The answer that the browser sent; None when it has not the shape of one."""
    try:
        answer = json.loads(base64.b64decode(work))
    except ValueError:
        return None
    texts = ("algorithm", "challenge", "salt", "signature")
    if not isinstance(answer, dict) or not isinstance(answer.get("number"), int):
        return None
    return answer if all(isinstance(answer.get(key), str) for key in texts) else None


def _picture_passed(picture_id: str, typed: str) -> bool:
    try:
        figures, serial = open_link("picture", picture_id)
    except Gone:
        return False
    fresh = _spend(f"picture:{serial}", now() + PICTURE_LIFE)
    return fresh and secrets.compare_digest(only_digits(typed), figures)


def _spend(check: str, expires: datetime) -> bool:
    """True for the first comer; remembered although the form may be refused afterwards."""
    with again(current_scope()):
        statement = (
            insert(SpentCheck)
            .values(check_hash=digest("security check", check), expires_at=expires)
            .on_conflict_do_nothing()
            .returning(SpentCheck.check_hash)
        )
        return db.session.execute(statement).first() is not None


def _secret() -> str:
    return key_for("security check").hex()


@cache
def _painter() -> ImageCaptcha:
    return ImageCaptcha(width=220, height=80)


@cache
def _speaker() -> AudioCaptcha:
    return AudioCaptcha()
