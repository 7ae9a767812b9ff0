"""Second factors without a network: one-time codes of an app (TOTP) and recovery codes."""

import secrets
from uuid import UUID

import pyotp
from sqlalchemy import delete, or_, update

from core.clock import now
from core.crypto import digest, seal, unseal
from core.staff.queries import Person, tables
from core.text import digits
from tenants.database import db

STEP = 30
STEPS_EARLY_OR_LATE = 1
HOW_MANY = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
TOTP_SEAL = "staff.totp"


def new_secret() -> str:
    """160 random bits as an app wants them."""
    return pyotp.random_base32()


def app_address(secret: str, *, issuer: str, account: str) -> str:
    """The otpauth:// address that the picture holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str) -> int | None:
    """The 30-second step that a code belongs to, one early or late allowed; None for none."""
    totp, current = pyotp.TOTP(secret), int(now().timestamp()) // STEP
    typed = "".join(digits(code).split())
    fits = None
    for step in range(current - STEPS_EARLY_OR_LATE, current + STEPS_EARLY_OR_LATE + 1):
        # Every candidate is compared, so that the time taken tells nothing.
        if pyotp.utils.strings_equal(totp.generate_otp(step), typed):
            fits = step
    return fits


def keep_secret(person: Person, secret: str, step: int) -> None:
    """Keep the secret sealed; the code that proved it counts as used."""
    person.totp_secret = seal(TOTP_SEAL, secret.encode())
    person.totp_step = step


def use_code(person: Person, code: str) -> str | None:
    """Take a code of the app or a recovery code, each once; which factor it was, or None."""
    if use_totp(person, code):
        return "totp"
    return "recovery" if use_recovery_code(person.id, code) else None


def use_totp(person: Person, code: str) -> bool:
    """Whether the app's code fits and neither it nor a later one was used before."""
    if person.totp_secret is None:
        return False
    step = step_of(unseal(TOTP_SEAL, person.totp_secret).decode(), code)
    if step is None:
        return False
    model = tables().person
    return (
        db.session.execute(
            update(model)
            .where(model.id == person.id, or_(model.totp_step.is_(None), model.totp_step < step))
            .values(totp_step=step)
            .returning(model.id)
        ).first()
        is not None
    )


def new_recovery_codes(person_id: UUID) -> list[str]:
    """Ten fresh codes, to be shown once; the earlier ones end."""
    model = tables().recovery_code
    db.session.execute(delete(model).where(model.person_id == person_id))
    codes = [_random_code() for _ in range(HOW_MANY)]
    db.session.add_all(
        model(person_id=person_id, code_hash=_code_hash(person_id, code)) for code in codes
    )
    db.session.flush()
    return codes


def use_recovery_code(person_id: UUID, code: str) -> bool:
    """Whether the code is one of the person's unused ones; it is used by that."""
    model = tables().recovery_code
    return (
        db.session.execute(
            update(model)
            .where(
                model.person_id == person_id,
                model.code_hash == _code_hash(person_id, code),
                model.used_at.is_(None),
            )
            .values(used_at=now())
            .returning(model.id)
        ).first()
        is not None
    )


def _random_code() -> str:
    """Twelve characters, 59 bits: too many to guess, so that a peppered HMAC suffices."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def _code_hash(person_id: UUID, code: str) -> bytes:
    plain = "".join(char for char in digits(code).lower() if char.isalnum())
    return digest("staff.recovery", f"{person_id}|{plain}")
