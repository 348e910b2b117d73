"""Tell the throttle how the venue answers, and everybody when its circuit opens."""

from collections.abc import Callable
from contextlib import suppress

from orderdesk.core.events import Event, EventKind
from orderdesk.errors import LedgerUnavailable, StoreUnavailable
from orderdesk.ports import Ledger, Throttle


class Circuit:
    """Called after every request with "", or with what the venue did instead of answering.

    A request that never left because of an open circuit is a no: it waits (`NotYet`), as if no
    slot were near.
    """

    def __init__(self, throttle: Throttle, ledger: Ledger, now_ms: Callable[[], int]) -> None:
        self._throttle = throttle
        self._ledger = ledger
        self._now_ms = now_ms

    def __call__(self, silence: str) -> None:
        """Note an answer or a failure; what cannot be noted must not change what was answered."""
        # Without Redis no request leaves anyway, and without the ledger only the event is missing.
        with suppress(StoreUnavailable, LedgerUnavailable):
            open_ms = self._throttle.heard(answered=not silence, reason=silence)
            if open_ms:
                data = {"for_ms": open_ms, "reason": f"the venue does not answer: {silence}"}
                self._ledger.tell(Event(EventKind.VENUE_PAUSED, self._now_ms(), data=data))
