"""A thousand connections that say nothing, and a noisy office: what others feel of them."""

import http.client
import resource
import socket
import statistics
import threading
import time
from contextlib import ExitStack
from typing import Any

from tests.faults.chaos import Stage
from tests.faults.people import OFFICES, Applicant, applicants

SECONDS = 8.0
SHARE, NOISY = 1, 20


def thousand_connections(scene: Stage, number: int = 1000) -> dict[str, Any]:
    """Hold so many silent connections open and fetch pages beside them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < number + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, number + 200), hard))
    with ExitStack() as held:
        for _ in range(number):
            held.enter_context(socket.create_connection(("127.0.0.1", scene.tree.port), 10))
        times = [_page(scene, "localhost") for _ in range(10)]
    return {
        "silent connections": number,
        "pages answered beside them": sum(status == 200 for status, _ in times),
        "slowest of them, s": round(max(seconds for _, seconds in times), 2),
    }


def slow_lines(scene: Stage, number: int = 12) -> dict[str, Any]:
    """So many people at one office who began to send a form and send no more; pages beside them."""
    host = f"{OFFICES[0]}.localhost"
    begun = (
        f"POST /enter HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nemail="
    )
    with ExitStack() as held:
        for _ in range(number):
            line = held.enter_context(socket.create_connection(("127.0.0.1", scene.tree.port), 10))
            line.sendall(begun.encode())
        time.sleep(1)  # all of them are being read
        times = [_page(scene, host, "/services") for _ in range(5)]
    return {
        "forms that are not sent to their end": number,
        "pages of the same office answered beside them": sum(status == 200 for status, _ in times),
        "slowest of these, s": round(max(seconds for _, seconds in times), 2),
    }


def noisy_office(scene: Stage) -> dict[str, Any]:
    """The p95 of an office at its share, alone with another one, and while that one is noisy."""
    who = applicants(scene.app, 2, drafts=1)
    quiet, noisy = who
    _load(scene, [(quiet, SHARE), (noisy, SHARE)], 2.0)  # everything is warm
    before = _load(scene, [(quiet, SHARE), (noisy, SHARE)], SECONDS)[quiet.slug]
    beside = _load(scene, [(quiet, SHARE), (noisy, NOISY * SHARE)], SECONDS)[quiet.slug]
    return {
        "p95 of an office at its share, ms": round(_p95(before) * 1000),
        f"the same beside one at {NOISY} times its share, ms": round(_p95(beside) * 1000),
        "ratio (goal 2)": round(_p95(beside) / _p95(before), 2),
        "pages of the quiet office, before and beside": f"{len(before)} and {len(beside)}",
    }


def _load(scene: Stage, groups: list[tuple[Applicant, int]], seconds: float) -> dict[str, Any]:
    """Clients that ask for a page again as soon as they have one; the times by office."""
    times: dict[str, list[float]] = {person.slug: [] for person, _ in groups}
    deadline = time.monotonic() + seconds

    def ask(person: Applicant) -> None:
        while time.monotonic() < deadline:
            path = f"/requests/{person.drafts[0]}/check"
            status, took = _page(scene, person.host, path, person.cookie)
            if status == 200:
                times[person.slug].append(took)
            else:
                time.sleep(0.5)

    threads = [
        threading.Thread(target=ask, args=(person,)) for person, n in groups for _ in range(n)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _page(scene: Stage, host: str, path: str = "/", cookie: str = "") -> tuple[int, float]:
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", scene.tree.port, timeout=60)
    try:
        connection.request("GET", path, headers={"Host": host, "Cookie": f"mikhak={cookie}"})
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.monotonic() - began
    finally:
        connection.close()


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]
