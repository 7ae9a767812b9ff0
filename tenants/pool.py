"""Which connection an office gets: the one that knows it.

A backend of PostgreSQL learns the tables of each office that it serves and keeps what it learnt. If
every connection served every office, each would hold everything: more than a processor's caches do,
and soon more than `tenants.binding` lets it keep. So each office has a home among a few connections
and goes next door while that one is busy.
"""

from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util.queue import Empty, Queue

from tenants.context import _current

HOMES = 8
"""Of each process: more than work at once (`core.web.turnstile`), so that homes are mostly free."""


class Homes(Queue[ConnectionPoolEntry]):
    """The idle connections, numbered in the order in which they came back for the first time."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self._number_of: dict[ConnectionPoolEntry, int] = {}  # none ever leaves the pool
        self._home_of: dict[str, int] = {}

    def get(self, block: bool = True, timeout: float | None = None) -> ConnectionPoolEntry:
        """The connection nearest to home. Raises Empty where one more should be made instead."""
        with self.mutex:
            if not block and self._home() >= len(self._number_of):
                raise Empty
            return super().get(block, timeout)

    def _put(self, item: ConnectionPoolEntry) -> None:
        self._number_of.setdefault(item, len(self._number_of))
        super()._put(item)

    def _get(self) -> ConnectionPoolEntry:
        home = self._home()
        nearest = min(self.queue, key=lambda item: (self._number_of[item] - home) % HOMES)
        self.queue.remove(nearest)
        return nearest

    def _home(self) -> int:
        scope = _current.get()
        if scope is None:
            return 0  # a look at the registry: at home everywhere
        return self._home_of.setdefault(scope.name, len(self._home_of) % HOMES)


class OfficePool(QueuePool):
    """Hands out the connection that has served the open scope's office before, if it is idle."""

    _queue_class = Homes
