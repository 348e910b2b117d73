"""A venue that shows orders late, each view at its own pace, and admits through lagging gateways.

All within the assumptions A1 to A3: what it does here, MEXC may do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orderdesk.core.answers import Answer, ExchangeOrder
from orderdesk.core.fence import GATEWAY_SKEW_MS, VISIBILITY_LAG_MS
from orderdesk.exchanges.in_memory import InMemoryVenue
from orderdesk.ports import NewOrder


@dataclass
class UnrulyVenue(InMemoryVenue):
    """An `InMemoryVenue` whose views lag, and one of whose gateways does."""

    lags_ms: Mapping[str, int] = field(default_factory=dict)
    """How long each view does not show an order that is asked for from now on; below L."""
    sent: list[tuple[str, int]] = field(default_factory=list)
    """(client order id, stamp) of every order that came over the wire, in time or not."""
    _lags_of: dict[str, Mapping[str, int]] = field(default_factory=dict)

    def take(self, order: NewOrder, stamp_ms: int, window_ms: int) -> Answer:
        """Note the stamp; then take the order in, or go wrong as steered."""
        self.sent.append((order.client_order_id, stamp_ms))
        return super().take(order, stamp_ms, window_ms)

    def shown(self, symbol: str, view: str) -> list[ExchangeOrder]:
        """Return what this view shows by now."""
        return [order for order in super().shown(symbol, view) if self._shows(order, view)]

    def land_late(self) -> list[str]:
        """Let what is on the wire arrive at a gateway whose clock is as far behind as may be."""
        right = self.clock_ms
        self.clock_ms = lambda: right() - (GATEWAY_SKEW_MS - 1)
        try:
            return self.land()
        finally:
            self.clock_ms = right

    def left_ms(self) -> int:
        """Return how long what is on the wire may still land there; 0 if it may not any more."""
        ends_ms = [stamp_ms + window_ms for _, stamp_ms, window_ms in self._on_the_wire]
        return max([0, *(end_ms + GATEWAY_SKEW_MS - 1 - self.clock_ms() for end_ms in ends_ms)])

    def _shows(self, order: ExchangeOrder, view: str) -> bool:
        # Once shown it stays: an order keeps the lags of the moment it is first asked for.
        lag_ms = self._lags_of.setdefault(order.order_id, self.lags_ms).get(view, 0)
        assert lag_ms < VISIBILITY_LAG_MS
        return self.clock_ms() >= order.created_ms + lag_ms
