"""The law of exposure, by hypothesis: never above a limit, and zero when everything ended."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orderdesk.core.answers import Accepted, ExchangeOrder, Refused, Unclear, Unsent, Why
from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Intent, Opened
from orderdesk.core.money import ZERO, plus
from orderdesk.core.orders import ENDED, OrderStatus, Side
from orderdesk.core.portfolio import Position, booked
from orderdesk.core.risk.exposure import DUST, Counters, reservation_of
from orderdesk.errors import UnknownOrder
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.drafts import draft, fill, shown
from tests.stores.ledger_sql.limits_gate import LIMIT, under
from tests.stores.ledger_sql.steps import T_MS, try_open

SYMBOLS = ("BTCUSDT", "ETHUSDT")


class History:
    """One ledger, and the steps that may happen to it; `check` is the slow and obvious way."""

    def __init__(self) -> None:
        self.heard: Counter[EventKind] = Counter()
        self.ledger = LedgerSql("sqlite://", listener=self._hear)
        self.live: dict[str, tuple[Any, Intent, int]] = {}
        self.trades = 0
        self.keys: Counter[str] = Counter()
        self.now_ms = T_MS

    def open(self, n: int) -> None:
        """A worker opens an attempt of a new order, if the gate lets it."""
        side = Side.SELL if n % 5 == 4 else Side.BUY
        of = draft(f"k-{sum(self.keys.values())}", symbol=SYMBOLS[n % 2], side=side)
        self.keys[of.symbol] += 1
        of = replace(of, received_ms=self.now_ms, deadline_ms=self.now_ms + 10**9)
        opened = try_open(self.ledger, of, stamp=lambda: self.now_ms, gate=under(LIMIT))
        if isinstance(opened, Opened):
            self.live[of.idempotency_key] = (of, opened.intent, opened.attempt.id)

    def answer(self, n: int) -> None:
        """The exchange answers an attempt somehow, maybe again."""
        for of, intent, attempt in self._pick(n):
            answers: list[Any] = [
                Accepted(f"X-{intent.id}"),
                Unclear("timeout"),
                Unsent("no connection"),
                Refused(Why.REJECT, "30004", "no"),
                Refused(Why.CLOCK, "700003", "late"),
            ]
            self.ledger.settle(attempt, answers[n % len(answers)], now_ms=self.now_ms)
            self._refresh(of, attempt)

    def trade(self, n: int) -> None:
        """An order trades; its fills may come later."""
        for of, intent, attempt in self._pick(n):
            size = Decimal(1 + n % 4) / 4
            executed = min(Decimal(1), plus(intent.executed_quantity, size))
            status = OrderStatus.FILLED if executed == 1 else OrderStatus.PARTIALLY_FILLED
            self._book(of, intent, status, executed, with_fills=n % 3 != 0)
            self._refresh(of, attempt)

    def end(self, n: int) -> None:
        """The exchange ends an order."""
        for of, intent, attempt in self._pick(n):
            partly = intent.executed_quantity > 0
            status = OrderStatus.PARTIALLY_CANCELED if partly else OrderStatus.CANCELED
            self._book(of, intent, status, intent.executed_quantity, with_fills=True)
            self._refresh(of, attempt)

    def quarantine(self, n: int) -> None:
        """An order is put before a person."""
        for of, intent, attempt in self._pick(n):
            self.ledger.quarantine(intent.id, "a drill", now_ms=self.now_ms)
            self._refresh(of, attempt)

    def person(self, n: int) -> None:
        """A person answers for it."""
        for of, intent, attempt in self._pick(n):
            answer = f"X-{intent.id}" if n % 2 else None
            try:
                self.ledger.answer_quarantined(
                    intent.id, order_id=answer, reason="looked", by="anna", now_ms=self.now_ms
                )
            except UnknownOrder:
                continue
            self._refresh(of, attempt)

    def absent(self, n: int) -> None:
        """An attempt is proven absent."""
        for of, _, attempt in self._pick(n):
            self.ledger.not_placed(attempt, now_ms=self.now_ms)
            self._refresh(of, attempt)

    def check(self) -> None:
        """Hold the counters against what lies in the ledger, added up anew."""
        intents = [i for s in SYMBOLS for i in self.ledger.intents_since("main", s, 0)]
        account, *symbols = self.ledger.exposures("main")
        for counters in symbols:
            of = [i for i in intents if i.symbol == counters.symbol]
            self._check(counters, of)
            position = self._position(of)
            assert counters.position == position
            busy = position.cost >= DUST or counters.reserved_buy > 0
            assert counters.engaged == busy
        self._check(account, intents)
        assert account.position.cost == plus(*(one.position.cost for one in symbols))
        assert account.engaged == sum(one.engaged for one in symbols)
        assert LIMIT.max_exposure is not None
        # An order that shows after it was proven absent is adopted whatever the limit says.
        late = self.heard[EventKind.LATE_EVIDENCE]
        assert account.exposure <= LIMIT.max_exposure + 100 * late

    def finish(self) -> None:
        """Let the exchange end everything."""
        for of, intent, _ in list(self.live.values()):
            now = self.ledger.story(intent.id).intent
            executed = now.executed_quantity
            if now.status is OrderStatus.RECEIVED:
                self.ledger.expire(of, "over", now_ms=self.now_ms)
                continue
            status = OrderStatus.FILLED if executed == 1 else OrderStatus.CANCELED
            if 0 < executed < 1:
                status = OrderStatus.PARTIALLY_CANCELED
            self._book(of, now, status, executed, with_fills=True)

    def _check(self, counters: Counters, intents: list[Intent]) -> None:
        held = [reservation_of(intent) for intent in intents]
        assert counters.reserved_buy == plus(*(one.buying for one in held))
        assert counters.reserved_sell == plus(*(one.selling for one in held))
        assert counters.open_orders == sum(one.orders for one in held)

    def _position(self, intents: list[Intent]) -> Position:
        fills = [f for i in intents for f in self.ledger.story(i.id).fills]
        after = Position()
        for one in sorted(fills, key=lambda f: int(f.trade_id)):
            after = booked(after, one, base="BTC", quote="USDT")
        return after

    def _hear(self, event: Event) -> None:
        self.heard[event.kind] += 1

    def _pick(self, n: int) -> list[tuple[Any, Intent, int]]:
        among = sorted(self.live)
        return [self.live[among[n % len(among)]]] if among else []

    def _refresh(self, of: Any, attempt: int) -> None:
        key = of.idempotency_key
        intent = self.ledger.intent("main", key)
        assert intent is not None
        self.live[key] = (of, intent, attempt)

    def _book(
        self, of: Any, intent: Intent, status: OrderStatus, executed: Decimal, *, with_fills: bool
    ) -> None:
        order_id = intent.order_id or f"X-{intent.id}"
        order: ExchangeOrder = shown(of, status, executed=str(executed), order_id=order_id)
        fills = []
        lacking = executed - intent.filled_quantity
        if with_fills and lacking > 0:
            self.trades += 1
            at_ms = self.now_ms + self.trades
            fills = [fill(of, str(self.trades), str(lacking), order_id=order_id, traded_ms=at_ms)]
        self.ledger.book(intent.id, order=order, fills=fills, now_ms=self.now_ms)


STEPS: list[Callable[[History, int], None]] = [
    History.open,
    History.open,
    History.answer,
    History.answer,
    History.trade,
    History.trade,
    History.end,
    History.quarantine,
    History.person,
    History.absent,
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 19)), max_size=30))
def test_exposure_when_anything_happens_then_it_is_never_above_its_limit_and_ends_at_zero(
    steps: list[tuple[Callable[[History, int], None], int]],
) -> None:
    """Whatever happens in whatever order: the counters are the ledger added up, and end at zero."""
    history = History()
    for step, n in steps:
        step(history, n)
        history.check()
    history.finish()
    history.check()
    for counters in history.ledger.exposures("main"):
        assert (counters.reserved_buy, counters.reserved_sell) == (ZERO, ZERO)
        assert counters.open_orders == 0
    assert all(
        intent.status in ENDED
        for symbol in SYMBOLS
        for intent in history.ledger.intents_since("main", symbol, 0)
    )
    history.ledger.close()
