"""The turnstile: offices take turns, one never fills the house, and nobody is forgotten inside."""

import socket
import threading
import time
from unittest.mock import Mock

import pytest

from core.aside import aside
from core.web.turnstile import (
    BUSY,
    RUNNING,
    WAITING_OF_ONE_OFFICE,
    Turnstile,
)

PATIENCE = 10


class House:
    """An application whose every answer waits until the test lets it go."""

    def __init__(self):
        self.turnstile = Turnstile(self.serve)
        self.came, self.doors, self.answers, self.threads = [], {}, [], []
        self.moved, self.closing = threading.Condition(), False

    def serve(self, environ, _start):
        door = threading.Event()
        with self.moved:
            if self.closing:
                return []
            self.came.append(environ["HTTP_HOST"])
            self.doors.setdefault(environ["HTTP_HOST"], []).append(door)
            self.moved.notify_all()
        assert door.wait(PATIENCE)
        if environ["HTTP_HOST"] == "broken":
            raise RuntimeError
        return [b"served"]

    def visit(self, host):
        thread = threading.Thread(target=self._ask, args=(host,), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _ask(self, host):
        said = []
        try:
            self.turnstile({"HTTP_HOST": host}, lambda status, _headers: said.append(status))
        except RuntimeError:
            said.append("broken")
        with self.moved:
            self.answers.append((host, *said))
            self.moved.notify_all()

    def until(self, number, *, of="came"):
        with self.moved:
            assert self.moved.wait_for(lambda: len(getattr(self, of)) >= number, PATIENCE)

    def let_go(self, host):
        with self.moved:
            door = self.doors[host].pop(0)
        door.set()

    def close(self):
        with self.moved:
            self.closing = True
            doors = [door for kept in self.doors.values() for door in kept]
        for door in doors:
            door.set()
        for thread in self.threads:
            thread.join(PATIENCE)


@pytest.fixture
def house():
    house = House()
    yield house
    house.close()


def waiting_now(house):
    return {host: len(queue) for host, queue in house.turnstile._waiting.items()}


def waiting(house, host, number):
    """Until so many of a host stand in the queue."""
    deadline = time.monotonic() + PATIENCE
    while len(house.turnstile._waiting.get(host, ())) != number:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_one_office_never_fills_the_house(house):
    for _ in range(RUNNING + 1):
        house.visit("noisy")
    house.until(RUNNING)
    waiting(house, "noisy", 1)
    house.visit("quiet")
    house.until(RUNNING + 1)
    assert house.came == ["noisy"] * RUNNING + ["quiet"]
    house.visit("late")
    waiting(house, "late", 1)
    house.let_go("noisy")
    house.until(1, of="answers")
    assert waiting_now(house) == {"noisy": 1, "late": 1}, "two are enough"
    house.let_go("noisy")
    house.until(RUNNING + 2)
    assert house.came[-1] == "late"


def test_beside_another_office_it_gets_one_place(house):
    for _ in range(RUNNING + 1):
        house.visit("noisy")
    house.until(RUNNING)
    house.visit("quiet")
    house.until(RUNNING + 1)
    waiting(house, "noisy", 1)
    house.let_go("noisy")
    house.until(1, of="answers")
    assert house.came.count("noisy") == RUNNING, "the quiet office shares with one, not with two"
    house.let_go("quiet")
    house.until(RUNNING + 2)
    assert house.came[-1] == "noisy"


def test_whoever_was_served_longest_ago_comes_next(house):
    for number, host in enumerate(("first", "second", "third")[:RUNNING], 1):
        house.visit(host)
        house.until(number)
    for host in ("second", "fourth"):
        house.visit(host)
        waiting(house, host, 1)
    house.let_go("second")
    house.until(RUNNING + 1)
    assert house.came[-1] == "fourth"


def test_a_full_queue_is_told_at_once(house):
    for number in range(RUNNING + WAITING_OF_ONE_OFFICE):
        house.visit("noisy")
        waiting(house, "noisy", max(0, number + 1 - RUNNING))
        house.until(min(number + 1, RUNNING))
    house.visit("noisy")
    house.until(1, of="answers")
    assert house.answers == [("noisy", BUSY)]


def test_all_are_served_in_the_end_and_no_host_is_remembered(house):
    hosts = ["broken", "noisy", "noisy", "noisy", "quiet", "broken", "late", "broken"]
    for host in hosts:
        house.visit(host)
    for number in range(len(hosts)):
        house.until(number + 1)
        house.let_go(house.came[number])
    house.until(len(hosts), of="answers")
    house.close()
    one = house.turnstile
    assert (one._running, one._waiting, dict(one._inside), one._served) == (0, {}, {}, {})


@pytest.fixture
def line():
    """A line, and the client's end of it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize("wait", ["for a child", "for the line"])
def test_who_waits_for_others_keeps_nobody_out(line, wait):
    waits, done, most = threading.Semaphore(0), threading.Event(), []

    def serve(environ, _start):
        if environ["HTTP_HOST"] == "slow":
            if wait == "for a child":
                with aside(), aside():
                    hold()
            else:
                environ["wsgi.input"].read(4096)
                most.append(turnstile._running)
                time.sleep(0.01)
        return [b"served"]

    def hold(*_size):
        waits.release()
        assert done.wait(PATIENCE)
        return b""

    def visit():
        asked = {"HTTP_HOST": "slow", "gunicorn.socket": line[0], "wsgi.input": Mock(read=hold)}
        turnstile(asked, None)

    turnstile = Turnstile(serve)
    threads = [threading.Thread(target=visit) for _ in range(2 * RUNNING)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert waits.acquire(timeout=PATIENCE)
    assert turnstile._running == 0
    assert turnstile({"HTTP_HOST": "quick"}, None) == [b"served"]
    done.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert max(most, default=1) <= RUNNING, "what has come waits for its turn"
    one = turnstile
    assert (one._running, one._waiting, dict(one._inside), one._served) == (0, {}, {}, {})


def test_what_has_come_already_is_read_without_giving_the_place_away(line):
    inside = []

    def serve(environ, _start):
        environ["wsgi.input"].read(4)
        return [b"served"]

    def read(_size):
        inside.append(turnstile._running)
        return b"here"

    turnstile = Turnstile(serve)
    line[1].sendall(b"here")
    asked = {"HTTP_HOST": "a", "gunicorn.socket": line[0], "wsgi.input": Mock(read=read)}
    assert turnstile(asked, None) == [b"served"]
    assert inside == [1]
