"""The order that most tests of processes place, and what they expect of it in the end."""

from typing import Any

from tests.processes.running_desk import RunningDesk

ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "0.001",
    "price": "50000",
}
"""It rests: the simulator's price is far above it."""

WAIT_S = 90


def placed_once(desk: RunningDesk, result: Any) -> dict[str, Any]:
    """Wait for the answer to a call of `ORDER`; return it once it is sure that it rests once."""
    report: dict[str, Any] = result.get(timeout=WAIT_S)
    assert report["status"] == "NEW"
    assert len(desk.orders_of(report["client_order_id"])) == 1
    return report
