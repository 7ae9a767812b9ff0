"""Jobs by rq: the queue, and the one function that workers run.

A job carries names and ids only, as JSON. Everything it needs to know stands in PostgreSQL.
"""

from uuid import UUID

from flask import current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from core import housekeeping
from core.outbox import work

QUEUE = "mikhak"
CONNECT_TIMEOUT, ANSWER_TIMEOUT = 0.2, 0.3


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
    bells, name = queue(), f"outbox-{row_id}"
    if bells.get_job_position(name) is not None:
        return
    bells.enqueue(
        "core.jobs.perform",
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
        "core.jobs.keep_house",
        scope_name,
        minute,
        job_id=f"house-{scope_name}-{minute}",
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
