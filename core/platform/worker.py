"""`mikhak worker`: the rq worker that does what the outbox asks for, with rq's scheduler."""

import os

from flask import Flask
from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from core import jobs
from core.platform.launch import die_with_parent
from core.web import logs

# A killed worker and its job are noticed in about a minute, not in several.
WORKER_TTL, MAINTENANCE_INTERVAL, MONITORING_INTERVAL = 30, 10, 5
# Valkey that comes back is noticed soon.
LONGEST_WAIT_FOR_VALKEY = 5.0


def work(app: Flask) -> None:
    """Take jobs until SIGTERM; the job in hand is finished first."""
    _tie_children()
    logs.configure(app.extensions["settings"])
    with app.app_context():
        worker_of(app).work(with_scheduler=True, logging_level="WARNING")


def worker_of(app: Flask) -> SimpleWorker:
    """The worker, not yet at work.

    In this process, without a fork for each job: the database's connection and what is known about
    a dead mail server stay. A crash costs a restart; the outbox does the job again.
    """
    worker = SimpleWorker(
        [jobs.QUEUE],
        connection=Redis.from_url(app.extensions["settings"].redis_url),
        job_class=jobs.Job,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_INTERVAL,
        job_monitoring_interval=MONITORING_INTERVAL,
    )
    worker.max_connection_wait_time = LONGEST_WAIT_FOR_VALKEY
    return worker


def _tie_children() -> None:
    """rq forks for its scheduler, which may not outlive a killed worker."""
    parent = [0]

    def remember() -> None:
        parent[0] = os.getpid()

    os.register_at_fork(
        before=remember, after_in_child=lambda: die_with_parent("SIGTERM", parent[0])
    )
