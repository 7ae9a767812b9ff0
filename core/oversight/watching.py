"""How far the opening of an office is, for whoever waits for it: a hint, kept for a minute.

Until its one transaction commits nobody sees anything of a new office, so the stage is told beside
the database. Without Valkey nobody hears it, and the office opens all the same.
"""

from dataclasses import dataclass

from redis.exceptions import RedisError

from core.jobs import bell

KEPT_SECONDS = 60


@dataclass
class Teller:
    """Tells the stages of one opening; after a failure it keeps silent, so nobody waits for it."""

    redis_url: str
    slug: str
    silent: bool = False

    def __call__(self, stage: str) -> None:
        if self.silent:
            return
        try:
            bell(self.redis_url).set(_name(self.slug), stage, ex=KEPT_SECONDS)
        except RedisError:
            self.silent = True


def stage(redis_url: str, slug: str) -> str | None:
    """The stage that was told last; None when there is none, or nobody to ask."""
    try:
        told = bell(redis_url).get(_name(slug))
    except RedisError:
        return None
    return told.decode() if isinstance(told, bytes) else None


def _name(slug: str) -> str:
    return f"mikhak:opening:{slug}"
