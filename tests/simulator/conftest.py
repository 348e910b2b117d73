"""What the simulator's tests start from."""

from collections.abc import Iterator

import pytest

from orderdesk.simulator.running import RunningSimulator, running_simulator
from tests.simulator.floor import Floor, Trader


@pytest.fixture
def floor() -> Floor:
    """Give a fresh venue in this process, its clock in the test's hand."""
    return Floor()


@pytest.fixture(scope="session")
def running() -> Iterator[RunningSimulator]:
    """Run one simulator process for all tests that do not harm it."""
    with running_simulator() as simulator:
        yield simulator


@pytest.fixture
def trader(running: RunningSimulator) -> Iterator[Trader]:
    """Give a client of the running simulator, without faults left over."""
    running.door.clear_faults()
    yield Trader(running.port)
    running.door.clear_faults()
