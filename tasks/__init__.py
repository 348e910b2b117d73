"""THE FACE: what Celery sees. No decision is taken here; `orderdesk/` knows everything.

`from tasks import place_order` inside the checkout; `celery -A tasks worker` serves every queue.
"""

from tasks import dead_man, log_context  # noqa: F401 - their signals are their work
from tasks.celery_app import app
from tasks.dead_letters import bury, replay
from tasks.orders import (
    cancel_all_orders,
    cancel_order,
    collect_fills,
    kill_switch,
    place_order,
    poll_order_status,
    resolve_order,
)
from tasks.portfolio import reconcile, sync_portfolio
from tasks.upkeep import follow_open_orders, sweep_intents, sync_time, tend_kill, watch_risk

__all__ = [
    "app",
    "bury",
    "cancel_all_orders",
    "cancel_order",
    "collect_fills",
    "follow_open_orders",
    "kill_switch",
    "place_order",
    "poll_order_status",
    "reconcile",
    "replay",
    "resolve_order",
    "sweep_intents",
    "sync_portfolio",
    "sync_time",
    "tend_kill",
    "watch_risk",
]
