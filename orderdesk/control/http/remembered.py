"""Answers of the exchange that many may ask for at once: one asks, the others get its answer."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar, cast

T = TypeVar("T")


class Remembered:
    """Keeps the last answer to each question for a while; whoever comes meanwhile gets it.

    So however many clients ask, the venue is asked once in that time. A question that fails is
    not kept: the next one asks again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._questions: dict[str, _Question] = {}

    def get(self, name: str, ask: Callable[[], T], *, for_ms: int) -> T:
        """Return the answer under a name, at most `for_ms` old. Raises what `ask` raises."""
        with self._lock:
            question = self._questions.setdefault(name, _Question())
        with question.lock:
            if time.monotonic() >= question.until_s:
                question.answer = ask()
                question.until_s = time.monotonic() + for_ms / 1_000
            return cast("T", question.answer)


class _Question:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answer: object = None
        self.until_s = 0.0
