"""A channel that keeps the client it sends by.

kombu makes a new client of redis-py for each thing a channel does: noting a message that came,
acknowledging it, publishing. The connections are pooled, but each client fills a table of some two
hundred answers first, which took 6 % of a placing worker's time (py-spy, queue full, celery and
kombu 5.7.0, redis-py 8, Nov 2026). A client holds nothing else, and threads may share it.
Nothing else belongs here.
"""

from typing import Any

from kombu.transport import redis


class KeepsItsClient(redis.Channel):
    """kombu's Redis channel; what waits for messages still has clients of its own."""

    _kept: Any = None

    def _create_client(self, asynchronous: bool = False) -> Any:
        if asynchronous:
            return super()._create_client(asynchronous)  # type: ignore[no-untyped-call]  # kombu's
        # Another pool after every loss of the connection: then another client, too.
        if self._kept is None or self._kept.connection_pool is not self.pool:
            self._kept = super()._create_client()  # type: ignore[no-untyped-call]  # kombu's
        return self._kept
