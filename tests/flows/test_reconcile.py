"""Two books held against each other: healed where we can, told once where a person must."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from orderdesk.contracts import Reconcile, ReconcileReport
from orderdesk.core.events import EventKind
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import ExchangeRefused, ExchangeUnreachable
from orderdesk.flows import follow, reconcile
from tests.flows.trial import Trial

DAY_MS = 86_400_000


def test_reconcile_when_the_books_agree_then_nothing_is_found(trial: Trial) -> None:
    """It says what it compared."""
    trial.place(trial.order())
    report = _reconcile(trial)
    assert (report.symbols, report.compared, report.findings) == (("BTCUSDT",), 1, ())


def test_reconcile_when_we_are_behind_then_it_is_healed_with_its_fills(trial: Trial) -> None:
    """Theirs moved, and ours did not know."""
    placed = trial.place(trial.order())
    trial.venue.fill(str(placed.order_id), Decimal("0.001"))
    first, second = _reconcile(trial), _reconcile(trial)
    assert lines(first) == ["ENDED_UNSEEN k-1 X1 HEALED booked: FILLED, 1 fills"]
    assert (trial.stands().status, trial.stands().fills) == (OrderStatus.FILLED, 1)
    assert second.findings == ()


def test_reconcile_when_an_unknown_order_is_listed_then_it_is_adopted(trial: Trial) -> None:
    """Found by its client id, checked, and followed from here on."""
    trial.venue.lose_answers = 1
    trial.place(trial.order())
    assert lines(_reconcile(trial)) == ["MISSING_HERE k-1 X1 HEALED booked: NEW, 0 fills"]
    assert trial.stands().order_id == "X1"


def test_reconcile_when_an_ended_order_trades_then_it_is_booked_and_alarmed(
    trial: Trial,
) -> None:
    """Late evidence is let in."""
    trial.place(trial.order())
    ended = trial.cancel()
    trial.venue.fill(str(ended.order_id), Decimal("0.0004"))
    _reconcile(trial)
    assert trial.stands().filled_quantity == Decimal("0.0004")
    assert EventKind.LATE_EVIDENCE in trial.kinds()


def test_reconcile_when_an_open_order_is_not_listed_then_it_is_asked_for(trial: Trial) -> None:
    """A list may lag; only the order's own query says what became of it."""
    # Given lists that do not show an order
    trial.place(trial.order())
    trial.venue.visible_from_ms = trial.venue.clock_ms() + 90_000
    trial.venue.blind = frozenset({"open_orders", "all_orders"})
    trial.venue.end("X1")
    # When it is so young that they may not show it yet, then nothing is said
    assert lines(_reconcile(trial)) == []
    # When it is older, then it is asked for
    trial.clock.advance(60_000)
    assert lines(_reconcile(trial)) == ["MISSING_THERE k-1 X1 HEALED asked: CANCELED, 0 fills"]
    assert trial.stands().status is OrderStatus.CANCELED


def test_reconcile_when_an_order_is_foreign_then_it_is_noted_once_and_never_touched(
    trial: Trial,
) -> None:
    """The account may be shared with a person or another bot."""
    foreign = trial.force(trial.place(trial.order()), "by-hand")
    first, second = _reconcile(trial), _reconcile(trial)
    assert lines(first) == lines(second) == [f"FOREIGN  {foreign} NOTED "]
    assert trial.kinds().count(EventKind.FOREIGN_ORDER) == 1
    assert trial.venue.of("by-hand")[0].status is OrderStatus.NEW
    assert trial.venue.calls["cancel"] == 0


def test_reconcile_when_an_order_of_ours_has_no_intent_then_it_is_alarmed_once(
    trial: Trial,
) -> None:
    """Our prefix, and nothing in the ledger: adopted by nobody, cancelled by nobody."""
    trial.force(trial.place(trial.order()), "od1-nobody-knows-me")
    first, second = _reconcile(trial), _reconcile(trial)
    assert [one.kind for one in first.findings] == ["ORPHAN"]
    assert second.findings == first.findings
    assert trial.kinds().count(EventKind.ORPHAN_ORDER) == 1
    assert trial.venue.calls["cancel"] == 0


def test_reconcile_when_an_order_rests_for_a_week_then_it_is_no_orphan(trial: Trial) -> None:
    """An intent older than the look-back is known all the same."""
    trial.place(trial.order())
    trial.clock.advance(7 * DAY_MS)
    report = _reconcile(trial)
    assert (report.compared, report.findings) == (1, ())
    assert EventKind.ORPHAN_ORDER not in trial.kinds()


def test_reconcile_when_the_order_is_not_what_we_sent_then_it_is_alarmed_once(
    trial: Trial,
) -> None:
    """Same client id, another side: nothing of it is booked."""
    placed = trial.place(trial.order())
    trial.venue.orders = [replace(trial.venue.orders[0], price=Decimal(51_000))]
    first, second = _reconcile(trial), _reconcile(trial)
    assert [(one.kind, one.action) for one in first.findings] == [("MISMATCH", "ALARMED")]
    assert "price=51000, we sent 50000" in first.findings[0].detail
    assert second.findings == first.findings
    assert trial.kinds().count(EventKind.MISMATCH) == 1
    assert trial.stands() == placed


def test_duplicate_when_it_is_open_then_the_surplus_is_cancelled_and_the_first_kept(
    trial: Trial,
) -> None:
    """Two orders under one client id: alarmed once, both booked, the open surplus cancelled."""
    # Given a surplus that has traded a part
    placed = trial.place(trial.order())
    surplus = trial.force(placed)
    trial.venue.fill(surplus, Decimal("0.0004"))
    # When
    first, second = _reconcile(trial), _reconcile(trial)
    # Then
    assert lines(first) == [f"DUPLICATE k-1 {surplus} ALARMED booked, surplus canceled"]
    assert lines(second) == [f"DUPLICATE k-1 {surplus} ALARMED booked"]
    assert trial.kinds().count(EventKind.DUPLICATE_ORDER) == 1
    statuses = [order.status for order in trial.venue.of(placed.client_order_id)]
    assert statuses == [OrderStatus.NEW, OrderStatus.PARTIALLY_CANCELED]
    assert (trial.stands().order_id, trial.stands().status) == ("X1", OrderStatus.NEW)
    booked = trial.ledger.story(placed.id).fills
    assert [(fill.order_id, fill.quantity) for fill in booked] == [(surplus, Decimal("0.0004"))]


def test_duplicate_when_the_first_moves_then_it_is_followed_and_not_the_surplus(
    trial: Trial,
) -> None:
    """The intent's own amounts are those of its first order alone."""
    # Given
    placed = trial.place(trial.order())
    trial.force(placed)
    # When the first is filled, and found by following or by a reconciliation
    trial.venue.fill("X1", Decimal("0.0004"))
    follow.follow(trial.desk, "main")
    partly = trial.stands()
    trial.venue.fill("X1", Decimal("0.0003"))
    _reconcile(trial)
    # Then
    assert partly.filled_quantity == Decimal("0.0004")
    assert trial.stands().filled_quantity == Decimal("0.0007")


def test_duplicate_when_the_surplus_filled_before_anybody_saw_it_then_its_fills_are_booked(
    trial: Trial,
) -> None:
    """What it cost is in the books; there is nothing left to cancel."""
    placed = trial.place(trial.market_order())
    trial.run(2_000)
    surplus = trial.force(placed)
    _reconcile(trial)
    shown = [fill.order_id for fill in trial.ledger.story(placed.id).fills]
    assert sorted(shown) == ["X1", surplus]
    assert (trial.stands().status, trial.stands().fills) == (OrderStatus.FILLED, 1)


def test_reconcile_when_a_list_does_not_come_then_nothing_is_concluded(trial: Trial) -> None:
    """Half a list proves nothing."""
    trial.place(trial.order())
    trial.venue.end("X1")
    trial.venue.silent_questions = 1
    with pytest.raises(ExchangeUnreachable):
        _reconcile(trial)
    assert trial.stands().status is OrderStatus.NEW


def test_reconcile_when_a_symbol_is_named_then_only_that_is_compared(trial: Trial) -> None:
    """Whether it was traded or not."""
    trial.place(trial.order())
    report = reconcile.reconcile(trial.desk, Reconcile(symbol="ETHUSDT"))
    assert (report.symbols, report.compared) == (("ETHUSDT",), 0)


def test_reconcile_when_a_booked_trade_is_not_theirs_then_it_is_alarmed_and_kept(
    trial: Trial,
) -> None:
    """A trade does not vanish, and no machine decides which book is wrong."""
    # Given a fill that is booked, and that the exchange does not list
    placed = trial.place(trial.order())
    trial.venue.fill(str(placed.order_id), Decimal("0.001"))
    _reconcile(trial)
    trial.venue.fills.clear()
    trial.clock.advance(60_000)
    # When
    first, second = _reconcile(trial), _reconcile(trial)
    # Then
    assert [(one.kind, one.action) for one in first.findings] == [("FILL_MISSING_THERE", "ALARMED")]
    assert second.findings == first.findings
    assert trial.kinds().count(EventKind.MISMATCH) == 1
    assert trial.stands().fills == 1


def test_reconcile_when_one_trade_has_two_prices_then_ours_stays_and_it_is_alarmed(
    trial: Trial,
) -> None:
    """Fill by fill: the same trade id must say the same in both books."""
    placed = trial.place(trial.order())
    trial.venue.fill(str(placed.order_id), Decimal("0.001"))
    _reconcile(trial)
    trial.venue.fills = [replace(trial.venue.fills[0], price=Decimal(1))]
    (finding,) = _reconcile(trial).findings
    assert (finding.kind, finding.action) == ("FILL_MISMATCH", "ALARMED")
    assert "price=1, we booked 50000" in finding.detail
    assert trial.ledger.story(placed.id).fills[0].price == Decimal(50_000)


def test_reconcile_when_an_old_order_traded_then_its_fill_is_found_by_its_name(
    trial: Trial,
) -> None:
    """Long ended here, and older than the list of orders: the trades still show it."""
    trial.place(trial.order())
    ended = trial.cancel()
    trial.clock.advance(8 * DAY_MS)
    trial.venue.fill(str(ended.order_id), Decimal("0.0004"))
    trial.venue.end(str(ended.order_id))
    report = reconcile.reconcile(trial.desk, Reconcile(symbol="BTCUSDT"))
    assert [(one.kind, one.action) for one in report.findings] == [("FILL_MISSING_HERE", "HEALED")]
    assert trial.stands().filled_quantity == Decimal("0.0004")
    assert EventKind.LATE_EVIDENCE in trial.kinds()


def test_reconcile_when_the_span_reaches_beyond_their_lists_then_it_is_said(
    trial: Trial,
) -> None:
    """What cannot be compared is named, not passed over."""
    trial.place(trial.order())
    now_ms = trial.time.now_ms()
    near = reconcile.reconcile(trial.desk, Reconcile(since_ms=now_ms - DAY_MS))
    assert near.beyond_look_back == ""
    far = reconcile.reconcile(trial.desk, Reconcile(since_ms=now_ms - 40 * DAY_MS))
    assert "orders of more than 6 days ago" in far.beyond_look_back
    assert "trades of more than 29 days ago" in far.beyond_look_back
    assert far.orders_since_ms == far.at_ms - reconcile.LOOK_BACK_MS


def test_reconcile_when_it_was_done_before_then_it_looks_at_what_came_since(
    trial: Trial,
) -> None:
    """The cost does not grow with the ledger: since the last time, and a little before."""
    trial.place(trial.order())
    trial.cancel()
    trial.clock.advance(DAY_MS)
    first = _reconcile(trial)
    second = _reconcile(trial)
    assert second.orders_since_ms == first.at_ms - reconcile.OVERLAP_MS
    assert (second.symbols, second.compared) == ((), 0)
    whole = reconcile.reconcile(trial.desk, Reconcile(whole=True))
    assert (whole.symbols, whole.compared) == (("BTCUSDT",), 1)


def test_reconcile_when_it_had_to_wait_then_the_same_call_goes_on(trial: Trial) -> None:
    """Symbols that were compared are not compared again: on a busy desk it still gets done."""
    trial.place(trial.order())
    command = Reconcile()
    reconcile.reconcile(trial.desk, command)
    trial.venue.calls.clear()
    reconcile.reconcile(trial.desk, command)
    assert not trial.venue.calls


def test_reconcile_when_a_symbol_is_refused_then_the_others_are_compared(trial: Trial) -> None:
    """A delisted symbol is said so, and stops nobody."""
    trial.place(trial.order())

    class Refusing:
        """A venue that does not speak of BTCUSDT."""

        def __init__(self, symbol: str) -> None:
            self.symbol = symbol

        def __getattr__(self, name: str) -> Any:
            raise ExchangeRefused(f"{self.symbol} is off", "10007")

    desk = replace(trial.desk, exchange=lambda _account, _lane: Refusing("BTCUSDT"))
    report = reconcile.reconcile(desk, Reconcile())
    assert report.not_compared == ("BTCUSDT: BTCUSDT is off",)


def lines(report: ReconcileReport) -> list[str]:
    """The findings, one line each."""
    return [f"{f.kind} {f.order} {f.order_id} {f.action} {f.outcome}" for f in report.findings]


def _reconcile(trial: Trial) -> ReconcileReport:
    return reconcile.reconcile(trial.desk, Reconcile())
