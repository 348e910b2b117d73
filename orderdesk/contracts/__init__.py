"""What crosses the queue: frozen, versioned messages; amounts are text, times are ms.

Commands are checked at the producer's call, before anything is queued, and again
in the worker. Reports are what `AsyncResult.get()` returns, as plain JSON.
"""

from orderdesk.contracts.commands import (
    DEFAULT_ACCOUNT,
    DEFAULT_VALID_FOR_MS,
    CancelAllOrders,
    CancelOrder,
    Command,
    KillSwitch,
    OrderCommand,
    PlaceOrder,
    PollOrderStatus,
    Reconcile,
    ResolveOrder,
    SyncPortfolio,
)
from orderdesk.contracts.messages import Amount, Message, checked
from orderdesk.contracts.reports import (
    AssetReport,
    CancelAllReport,
    Discrepancy,
    Holding,
    KillReport,
    OrderReport,
    PortfolioReport,
    PositionReport,
    ReconcileReport,
    Times,
)

__all__ = [
    "DEFAULT_ACCOUNT",
    "DEFAULT_VALID_FOR_MS",
    "Amount",
    "AssetReport",
    "CancelAllOrders",
    "CancelAllReport",
    "CancelOrder",
    "Command",
    "Discrepancy",
    "Holding",
    "KillReport",
    "KillSwitch",
    "Message",
    "OrderCommand",
    "OrderReport",
    "PlaceOrder",
    "PollOrderStatus",
    "PortfolioReport",
    "PositionReport",
    "Reconcile",
    "ReconcileReport",
    "ResolveOrder",
    "SyncPortfolio",
    "Times",
    "checked",
]
