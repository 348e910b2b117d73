"""Reports are plain JSON that reads back as what was stored."""

import json

from hypothesis import given
from hypothesis import strategies as st

from orderdesk.contracts import (
    CancelAllReport,
    Discrepancy,
    Holding,
    Message,
    OrderReport,
    PortfolioReport,
    ReconcileReport,
    Times,
)
from orderdesk.core.orders import OrderStatus, OrderType, Side
from tests.contracts.samples import assert_plain
from tests.core.laws import amounts, law

maybe = st.none() | amounts
times = st.none() | st.integers(0, 2 * 10**12)
words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
reports: st.SearchStrategy[Message] = st.one_of(
    st.builds(
        OrderReport,
        side=st.sampled_from(Side),
        type=st.sampled_from(OrderType),
        status=st.sampled_from(OrderStatus),
        quantity=maybe,
        quote_quantity=maybe,
        price=maybe,
        executed_quantity=amounts,
        executed_quote=amounts,
        average_price=maybe,
        commissions=st.dictionaries(words, amounts, max_size=3),
        times=st.builds(Times, received=times, throttled=times, sent=times, filled=times),
    ),
    st.builds(CancelAllReport, still_open=st.lists(words, max_size=3).map(tuple)),
    st.builds(
        PortfolioReport,
        holdings=st.lists(
            st.builds(Holding, free=amounts, locked=amounts, total=amounts), max_size=3
        ).map(tuple),
    ),
    st.builds(
        ReconcileReport,
        findings=st.lists(st.builds(Discrepancy, detail=words), max_size=3).map(tuple),
    ),
)


@law
@given(reports)
def test_report_when_it_crosses_the_queue_then_the_producer_reads_the_same_report(
    sent: Message,
) -> None:
    """A result read from JSON equals the one that was stored."""
    assert type(sent).model_validate(json.loads(json.dumps(sent.wire()))) == sent


@law
@given(reports)
def test_report_when_written_then_amounts_are_plain_text_and_nothing_is_empty(
    sent: Message,
) -> None:
    """Any language can read it: no floats, no exponents, no nulls."""
    assert_plain(sent, json.loads(json.dumps(sent.wire())))


def test_report_when_nothing_happened_yet_then_it_says_so() -> None:
    """A refusal is a report too: nothing was tried, nothing executed, nothing paid."""
    facts = {"account": "main", "idempotency_key": "k", "client_order_id": "c"}
    asked = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "status": "DENIED"}
    report = OrderReport.model_validate({**facts, **asked})
    assert report.wire() == {
        **facts,
        **asked,
        "version": 1,
        "executed_quantity": "0",
        "executed_quote": "0",
        "commissions": {},
        "fills": 0,
        "attempts": 0,
        "trace_id": "",
        "times": {"version": 1},
    }
