"""The one exchange of this desk, wired: part of `wiring.py`, which is told settings and ports."""

import functools
from collections.abc import Callable

from orderdesk.core.calls import TellCall
from orderdesk.core.tokens import Cost, Lane
from orderdesk.errors import ClockUncertain
from orderdesk.exchanges.http import HttpDoor
from orderdesk.exchanges.mexc.limits import TIME
from orderdesk.exchanges.mexc.spot import MexcSpot
from orderdesk.flows.account_binding import AccountBinding
from orderdesk.flows.circuit import Circuit
from orderdesk.flows.exchange_time import ExchangeTime
from orderdesk.flows.pacing import Pacer
from orderdesk.ports import Clock, Exchange, Ledger, Rules, Throttle
from orderdesk.settings import Settings

ACCOUNT = "main"
"""The one account of this desk; several come with settings of their own."""

QUESTION_WINDOW_MS = 10_000
"""recvWindow of questions: a late answer to a question does no harm, a refused one costs a trip."""


class WiredVenue:
    """The one exchange of this desk, seen from every lane through one pooled door."""

    def __init__(
        self,
        chosen: Settings,
        throttle: Throttle,
        clock: Clock,
        ledger: Ledger,
        rules: Rules,
        *,
        tell: TellCall,
    ) -> None:
        self._chosen = chosen
        self._tell = tell
        self._throttle = throttle
        self._clock = clock
        self._rules = rules
        self._door = HttpDoor(use_environment_proxies=chosen.use_environment_proxies)
        self._client_of = functools.cache(self._build)
        pacer = self._pacer(ACCOUNT, Lane.RESOLVE)
        self.time = ExchangeTime(
            clock, self._client(lambda _cost: None).time_ms, pace=lambda: pacer(TIME)
        )
        self._circuit = Circuit(throttle, ledger, self.time.now_ms)
        self._binding = AccountBinding(ledger, self.time.now_ms)

    def seen_from(self, account: str, lane: Lane) -> Exchange:
        """Return the venue for an account and lane, once the key is known to be that account's."""
        exchange = self._client_of(account, lane)
        # A cancel proves nothing by what it does not find, and a kill must not wait.
        if lane is not Lane.CANCEL:
            self._binding.confirm(account, exchange)
        return exchange

    def _build(self, account: str, lane: Lane) -> Exchange:
        return self._client(self._pacer(account, lane))

    def _pacer(self, account: str, lane: Lane) -> Pacer:
        return Pacer(
            self._throttle,
            self._clock,
            account=account,
            lane=lane,
            sleep_bound_ms=self._rules.sleep_bound_ms,
            late_ms=self._rules.late_ms,
        )

    def _client(self, pace: Callable[[Cost], object]) -> MexcSpot:
        return MexcSpot(
            base_url=self._chosen.base_url,
            api_key=self._chosen.api_key.get_secret_value(),
            api_secret=self._chosen.api_secret.get_secret_value(),
            door=self._door,
            pace=pace,
            stamp=self._stamp,
            heard=self._hear,
            question_window_ms=QUESTION_WINDOW_MS,
            tell=self._tell,
        )

    def _hear(self, silence: str) -> None:
        self._circuit(silence)

    def _stamp(self) -> int:
        """Stamp a question; its window is wide, so a vague clock will do."""
        try:
            return self.time.stamp_ms(QUESTION_WINDOW_MS)
        except ClockUncertain:
            self.time.prepare(QUESTION_WINDOW_MS)
            return self.time.stamp_ms(QUESTION_WINDOW_MS)
