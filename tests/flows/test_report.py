"""What a producer reads: plain JSON, amounts as text, and nothing left to guess."""

import json
from dataclasses import replace
from decimal import Decimal

from orderdesk.core.answers import Refused, Why
from orderdesk.core.clock_offset import LATE_BIAS_MS
from orderdesk.flows import report
from tests.flows.trial import Trial


def test_report_when_read_from_the_queue_then_it_is_what_was_written(trial: Trial) -> None:
    """JSON of text and whole numbers only: no float ever touches an amount."""
    told = report.of(trial.place(trial.order(quantity="0.00100", trace_id="t-7")))
    assert json.loads(json.dumps(told)) == told
    assert (told["quantity"], told["price"]) == ("0.001", "50000")
    assert (told["status"], told["order_id"], told["trace_id"]) == ("NEW", "X1", "t-7")
    assert not [value for value in told.values() if isinstance(value, float)]


def test_report_when_it_traded_in_parts_then_average_and_costs_are_of_all(trial: Trial) -> None:
    """The average is quote per base over all fills, not the last price."""
    # Given a market order that trades at 60,000, and once more late at 61,000
    trial.place(trial.market_order())
    trial.run(2_000)
    trial.venue.orders[0] = replace(trial.venue.orders[0], price=Decimal(61_000))
    trial.venue.fill("X1", Decimal("0.0005"))
    # When
    trial.ledger.book(
        trial.stands().id,
        order=trial.venue.orders[0],
        fills=trial.venue.fills,
        now_ms=trial.time.now_ms(),
    )
    told = report.of(trial.stands())
    # Then
    assert told["executed_quantity"] == "0.0015"
    assert told["executed_quote"] == "90.5"
    assert told["average_price"] == "60333.3333333"
    assert told["commissions"] == {"USDT": "0.04525"}
    assert told["fills"] == 2


def test_report_when_nothing_traded_then_there_is_no_average(trial: Trial) -> None:
    """Nothing divided by nothing is left out, not zero."""
    assert "average_price" not in report.of(trial.place(trial.order()))


def test_report_when_the_venue_refused_then_reason_and_code_say_why(trial: Trial) -> None:
    """A no of the exchange in its own words."""
    trial.venue.next_answers = [Refused(Why.REJECT, "30004", "Insufficient position")]
    told = report.of(trial.place(trial.order()))
    assert (told["status"], told["code"]) == ("REJECTED", "30004")
    assert told["reason"] == "Insufficient position"
    assert "order_id" not in told


def test_report_when_the_desk_refused_then_the_rule_is_the_code(trial: Trial) -> None:
    """A no of the desk names rule, figure and limit."""
    told = report.of(trial.place(trial.order(quantity="1")))
    assert (told["status"], told["code"], told["attempts"]) == ("DENIED", "RISK_MAX_NOTIONAL", 0)


def test_times_when_an_order_was_placed_then_they_are_in_their_order(trial: Trial) -> None:
    """Received, throttled, sent, acknowledged, filled, ended: each in its turn."""
    trial.time.measure()
    trial.place(trial.market_order())
    trial.clock.advance(500)
    trial.run(2_000)
    times = report.of(trial.stands())["times"]
    names = ["received", "throttled", "sent", "acknowledged", "ended"]
    moments = [times[name] for name in names]
    assert moments == sorted(moments)
    assert times["filled"] <= times["ended"]


def test_times_when_it_was_sent_then_the_stamp_s_lean_is_taken_back(trial: Trial) -> None:
    """Stamps lean late to be safe; people read when it really was."""
    trial.time.measure()
    intent = trial.place(trial.order())
    told = report.of(intent)["times"]["sent"]
    assert told == (intent.sent_ms or 0) + LATE_BIAS_MS == trial.time.now_ms()


def test_times_when_it_was_never_sent_then_they_are_left_out(trial: Trial) -> None:
    """What did not happen has no time."""
    times = report.of(trial.place(trial.order(quantity="1")))["times"]
    assert set(times) == {"version", "received", "ended"}
