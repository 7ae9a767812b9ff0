"""What a command says in the terminal when it fails: one line, in English."""

from flask_babel import force_locale
from redis import RedisError
from sqlalchemy.exc import DBAPIError

from core.errors import DomainError, Invalid


def one_line(error: DomainError) -> str:
    """A refusal, by the names of the values that were refused where there are any."""
    with force_locale("en"):
        if isinstance(error, Invalid) and error.errors:
            return " ".join(f"{name}: {sentence}" for name, sentence in error.errors.items())
        return str(error.sentence)


def unanswered(error: Exception) -> str:
    """Which part did not answer, what its driver says, and where to look further."""
    part = "Valkey" if isinstance(error, RedisError) else "PostgreSQL"
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    said = next(iter(str(cause).splitlines()), type(cause).__name__)
    return f"{part} does not answer: {said} (`mikhak doctor` examines every part)"
