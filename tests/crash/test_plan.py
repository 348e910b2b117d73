"""A plan is its seed: the same again, and never without a boundary or a fault."""

import pytest

from orderdesk.core.queues import ACCOUNT, CANCELLING, PLACING, QUEUES
from tests.crash.acts import ACTS
from tests.crash.house import WORKERS
from tests.crash.missed import KILL_POINTS
from tests.crash.plan import FULL_GOAL, FULL_SIZE, ONCE_A_CYCLE, planned
from tests.crash.points import Act, Point
from tests.crash.troubles import TROUBLES

OF_ORDERS = set(Point) - set(KILL_POINTS)


def test_plan_when_made_twice_then_it_is_the_same() -> None:
    """A seed that failed can be run again."""
    assert planned(7, 300) == planned(7, 300)
    assert planned(7, 300) != planned(8, 300)


@pytest.mark.parametrize("size", [500, FULL_SIZE])
def test_plan_when_made_then_every_boundary_is_struck_often_enough(size: int) -> None:
    """On purpose, not only by luck: thirty times each from 10,000 intents on."""
    plan = planned(1, size)
    struck = [
        i.trouble.point for i in plan.intents if i.trouble and i.trouble.act in (Act.KILL, Act.FAIL)
    ]
    assert len(plan.intents) == size
    assert plan.goal == (FULL_GOAL if size == FULL_SIZE else 1)
    assert all(struck.count(point) >= plan.goal for point in OF_ORDERS)
    assert len(plan.kills) >= 2 * plan.goal


def test_plan_when_made_then_every_trouble_and_every_act_is_in_it() -> None:
    """Nothing of the list is left out because the campaign is short."""
    plan = planned(2, 500)
    troubles = {i.trouble.name for i in plan.intents if i.trouble}
    assert troubles == {trouble.name for trouble in TROUBLES}
    assert {act for _, act in plan.acts} == {act for _, act in ONCE_A_CYCLE} | {"kill switch"}
    assert {act for _, act in plan.acts} == set(ACTS)


def test_plan_when_made_then_every_type_of_order_is_in_it() -> None:
    """All five types that MEXC spot takes."""
    types = {intent.fields["type"] for intent in planned(3, 500).intents}
    assert types == {"LIMIT", "MARKET", "LIMIT_MAKER", "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"}


def test_house_when_it_runs_then_every_queue_has_two_who_serve_it() -> None:
    """One of them may be dead or stopped; upkeep and dead letters can wait for a restart."""
    served = [queue for queues, _ in WORKERS.values() for queue in queues.split(",")]
    assert set(served) == set(QUEUES)
    assert all(served.count(queue) >= 2 for queue in (PLACING, CANCELLING, ACCOUNT))
