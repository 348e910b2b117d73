"""Laws of the archive."""

from orderdesk.simulator.engine.history import History
from orderdesk.simulator.engine.orders import Status
from tests.simulator.engine.drafts import an_order


def test_orders_between_when_a_span_is_asked_then_both_ends_belong_to_it() -> None:
    """A span includes its ends, and rows are ascending by time whatever the order they came in."""
    history = History()
    for sequence, time_ms in enumerate([30, 10, 20, 20]):
        history.add_order(an_order(order_id=str(sequence), sequence=sequence, time_ms=time_ms))
    found = history.orders_between("a", "BTCUSDT", from_ms=10, to_ms=20)
    assert [order.order_id for order in found] == ["1", "2", "3"]
    assert history.orders_between("b", "BTCUSDT", from_ms=0, to_ms=99) == []


def test_orders_of_client_id_when_an_id_came_twice_then_both_are_there() -> None:
    """A client id is no key: every order placed under it is found, oldest first."""
    history = History()
    for order_id in ("1", "2"):
        history.add_order(an_order(order_id=order_id, client_order_id="x"))
    found = history.orders_of_client_id("a", "x")
    assert [order.order_id for order in found] == ["1", "2"]
    assert history.orders_of_client_id("b", "x") == []


def test_open_orders_when_an_order_ends_then_it_is_no_longer_among_them() -> None:
    """Open is what works."""
    history, order = History(), an_order()
    history.add_order(order)
    assert history.open_orders("a") == [order]
    order.status = Status.FILLED
    history.note(order)
    assert (history.open_orders("a"), history.count_open("a")) == ([], 0)
    assert history.order("1") is order
