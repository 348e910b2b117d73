"""A running desk for the tests of this folder: one with workers, shared; or one's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.running_desk import RunningDesk, running_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk with one worker for every queue, and beat; shared by the tests of a file."""
    with running_desk(tmp_path_factory.mktemp("a desk")) as running:
        running.start_worker("all")
        running.start_beat()
        yield running


@pytest.fixture
def own_desk(tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk of the test's own, with no worker yet: for tests that break things."""
    with running_desk(tmp_path / "own desk") as running:
        yield running
