"""Figures for Prometheus: requests by office, door and status, their time, what waits.

Counted in each process, summed when they are read (`PROMETHEUS_MULTIPROC_DIR`). Who reads them
shows `MIKHAK_METRICS_TOKEN`.
"""

import os
import time
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from prometheus_client import REGISTRY as OWN
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from redis.exceptions import RedisError

from core import jobs
from core.outbox import pulse

REQUESTS = Counter(
    "mikhak_requests", "Answers by office, route and status", ["office", "endpoint", "status"]
)
SECONDS = Histogram(
    "mikhak_request_seconds",
    "Time until the answer, by door",
    ["door"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
)
OPEN = Gauge("mikhak_open_requests", "Requests at work", multiprocess_mode="livesum")


def install(app: Flask) -> None:
    """Count every request."""

    @app.before_request
    def begin() -> None:
        g.counted_from = time.perf_counter()
        OPEN.inc()

    @app.after_request
    def count(response: Response) -> Response:
        site = request.environ.get("mikhak.site")
        office = site.office.slug if site and site.office else (site.kind if site else "-")
        REQUESTS.labels(office, request.endpoint or "-", response.status_code).inc()
        if (began := g.get("counted_from")) is not None:
            SECONDS.labels(request.blueprint or "-").observe(time.perf_counter() - began)
        return response

    @app.teardown_request
    def end(_fault: BaseException | None) -> None:
        if g.pop("counted_from", None) is not None:
            OPEN.dec()


def exposition() -> bytes:
    """All figures of all processes, and what can only be asked now."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    asked = CollectorRegistry()
    found = pulse.feel()
    if found:
        _gauge(asked, "mikhak_relay_silence_seconds", "Since the last sweep", found.age)
        _gauge(asked, "mikhak_outbox_oldest_seconds", "Age of the oldest row", found.waiting)
    try:
        _gauge(asked, "mikhak_jobs_waiting", "Bells that no worker has heard yet", jobs.waiting())
    except RedisError:
        current_app.logger.info("no bell to ask")
    counted = registry if os.environ.get("PROMETHEUS_MULTIPROC_DIR") else OWN
    return generate_latest(counted) + generate_latest(asked)


def forget_the_dead() -> None:
    """Requests that were at work in a process that is gone are at work no more.

    A worker's end is told by its server, but a server that was killed tells nothing.
    """
    for left in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).glob("gauge_live*_*.db"):
        pid = int(left.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, PermissionError):  # nobody's, or somebody else's by now
            mark_process_dead(pid)


def _gauge(registry: CollectorRegistry, name: str, words: str, value: float) -> None:
    Gauge(name, words, registry=registry).set(value)
