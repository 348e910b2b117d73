"""Laws of what a request costs."""

from orderdesk.simulator.caps.costs import COSTS, cost_of
from orderdesk.simulator.wire.routes import ENDPOINTS


def test_cost_when_an_order_is_placed_then_it_counts_in_three_pools() -> None:
    """One weight of the address, one of the account, one order."""
    cost = cost_of("POST /api/v3/order", names_symbol=True)
    assert (cost.ip_weight, cost.uid_weight, cost.orders) == (1, 1, 1)


def test_cost_when_an_order_is_cancelled_or_only_tested_then_orders_tell_them_apart() -> None:
    """A cancel shares the orders' bucket, a test does not."""
    assert cost_of("DELETE /api/v3/order", names_symbol=True).orders == 1
    assert cost_of("POST /api/v3/order/test", names_symbol=True).orders == 0


def test_cost_when_all_tickers_are_asked_for_then_it_is_the_most() -> None:
    """One symbol 25, all of them 40."""
    day = "GET /api/v3/ticker/24hr"
    assert cost_of(day, names_symbol=True).ip_weight == 25
    assert cost_of(day, names_symbol=False).ip_weight == 40


def test_costs_when_read_then_each_is_of_an_endpoint_that_is_there() -> None:
    """A weight for a path that nothing answers would be a slip of the pen."""
    there = {f"{method} {path}" for path, methods in ENDPOINTS.items() for method in methods}
    later = {"GET /api/v3/symbol/offline", "GET /api/v3/trades", "POST /api/v3/batchOrders"}
    assert set(COSTS) - {"GET /api/v3/capital/config/getall"} - later <= there
