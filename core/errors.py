"""What can go wrong in the rooms: a few kinds, each a sentence for the person.

Rooms raise them, the gate turns them into pages. The sentence is a lazy translation, so that
it is spoken in the language of whoever reads it.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l


class DomainError(Exception):
    """A refusal with a sentence for the person; `status` is what the web answers with.

    `passes` says that the same can be taken a little later, as it is.
    """

    status = 400
    passes = False
    sentence: Any = _l("This is not possible.")

    def __init__(self, sentence: Any = None) -> None:
        self.sentence = sentence if sentence is not None else type(self).sentence
        super().__init__(type(self).__name__)


class NotFound(DomainError):
    """Not there, not theirs, another office's: all the same to whoever asks."""

    status = 404
    sentence = _l("There is no page at this address.")


class SignedOut(DomainError):
    """The session is over; told to scripts, which would take the sign-in page for an answer."""

    status = 401
    sentence = _l(
        "You have been signed out. Sign in again in another window and come back: what you typed "
        "still stands here."
    )


class Forbidden(DomainError):
    """Known, inside, and still not allowed (a colleague's act, a role that is missing)."""

    status = 403
    sentence = _l("Your role does not allow this.")


class Conflict(DomainError):
    """Somebody else was first."""

    status = 409
    sentence = _l("Somebody else has just changed this. Look at it again before you go on.")


class Gone(DomainError):
    """It was there and its time is over."""

    status = 410
    sentence = _l("This link has expired or was used already.")


class Invalid(DomainError):
    """What was typed can't be taken; `errors` says it field by field."""

    status = 422
    sentence = _l("Some answers need your attention.")

    def __init__(self, errors: Mapping[str, Any] | None = None, sentence: Any = None) -> None:
        super().__init__(sentence)
        self.errors = dict(errors or {})


class TooMany(DomainError):
    """A limit is reached; `retry_after` in seconds."""

    status = 429
    passes = True
    sentence = _l("Too many attempts. Wait a little and try again.")

    def __init__(self, retry_after: int = 60, sentence: Any = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """A part of the house (storage, mail, database) does not answer right now."""

    status = 503
    passes = True
    sentence = _l("This part of the system does not answer right now. Try again in a few minutes.")
