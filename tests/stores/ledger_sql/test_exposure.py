"""What is at risk: never above a limit, and counted as adding it all up would count it."""

from decimal import Decimal
from typing import Any

import pytest

from orderdesk.core.answers import Answer, Refused, Unclear, Unsent, Why
from orderdesk.core.intents import Intent, Opened
from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.exposure import Counters
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.ports import Ledger
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.drafts import NOW_MS, draft, fill, shown
from tests.stores.ledger_sql.limits_gate import under
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
