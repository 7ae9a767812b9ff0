"""Passkeys (WebAuthn) with user verification; each belongs to one exact host name.

The ceremony's challenge travels sealed with the browser and works once.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from core.clock import now
from core.crypto import open_link, sign_link, token
from core.errors import Gone, Invalid
from core.idempotency.actions import claim
from core.staff import queries
from core.staff.queries import Passkey, Person, tables
from tenants.database import db

MINUTES_FIVE = 300
REFUSED = _l("This passkey could not be checked here. Try again, or use your password.")
DEVICE_REFUSED = _l("This device could not make a passkey. Try again, or use an app instead.")


@dataclass(frozen=True)
class Place:
    """Where the ceremony is held: `host` is the relying party, `origin` the page's address."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True)
class Begun:
    """A begun ceremony: options for the browser, and our sealed memory of the challenge."""

    options: str
    memory: str


def begin_adding(place: Place, person: Person) -> Begun:
    """Options for making a passkey that knows its person and asks for finger, face or PIN."""
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=place.name,
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name_en,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=known.credential_id)
            for known in queries.passkeys_of(person.id)
        ],
    )
    return Begun(options_to_json(options), _remember(options.challenge))


def finish_adding(place: Place, person: Person, memory: str, credential: Any) -> Passkey:
    """Keep the new passkey; raises Invalid when it is not what we asked for."""
    challenge = _recall(memory)
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise Invalid(sentence=DEVICE_REFUSED) from error
    if queries.passkey(made.credential_id) is not None:
        raise Invalid(sentence=DEVICE_REFUSED)
    row = tables().passkey(
        person_id=person.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
    )
    db.session.add(row)
    db.session.flush()
    return row


def begin_using(place: Place) -> Begun:
    """Options for signing in with whatever passkey the browser has for this host."""
    options = generate_authentication_options(
        rp_id=place.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Begun(options_to_json(options), _remember(options.challenge))


def finish_using(place: Place, memory: str, credential: Any) -> Person:
    """The person whose passkey answered; raises Invalid for everything else, alike."""
    challenge = _recall(memory)
    known = queries.passkey(_credential_id(credential))
    if known is None:
        raise Invalid(sentence=REFUSED)
    try:
        answer = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise Invalid(sentence=REFUSED) from error
    known.sign_count, known.last_used_at = answer.new_sign_count, now()
    return queries.get(known.person_id)


def _remember(challenge: bytes) -> str:
    kept = urlsafe_b64encode(challenge).decode()
    return sign_link("staff.passkey", {"challenge": kept, "once": token()}, MINUTES_FIVE)


def _recall(memory: str) -> bytes:
    """The challenge; raises Gone when it is old, foreign or was answered before."""
    data = open_link("staff.passkey", memory)
    if claim(f"passkey:{data['once']}", "") is not None:
        raise Gone
    return urlsafe_b64decode(data["challenge"])


def _credential_id(credential: Any) -> bytes:
    try:
        parsed = json.loads(credential) if isinstance(credential, str) else credential
        text = str(parsed["rawId"])
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(sentence=REFUSED) from error
