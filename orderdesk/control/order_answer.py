"""What a person reads once an order of theirs was answered."""

from orderdesk.contracts import OrderReport
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen
from orderdesk.control.shown.orders import Outcome, orders_shown


def show_order(report: OrderReport, *, as_json: bool, then: str = "") -> None:
    """Print what became of one order.

    Args:
        report: its answer.
        as_json: for a script, and nothing but that.
        then: a last line for a person, such as where to read on.
    """
    if as_json:
        print_json(report.wire())
        return
    screen = Screen()
    screen.show(orders_shown([Outcome("", report)], screen.width))
    if then:
        screen.say(then)
