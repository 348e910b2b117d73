"""When each result came: heard as the server tells it, the same way for every contender."""

import threading
import time
from typing import Any

from redis import Redis

_QUIET_S = 0.2


def _goes_on(said: Any) -> bool:
    """Tell whether this is Celery's word that a task is tried again, which is no end of it."""
    return isinstance(said, str) and said.startswith('{"status": "RETRY"')


class Hearing:
    """Listens to one pattern of channels, and notes when each spoke first (µs) and what it said."""

    def __init__(self, redis: Redis, pattern: str) -> None:
        self._pubsub = redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]  # redis-py's
        self._pubsub.psubscribe(pattern)
        self._stop = threading.Event()
        self.heard: dict[str, tuple[int, Any]] = {}
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear no more."""
        self._stop.set()
        self._thread.join()
        self._pubsub.close()

    def _listen(self) -> None:
        while not self._stop.is_set():
            message = self._pubsub.get_message(timeout=_QUIET_S)
            if message is not None and not _goes_on(message["data"]):
                at_us = time.time_ns() // 1_000
                self.heard.setdefault(message["channel"], (at_us, message["data"]))
