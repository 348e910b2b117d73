"""One asks, the others get its answer."""

import threading

import pytest

from orderdesk.control.http.remembered import Remembered
from orderdesk.errors import ExchangeUnreachable


def test_answer_when_many_ask_at_once_then_the_question_is_asked_once() -> None:
    """However many clients look at the page."""
    asked, begun, go = [], threading.Event(), threading.Event()
    remembered = Remembered()

    def ask() -> int:
        asked.append(1)
        begun.set()
        go.wait(10)
        return 7

    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(remembered.get("q", ask, for_ms=60_000)))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    begun.wait(10)
    go.set()
    for thread in threads:
        thread.join(10)
    assert (answers, len(asked)) == ([7] * 5, 1)


def test_answer_when_its_time_is_over_or_it_was_an_error_then_it_is_asked_anew() -> None:
    """Neither an old answer nor a failure is kept; questions do not know of each other."""
    remembered, answers = Remembered(), iter([1, 2, 3])

    def fails() -> int:
        raise ExchangeUnreachable("no answer")

    assert [remembered.get("q", lambda: next(answers), for_ms=0) for _ in range(2)] == [1, 2]
    with pytest.raises(ExchangeUnreachable):
        remembered.get("p", fails, for_ms=60_000)
    assert remembered.get("p", lambda: next(answers), for_ms=60_000) == 3
