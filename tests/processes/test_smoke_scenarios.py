"""The smoke scenarios on workers of this host; `make smoke` runs the same on containers."""

import pytest

from tests.processes.running_desk import RunningDesk
from tests.smoke.scenarios import SCENARIOS, Scenario

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_desk_when_a_smoke_scenario_is_played_then_it_holds(
    desk: RunningDesk, scenario: Scenario
) -> None:
    """What a stranger tries first works, by the same words as in containers."""
    scenario(desk.producer, desk.producer.app)
