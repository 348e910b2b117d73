"""The smoke scenarios on containers of our image (`make smoke`)."""

import pytest

from orderdesk.client import Producer
from tests.smoke.scenarios import SCENARIOS, Scenario


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_image_when_a_smoke_scenario_is_played_then_it_holds(
    producer: Producer, scenario: Scenario
) -> None:
    """What a stranger tries first works in the image that is shipped."""
    scenario(producer, producer.app)
