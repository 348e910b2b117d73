"""Orders: placed, listed, in doubt, and their stories; and the kill switch over all of them."""

from typing import Literal

from orderdesk.contracts import Amount, KillReport, OrderReport
from orderdesk.control.http.bodies.basis import Body, Ok


class LiveStatus(Ok):
    """The kill switch (seed S5 L173), and how far it has come."""

    kill_switch: bool
    reason: str
    mode: Literal["paper", "live"]
    active: bool
    """True if orders are being sent: no kill, no pause."""
    kill: KillReport


class Placed(Ok):
    """An order that is kept and on its way; `order` is its report, once that has come."""

    idempotency_key: str
    client_order_id: str
    task_id: str
    order: OrderReport | None = None


class CancelAsked(Ok):
    """A cancel that is kept and on its way; `order` is the order's report, once it has ended."""

    name: str
    """The order, as it was named."""
    task_id: str
    order: OrderReport | None = None


class OrderRow(OrderReport):
    """An order as it stands, with what is only the desk's."""

    id: int
    deadline_ms: int
    cancel_requested_ms: int | None = None
    live: bool
    """True if more is expected of it."""


class Orders(Ok):
    """Orders, the newest first."""

    orders: tuple[OrderRow, ...]
    next_before: int | None = None
    """Ask with `before` this for the next older ones; missing at the end."""


class StoryLine(Body):
    """One thing that happened to an order."""

    at_ms: int
    kind: str
    says: str


class StoryAttempt(Body):
    """One try to place it."""

    number: int
    state: str
    stamp_ms: int
    fence_ms: int
    proof_ms: int
    absences_ms: tuple[int, ...]
    answer: str | None = None


class StoryFill(Body):
    """One trade."""

    trade_id: str
    traded_ms: int
    quantity: Amount
    price: Amount
    commission: Amount
    commission_asset: str
    is_maker: bool


class OrderStory(Ok):
    """Everything that is known of one order, in the order it happened."""

    order: OrderRow
    attempts: tuple[StoryAttempt, ...]
    fills: tuple[StoryFill, ...]
    story: tuple[StoryLine, ...]


class UnknownRow(Body):
    """An order that may be on the exchange, and from when on absence is evidence."""

    account: str
    idempotency_key: str
    client_order_id: str
    symbol: str
    side: str
    type: str
    status: str
    quantity: Amount | None = None
    quote_quantity: Amount | None = None
    price: Amount | None = None
    reason: str | None = None
    since_ms: int
    fence_ms: int | None = None
    """From here on nothing can land any more; missing where no attempt is open."""
    proof_ms: int | None = None
    """An absence after this, the last of `absences_needed`, is proof."""
    absences: int = 0
    absences_needed: int


class Unknowns(Ok):
    """Orders in doubt, and the exchange's time to count by."""

    now_ms: int
    orders: tuple[UnknownRow, ...]
