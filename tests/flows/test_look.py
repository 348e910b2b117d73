"""Looking before sending: once is enough where it proves something, and never in an order's way."""

from dataclasses import replace

import pytest

from orderdesk.core.answers import Unsent
from orderdesk.core.fence import GATEWAY_SKEW_MS, VISIBILITY_LAG_MS
from orderdesk.core.intents import Doubt
from orderdesk.core.orders import OrderStatus
from orderdesk.core.tokens import Lane
from orderdesk.errors import Transient
from orderdesk.flows import look
from orderdesk.flows.identity import DOUBT_MS
from orderdesk.ports import Exchange
from tests.flows.trial import WINDOW_MS, Trial, place_at

SETTLED_MS = WINDOW_MS + GATEWAY_SKEW_MS + VISIBILITY_LAG_MS


@pytest.mark.parametrize(("age_ms", "looks"), [(SETTLED_MS + 1, 1), (SETTLED_MS - 1_000, 2)])
def test_look_when_an_order_comes_back_for_its_slot_then_a_proven_absence_is_not_asked_again(
    trial: Trial, age_ms: int, looks: int
) -> None:
    """What was sent before the doubt shows by then; earlier, the absence proves nothing yet."""
    _doubt_since(trial, age_ms)
    trial.venue.next_answers = [Unsent("connection refused")]
    with pytest.raises(Transient):
        trial.place(trial.order())
    assert trial.place(trial.order()).status is OrderStatus.NEW
    assert trial.venue.calls["order"] == looks


def test_look_when_another_doubt_begins_then_an_old_absence_proves_nothing(trial: Trial) -> None:
    """A ledger that forgot once more may have sent the order in between."""
    _doubt_since(trial, SETTLED_MS + 1)
    trial.venue.next_answers = [Unsent("connection refused")]
    with pytest.raises(Transient):
        trial.place(trial.order())
    _doubt_since(trial, 0)
    trial.place(trial.order())
    assert trial.venue.calls["order"] == 2


def test_look_when_it_waits_for_a_slot_then_it_waits_in_the_orders_own_lane(trial: Trial) -> None:
    """A lane that books further ahead than orders may leaves them no slot for as long as any
    order waits to be looked for: none would ever be sent.
    """
    _doubt_since(trial, SETTLED_MS + 1)
    lanes: set[Lane] = set()

    def noting(account: str, lane: Lane) -> Exchange:
        lanes.add(lane)
        return trial.desk.exchange(account, lane)

    place_at(replace(trial.desk, exchange=noting), trial.order())
    assert trial.venue.calls["order"] == 1
    assert lanes == {Lane.PLACE}


def _doubt_since(trial: Trial, age_ms: int) -> None:
    since_ms = trial.time.now_ms() - age_ms
    trial.ledger.begin_doubt(Doubt(since_ms, since_ms + DOUBT_MS, look.REDIS_EMPTY))
