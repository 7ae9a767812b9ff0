"""`mikhak worker`: the rq worker that does what the outbox asks for, with rq's scheduler."""

import os

from flask import Flask
from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

from core import jobs
from core.platform.launch import die_with_parent

# A killed worker and its job are noticed in about a minute, not in several.
WORKER_TTL, MAINTENANCE_INTERVAL, MONITORING_INTERVAL = 30, 10, 5


def work(app: Flask) -> None:
    """Take jobs until SIGTERM; the job in hand is finished first."""
    _tie_children()
    with app.app_context():
        connection = Redis.from_url(app.extensions["settings"].redis_url)
        worker = Worker(
            [jobs.QUEUE],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL,
            maintenance_interval=MAINTENANCE_INTERVAL,
            job_monitoring_interval=MONITORING_INTERVAL,
        )
        worker.work(with_scheduler=True, logging_level="WARNING")


def _tie_children() -> None:
    """rq forks for each job and for its scheduler; neither may outlive a killed worker."""
    parent = [0]

    def remember() -> None:
        parent[0] = os.getpid()

    os.register_at_fork(
        before=remember, after_in_child=lambda: die_with_parent("SIGTERM", parent[0])
    )
