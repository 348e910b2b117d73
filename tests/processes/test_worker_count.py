"""Real workers, one more than declared: they share the limits, and a person may set them."""

from pathlib import Path
from typing import Any

import pytest

from orderdesk.core.queues import PLACING
from tests.processes.running_desk import RunningDesk, running_desk

pytestmark = pytest.mark.processes


def test_workers_when_one_more_than_declared_starts_then_every_limit_is_halved(
    tmp_path: Path,
) -> None:
    """It says so in its log, and `control rate_limit` works afterwards as before."""
    with running_desk(tmp_path, ORDERDESK_WORKERS="1", RATE_LIMIT_BUFFER="1") as desk:
        # Given the one that was declared
        desk.start_worker("first", queues=(PLACING,))
        desk.until(lambda: _limits(desk) == ["place_order [rate_limit=600/s]"])
        # When another one comes
        desk.start_worker("second", queues=(PLACING,))
        # Then
        desk.until(lambda: _limits(desk) == ["place_order [rate_limit=300/s]"] * 2)
        desk.until(lambda: "ORDERDESK_WORKERS=1" in (tmp_path / "second.log").read_text())
        # And
        desk.producer.app.control.rate_limit("place_order", "7/s")
        desk.until(lambda: _limits(desk) == ["place_order [rate_limit=7/s]"] * 2)


def _limits(desk: RunningDesk) -> list[str]:
    asked: Any = desk.producer.app.control.inspect(timeout=1.0)
    answers = asked.registered("rate_limit") or {}
    return [task for tasks in answers.values() for task in tasks if task.startswith("place_order")]
