"""Jobs by rq: the queue, and the two functions that workers run.

A job carries names and ids only, as JSON. Everything it needs to know stands in PostgreSQL. Its own
name begins with its office and is made from what it is to do; a worker does no other (`Job`).
"""

import logging
from typing import Any
from uuid import UUID

from flask import current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.job import Job as AnyJob
from rq.serializers import JSONSerializer

from core import housekeeping
from core.outbox import work

log = logging.getLogger("mikhak.jobs")

QUEUE = "mikhak"
OUTBOX, HOUSE = "core.jobs.perform", "core.jobs.keep_house"
KINDS = {OUTBOX: "outbox", HOUSE: "house"}
CONNECT_TIMEOUT, ANSWER_TIMEOUT = 0.2, 0.3


class Refused(Exception):
    """A job that this house did not ring for."""


class Job(AnyJob):
    """A job as workers take it: whoever can write to Valkey can't make them do anything else.

    It does one of our two functions, under the name that belongs to its office and argument, and
    nothing before or after it.
    """

    def perform(self) -> Any:
        """Do it. Raises Refused, and says so in the log."""
        if not self._is_ours():
            log.warning("refused: job %r would run %r", self.id, self.func_name)
            raise Refused
        return super().perform()

    def execute_success_callback(self, *_: Any) -> None:
        """Jobs of ours have no callback."""

    def execute_failure_callback(self, *_: Any) -> None:
        """Jobs of ours have no callback."""

    def send_webhooks(self, *_: Any, **__: Any) -> None:
        """Jobs of ours tell nobody."""

    def _is_ours(self) -> bool:
        named = self.func_name in KINDS and len(self.args) == 2 and not self.kwargs
        return named and self.id == _name(str(self.func_name), *self.args)


def _name(function: str, scope_name: str, what: object) -> str:
    return f"{scope_name}-{KINDS[function]}-{what}"


def bell(url: str) -> Redis:
    """A client that gives up quickly: the bell may be gone, the house goes on."""
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_TIMEOUT,
        socket_timeout=ANSWER_TIMEOUT,
        retry=Retry(NoBackoff(), 0),
    )


def queue() -> Queue:
    """The one queue of the installation."""
    url = current_app.extensions["settings"].redis_url
    return Queue(QUEUE, connection=bell(url), serializer=JSONSerializer)


def waiting() -> int:
    """How many bells nobody has heard yet; raises RedisError when there is no bell."""
    return queue().count


def enqueue(scope_name: str, row_id: UUID) -> None:
    """Ring a worker for an outbox row, once; raises RedisError when there is no bell."""
    bells, name = queue(), _name(OUTBOX, scope_name, row_id)
    if bells.get_job_position(name) is not None:
        return
    bells.enqueue(
        OUTBOX,
        scope_name,
        str(row_id),
        job_id=name,
        result_ttl=0,
        failure_ttl=3600,
        job_timeout=120,
    )


def ring_for_housekeeping(scope_name: str, minute: int) -> None:
    """Ring a worker for an office's housekeeping; once a minute whoever rings."""
    queue().enqueue(
        HOUSE,
        scope_name,
        minute,
        job_id=_name(HOUSE, scope_name, minute),
        result_ttl=0,
        failure_ttl=3600,
        job_timeout=600,
    )


def keep_house(scope_name: str, minute: int) -> None:
    """What a worker runs for an office now and then."""
    housekeeping.keep(scope_name, minute)


def perform(scope_name: str, row_id: str) -> None:
    """What a worker runs for one outbox row."""
    work.perform(scope_name, UUID(row_id))
