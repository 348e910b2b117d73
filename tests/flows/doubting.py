"""A desk in doubt: its ledger or its Redis forgot, and the venue did not."""

from orderdesk.core.fence import GATEWAY_SKEW_MS, VISIBILITY_LAG_MS
from orderdesk.core.intents import Doubt, Intent
from orderdesk.flows.identity import DOUBT_MS
from tests.flows.trial import WINDOW_MS, Trial

SETTLED_MS = WINDOW_MS + GATEWAY_SKEW_MS + VISIBILITY_LAG_MS
"""So long after a restore "not there" says nothing."""


def doubt_of(trial: Trial) -> Doubt:
    """The doubt that stands."""
    doubt = trial.ledger.doubt()
    assert doubt is not None
    return doubt


def begin_doubt(trial: Trial, reason: str) -> None:
    """Begin a doubt now."""
    now_ms = trial.time.now_ms()
    trial.ledger.begin_doubt(Doubt(now_ms, now_ms + DOUBT_MS, reason))


def placed_by_a_lost_ledger(trial: Trial, **changes: str) -> Intent:
    """Place the order on the same venue out of a ledger that is gone afterwards."""
    lost = Trial(clock=trial.clock)
    lost.venue = trial.venue
    placed = lost.place(lost.order(**changes))
    trial.venue.calls.clear()
    return placed
