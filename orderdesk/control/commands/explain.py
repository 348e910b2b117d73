"""`orderdesk explain`: everything that is known of one order, in the order it happened."""

from orderdesk import wiring
from orderdesk.contracts import DEFAULT_ACCOUNT
from orderdesk.control.arguments import Account, AsJson, OrderName
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen
from orderdesk.control.shown.story import story_facts, story_lines
from orderdesk.errors import UnknownOrder

EXAMPLES = ("orderdesk explain my-order", "orderdesk explain my-order --json")


def run(order: OrderName, *, account: Account = DEFAULT_ACCOUNT, as_json: AsJson = False) -> int:
    """Tell the story; 1 if the ledger knows no such order."""
    ledger = wiring.desk().ledger
    intent = ledger.find(account, order)
    if intent is None:
        raise UnknownOrder(
            f"the ledger knows no order {order!r} on account {account!r}: give its "
            "idempotency_key, or the client order id that the exchange shows",
            order,
        )
    story = ledger.story(intent.id)
    if as_json:
        print_json(story)
        return 0
    screen = Screen()
    screen.show(story_facts(story))
    screen.say()
    screen.show(story_lines(story))
    return 0
