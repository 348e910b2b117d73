"""For the tests of those who trade: a MEXC of their own as a pytest fixture.

    def test_my_strategy_buys_the_dip(mexc_simulator):
        mexc_simulator.door.set_price("BTCUSDT", "54000")
        my_strategy(mexc_simulator.base_url, mexc_simulator.api_key, mexc_simulator.api_secret)
        assert mexc_simulator.door.state()["order_count"] == 1

The wheel names this module to pytest, so nothing has to be imported. It costs nothing until a test
asks for a fixture; those need aiohttp (`pip install orderdesk[simulator]`). What a simulator can
do: docs/simulator.md.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from orderdesk.simulator.running import RunningSimulator

_MARKER = "mexc_simulator"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, so that --strict-markers lets it pass."""
    text = f"{_MARKER}(seed=1, walk_ms=0, caps=..., options=()): how a test's simulator is started"
    config.addinivalue_line("markers", text)


@pytest.fixture
def mexc_simulator(request: pytest.FixtureRequest) -> "Iterator[RunningSimulator]":
    """Run a fresh simulator for one test, in a process of its own (a quarter of a second).

    Prices stand still until the test moves them. `@pytest.mark.mexc_simulator(seed=2, walk_ms=100)`
    starts it another way: the arguments of `orderdesk.simulator.running.running_simulator`.
    """
    marker = request.node.get_closest_marker(_MARKER)
    yield from _running({} if marker is None else marker.kwargs)


@pytest.fixture(scope="session")
def shared_mexc_simulator() -> "Iterator[RunningSimulator]":
    """Run one simulator for all tests that do not mind what others left in it.

    For accounts that nobody else touches: `shared_mexc_simulator.door.open_account(...)`.
    """
    yield from _running({})


def _running(options: dict[str, Any]) -> "Iterator[RunningSimulator]":
    if find_spec("aiohttp") is None:
        pytest.fail("the simulator needs aiohttp: pip install orderdesk[simulator]", pytrace=False)
    # Only here, so that a run without these fixtures imports none of it.
    from orderdesk.simulator.running import running_simulator  # noqa: PLC0415 - see above

    with running_simulator(**options) as simulator:
        yield simulator
