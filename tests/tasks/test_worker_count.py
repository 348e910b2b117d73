"""More workers than were declared share the caps all the same."""

import logging
from typing import Any

import pytest

from orderdesk.core.queues import CANCELLING, PLACING
from tasks import worker_count

PAGE = {"place_order": {"rate_limit": "4.8/s"}, "poll_order_status": {"rate_limit": "2.4/s"}}


class Remote:
    """A remote control that knows which worker serves what, and notes what it is told."""

    def __init__(self, serving: dict[str, list[str]] | None) -> None:
        self.serving = serving
        self.limits: dict[str, str] = {}

    def inspect(self, timeout: float) -> "Remote":
        """Ask the workers."""
        assert timeout > 0
        return self

    def active_queues(self) -> dict[str, list[dict[str, str]]] | None:
        """Tell which queues each worker serves, as Celery does."""
        if self.serving is None:
            return None
        return {name: [{"name": q} for q in queues] for name, queues in self.serving.items()}

    def rate_limit(self, task: str, limit: str) -> None:
        """Set a task's limit on every worker."""
        self.limits[task] = limit


class App:
    """As much of a Celery app as is asked."""

    def __init__(self, serving: dict[str, list[str]] | None) -> None:
        self.control = Remote(serving)
        self.conf: Any = type("Page", (), {"task_annotations": PAGE})


def test_workers_when_one_more_than_declared_is_there_then_every_limit_is_lowered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Together they have what the declared ones had; and somebody is told."""
    app = App({"a": [PLACING], "b": [PLACING, CANCELLING], "c": [PLACING], "d": [CANCELLING]})
    with caplog.at_level(logging.WARNING):
        worker_count.share_out(app, declared=2)
    assert app.control.limits == {"place_order": "3.2/s", "poll_order_status": "1.6/s"}
    assert "3 workers place orders, but ORDERDESK_WORKERS=2" in caplog.text


@pytest.mark.parametrize("serving", [None, {"a": [PLACING], "b": [PLACING], "c": [CANCELLING]}])
def test_workers_when_they_are_as_declared_then_nothing_is_changed(
    serving: dict[str, list[str]] | None,
) -> None:
    """Only workers that place orders count; when nobody answers nothing is known."""
    app = App(serving)
    worker_count.share_out(app, declared=2)
    assert app.control.limits == {}
