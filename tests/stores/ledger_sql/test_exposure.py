"""What is at risk: never above a limit, and counted as adding it all up would count it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderdesk.core.answers import Accepted, Answer, ExchangeOrder, Refused, Unclear, Unsent, Why
from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Intent, Opened
from orderdesk.core.money import ZERO, plus
from orderdesk.core.orders import ENDED, OrderStatus, Side
from orderdesk.core.portfolio import Position, booked
from orderdesk.core.risk.exposure import DUST, Counters, reservation_of
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.errors import UnknownOrder
from orderdesk.ports import Ledger
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.drafts import NOW_MS, draft, fill, shown
from tests.stores.ledger_sql.limits_gate import LIMIT, under
from tests.stores.ledger_sql.steps import T_MS, in_state, placed, sending, try_open, unknown

SYMBOLS = ("BTCUSDT", "ETHUSDT")


def whole(ledger: Ledger) -> Counters:
    """The account's counters."""
    return ledger.exposures("main")[0]


def at_risk(ledger: Ledger) -> list[Decimal]:
    """What is reserved to buy, and what is held."""
    return [whole(ledger).reserved_buy, whole(ledger).position.cost]


@pytest.mark.parametrize(
    "status",
    [
        OrderStatus.SENDING,
        OrderStatus.UNKNOWN,
        OrderStatus.QUARANTINED,
        OrderStatus.NEW,
        OrderStatus.PARTIALLY_FILLED,
    ],
)
def test_exposure_when_an_order_may_be_there_then_it_is_reserved(
    ledger: Ledger, status: OrderStatus
) -> None:
    """Unknown and quarantined too: only evidence releases."""
    in_state(ledger, status)
    assert whole(ledger).reserved_buy == 100
    assert whole(ledger).open_orders == 1
    assert ledger.standing("main", "BTCUSDT").symbol.reserved_buy == 100
    assert whole(ledger).engaged == 1


@pytest.mark.parametrize(
    "status",
    [
        OrderStatus.RECEIVED,
        OrderStatus.REJECTED,
        OrderStatus.DENIED,
        OrderStatus.CANCELED,
        OrderStatus.EXPIRED_UNSENT,
    ],
)
def test_exposure_when_an_order_is_provably_not_there_then_nothing_is_reserved(
    ledger: Ledger, status: OrderStatus
) -> None:
    """Exactly zero, not nearly."""
    in_state(ledger, status)
    for counters in ledger.exposures("main"):
        assert [counters.reserved_buy, counters.open_orders, counters.engaged] == [0, 0, 0]


def test_exposure_when_an_order_is_filled_then_it_is_never_out_of_the_count(ledger: Ledger) -> None:
    """From reserved to held without a moment between: the reservation waits for the fills."""
    of = draft()
    intent = placed(ledger, of)
    # When the exchange says FILLED and its trades are not here yet, then it stays reserved
    ledger.book(
        intent.id, order=shown(of, OrderStatus.FILLED, executed="1"), fills=(), now_ms=T_MS + 60
    )
    assert at_risk(ledger) == [100, 0]
    assert whole(ledger).open_orders == 0
    # When the trades come, then it is held, and nothing is reserved any more
    ledger.book(intent.id, order=None, fills=[fill(of)], now_ms=T_MS + 90)
    assert at_risk(ledger) == [0, 100]
    assert ledger.standing("main", "BTCUSDT").symbol.position.quantity == 1


def test_exposure_when_an_order_is_partly_filled_then_each_part_counts_once(
    ledger: Ledger,
) -> None:
    """What is held is not reserved a second time, once its fills are booked."""
    of = draft()
    intent = placed(ledger, of)
    order = shown(of, OrderStatus.PARTIALLY_FILLED, executed="0.4")
    ledger.book(intent.id, order=order, fills=[fill(of, quantity="0.4")], now_ms=T_MS + 60)
    assert at_risk(ledger) == [60, 40]


def test_open_attempt_when_the_limit_is_reached_then_the_next_order_is_denied_with_figures(
    ledger: Ledger, heard: list[Any]
) -> None:
    """The gate is asked under the locks, with what is really at risk; every check is kept."""
    gate = under(RiskLimits(max_exposure=Decimal(250)))
    for key in ("a", "b"):
        assert isinstance(try_open(ledger, draft(key), gate=gate), Opened)
    refused = try_open(ledger, draft("c"), gate=gate)
    assert isinstance(refused, Intent)
    assert (refused.status, refused.code) == (OrderStatus.DENIED, "RISK_MAX_EXPOSURE")
    assert "exposure=300" in str(refused.reason)
    assert "250" in str(refused.reason)
    assert [event.data["risk"]["RISK_MAX_EXPOSURE"] for event in heard] == [
        ["100", "250"],
        ["200", "250"],
        ["300", "250"],
    ]


def test_exposure_when_it_is_asked_for_then_it_is_read_and_not_added_up(
    file_ledger: LedgerSql,
) -> None:
    """One row a symbol and one for the account, however many orders there were."""
    for n in range(30):
        ledger_key = draft(f"k-{n}")
        opened = sending(file_ledger, ledger_key)
        file_ledger.settle(opened.attempt.id, Unsent("no"), now_ms=T_MS)
    assert [one.symbol for one in file_ledger.exposures("main")] == ["", "BTCUSDT"]


def test_answers_when_the_venue_is_silent_then_failures_count_and_a_refusal_ends_the_row(
    ledger: Ledger,
) -> None:
    """Timeouts and refused connections in a row; a refusal is an answer, our own doing is none."""
    said: dict[str, Answer] = {
        "timeout": Unclear("read timeout"),
        "no connection": Unsent("no connection", unreachable=True),
        "our own": Unsent("it was too late to send"),
        "died": Unclear("booked no answer", ours=True),
        "slow down": Unclear("HTTP 429", 60_000),
    }
    counts = []
    for key, answer in said.items():
        opened = sending(ledger, draft(key.replace(" ", "-")))
        ledger.settle(opened.attempt.id, answer, now_ms=T_MS + 50)
        counts.append(whole(ledger).failures)
    assert counts == [1, 2, 2, 2, 2]
    assert sum(whole(ledger).answers.values()) == sum(whole(ledger).errors.values()) == 3

    opened = sending(ledger, draft("refused"))
    no = Refused(Why.REJECT, "30004", "Insufficient balance")
    ledger.settle(opened.attempt.id, no, now_ms=T_MS + 50)
    assert whole(ledger).failures == 0
    assert sum(whole(ledger).answers.values()) == 4
    assert sum(whole(ledger).errors.values()) == 3


def test_value_when_positions_are_valued_then_the_day_knows_its_loss(ledger: Ledger) -> None:
    """Realised and unrealised, from fills; the UTC day begins at the last known value."""
    of = draft()
    intent = placed(ledger, of)
    order = shown(of, OrderStatus.FILLED, executed="1")
    ledger.book(intent.id, order=order, fills=[fill(of)], now_ms=T_MS + 60)
    fee = Decimal("0.05")
    assert whole(ledger).day_result == -fee

    ledger.value("main", {"BTCUSDT": Decimal(70)}, now_ms=T_MS + 1_000)
    assert whole(ledger).day_result == -fee - 30
    assert whole(ledger).marked_ms == T_MS + 1_000

    # When the day turns, then what was lost stays with yesterday
    tomorrow_ms = NOW_MS + 86_400_000
    ledger.value("main", {"BTCUSDT": Decimal(60)}, now_ms=tomorrow_ms)
    assert whole(ledger).day_result == -10


def test_value_when_a_position_is_missing_then_the_account_does_not_count_as_valued(
    ledger: Ledger,
) -> None:
    """Half a valuation is no valuation; a fill on an empty account values all there is."""
    for symbol in SYMBOLS:
        of = draft(symbol, symbol=symbol)
        intent = placed(ledger, of, f"X-{symbol}")
        order = shown(of, OrderStatus.FILLED, executed="1", order_id=f"X-{symbol}")
        fills = [fill(of, symbol, order_id=f"X-{symbol}")]
        ledger.book(intent.id, order=order, fills=fills, now_ms=T_MS)
    ledger.value("main", {"BTCUSDT": Decimal(90)}, now_ms=T_MS + 5_000)
    assert whole(ledger).marked_ms == T_MS
    prices = dict.fromkeys(SYMBOLS, Decimal(90))
    ledger.value("main", prices, now_ms=T_MS + 6_000)
    assert whole(ledger).marked_ms == T_MS + 6_000
    assert whole(ledger).unrealised == -20


def test_forgive_when_the_switch_is_released_then_the_triggers_count_anew(ledger: Ledger) -> None:
    """What is at risk stays; only what was counted up is forgotten."""
    unknown(ledger, draft())
    ledger.note_drift("main", drifted=True)
    ledger.forgive()
    forgiven = whole(ledger)
    assert (forgiven.failures, forgiven.drifts, forgiven.answers, forgiven.errors) == (0, 0, {}, {})
    assert forgiven.reserved_buy == 100


# -- the law, by made-up histories


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
