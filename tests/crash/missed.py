"""More intents, and more kills, for the fault points that were not hit often enough.

A third of a campaign's intents meets an engaged kill switch and never comes to its point.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import count
from typing import TYPE_CHECKING

from tests.crash.plan import spare
from tests.crash.points import Point

if TYPE_CHECKING:
    from tests.crash.campaign import Campaign

KILL_POINTS = (Point.KILL_ENGAGED, Point.KILL_CANCELING)
_ORDER_POINTS = tuple(point for point in Point if point not in KILL_POINTS)

_ROUNDS = 8
_IN_TIME_S = 15.0
"""How long the plan's own intents have still."""
_STRIKES_S = 45.0
"""How long the intents of a round have to come to their points."""


def hit_what_was_missed(campaign: "Campaign") -> None:
    """Go on until every point was hit as often as the plan asks, or all rounds are over.

    Orders first and kills behind them: an engaged kill denies what is called beside it.
    """
    numbers = count(1)

    def order(point: Point) -> None:
        campaign.call(spare(campaign.plan.seed, next(numbers), point))

    def kill(point: Point) -> None:
        number = 1_000 + 2 * next(numbers) + (point is Point.KILL_ENGAGED)
        campaign.pull_kill(f"chaos-{number}")

    campaign.until(lambda: not missing(campaign, Point), _IN_TIME_S)
    for _ in range(_ROUNDS):
        _strike(campaign, _ORDER_POINTS, order)
        _strike(campaign, KILL_POINTS, kill)


def missing(campaign: "Campaign", points: Iterable[Point]) -> Counter[Point]:
    """Return how many hits some points lack."""
    return Counter(dict.fromkeys(points, campaign.plan.goal)) - campaign.hits()


def _strike(campaign: "Campaign", points: Iterable[Point], strike: Callable[[Point], None]) -> None:
    lacking = missing(campaign, points)
    if not lacking:
        return
    campaign.say(f"not hit often enough yet: {dict(lacking)}")
    for point in lacking.elements():
        strike(point)
    campaign.until(lambda: not missing(campaign, lacking), _STRIKES_S)
