"""The load generator, a process of its own: `python -m tests.bench.load` reads its task from stdin.

The task: port, visits ([host, cookie, path] …), threads, count, seconds. Threads keep their
connections alive and take the visits in turn; it ends by count or by time, whichever comes first.
"""

import http.client
import json
import sys
import threading
import time
from itertools import count
from typing import Any


class Generator:
    """Threads that ask until there is enough."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.task = task
        self.turn = count()
        self.deadline = time.monotonic() + task["seconds"]
        self.times: list[float] = []
        # Like browsers, they send back the cookies that they were given.
        self.jars = {(host, cookie): {"mikhak": cookie} for host, cookie, _ in task["visits"]}
        self.faults = 0

    def run(self) -> dict[str, Any]:
        """Ask, and say what came of it."""
        threads = [threading.Thread(target=self._ask) for _ in range(self.task["threads"])]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took, times = time.monotonic() - began, sorted(self.times)
        return {
            "requests": len(times),
            "seconds": took,
            "faults": self.faults,
            "median_ms": times[len(times) // 2] * 1000 if times else None,
            "p95_ms": times[len(times) * 95 // 100] * 1000 if times else None,
        }

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.task["port"], timeout=30)
        visits = self.task["visits"]
        while (number := next(self.turn)) < self.task["count"]:
            began = time.monotonic()
            if began > self.deadline:
                break
            host, cookie, path = visits[number % len(visits)]
            jar = self.jars[host, cookie]
            sent = "; ".join(f"{name}={value}" for name, value in jar.items())
            connection.request("GET", path, headers={"Host": host, "Cookie": sent})
            answer = connection.getresponse()
            answer.read()
            for given in answer.headers.get_all("Set-Cookie", []):
                name, _, value = given.partition(";")[0].partition("=")
                jar[name] = value
            self.times.append(time.monotonic() - began)
            self.faults += answer.status != 200
        connection.close()


if __name__ == "__main__":
    json.dump(Generator(json.load(sys.stdin)).run(), sys.stdout)
