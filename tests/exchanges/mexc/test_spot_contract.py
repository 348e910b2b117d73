"""MexcSpot keeps the port's contract against the simulator, over real HTTP."""

from collections.abc import Iterator

import pytest

from orderdesk.core.tokens import Cost
from orderdesk.exchanges.http import HttpDoor
from orderdesk.exchanges.mexc.spot import MexcSpot
from orderdesk.simulator.running import RunningSimulator, running_simulator
from tests.exchanges.contract import Bench, ExchangeContract

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    """Run one simulator for all tests of this file."""
    with running_simulator() as simulator:
        yield simulator


@pytest.fixture
def paced() -> list[Cost]:
    """Note what was asked of the throttle."""
    return []


@pytest.fixture
def spot(simulator: RunningSimulator, paced: list[Cost]) -> Iterator[MexcSpot]:
    """Give a client of the simulator, stamped with the simulator's own time."""
    door = HttpDoor()
    client = MexcSpot(
        base_url=simulator.base_url,
        api_key=simulator.api_key,
        api_secret=simulator.api_secret,
        door=door,
        pace=paced.append,
        # The client that is being made is asked for the time later.
        stamp=lambda: client.time_ms(),  # noqa: PLW0108 - see above
    )
    yield client
    client.cancel_everything()
    door.close()


class TestContract(ExchangeContract):
    """The port's contract."""

    @pytest.fixture
    def bench(self, spot: MexcSpot) -> Bench:
        """Give the client."""
        return Bench(spot, stamp_ms=spot.time_ms)
