"""Orders as tasks; what they do is in `orderdesk/flows`, a file for each verb."""

from typing import Any

from orderdesk import wiring
from orderdesk.contracts import (
    CancelAllOrders,
    CancelOrder,
    KillSwitch,
    PlaceOrder,
    PollOrderStatus,
    ResolveOrder,
    checked,
)
from orderdesk.flows import cancel, cancel_all, collect, kill_command, place, poll, report, resolve
from tasks.celery_app import app
from tasks.desk_task import DeskTask, UpkeepTask, answered


@app.task(base=DeskTask, name="place_order", bind=True)
def place_order(self: DeskTask, **fields: Any) -> dict[str, Any]:
    """Place one order and report what became of it; see `orderdesk.contracts.PlaceOrder`."""
    command = checked(PlaceOrder, fields, key=self.request.id)
    return answered(place.place(wiring.desk(), command, task_id=self.request.id))


@app.task(base=DeskTask, name="cancel_order", bind=True)
def cancel_order(self: DeskTask, **fields: Any) -> dict[str, Any]:
    """Cancel one order, sent or not, and report it; see `orderdesk.contracts.CancelOrder`."""
    command = checked(CancelOrder, fields, key=self.request.id)
    return report.of(cancel.cancel(wiring.desk(), command))


@app.task(base=DeskTask, name="cancel_all_orders", bind=True)
def cancel_all_orders(self: DeskTask, **fields: Any) -> dict[str, Any]:
    """Cancel every order of this desk, on one symbol or on all."""
    command = checked(CancelAllOrders, fields, key=self.request.id)
    return cancel_all.cancel_all(wiring.desk(), command).wire()


@app.task(base=DeskTask, name="kill_switch", bind=True)
def kill_switch(self: DeskTask, **fields: Any) -> dict[str, Any]:
    """Stop all sending now, and cancel what rests; see `orderdesk.contracts.KillSwitch`."""
    command = checked(KillSwitch, fields, key=self.request.id)
    return kill_command.kill_on(wiring.desk(), command).wire()


@app.task(base=DeskTask, name="poll_order_status", bind=True)
def poll_order_status(self: DeskTask, **fields: Any) -> dict[str, Any]:
    """Ask the exchange for one order now, or follow it to its end."""
    command = checked(PollOrderStatus, fields, key=self.request.id)
    return report.of(poll.poll(wiring.desk(), command))


@app.task(base=UpkeepTask, name="resolve_order")
def resolve_order(**fields: Any) -> dict[str, Any]:
    """Ask the exchange about an order whose outcome is unknown, and about its neighbours."""
    desk, command = wiring.desk(), checked(ResolveOrder, fields)
    resolve.resolve(desk, command.account, poll.named(desk, command).symbol)
    return report.of(poll.named(desk, command))


@app.task(base=UpkeepTask, name="collect_fills", ignore_result=True)
def collect_fills(account: str, symbol: str) -> None:
    """Fetch the fills of every order of a symbol that waits for them."""
    collect.collect(wiring.desk(), account, symbol)
