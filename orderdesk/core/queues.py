"""Every queue and which task goes where: one table for workers and producers alike."""

PLACING = "placing"
CANCELLING = "cancelling"
"""Cancel, kill and resolve: never behind a placement."""
ACCOUNT = "account"
"""Questions: polls, fills, portfolio, reconciliation; and answers to waiting producers."""
UPKEEP = "upkeep"
"""What beat runs."""
DEAD_LETTER = "dead_letter"

QUEUES = (PLACING, CANCELLING, ACCOUNT, UPKEEP, DEAD_LETTER)

QUEUE_OF = {
    "place_order": PLACING,
    "cancel_order": CANCELLING,
    "cancel_all_orders": CANCELLING,
    "resolve_order": CANCELLING,
    "kill_switch": CANCELLING,
    "tend_kill": CANCELLING,
    "poll_order_status": ACCOUNT,
    "collect_fills": ACCOUNT,
    "sync_portfolio": ACCOUNT,
    "reconcile": ACCOUNT,
    "follow_open_orders": ACCOUNT,
    "sync_time": UPKEEP,
    "sweep_intents": UPKEEP,
    "watch_risk": UPKEEP,
    "replay": UPKEEP,
    "bury": DEAD_LETTER,
}

KEPT = frozenset({"place_order", "cancel_order", "cancel_all_orders", "kill_switch"})
"""Commands that act: accepted means kept, so they go through the intake stream first.

Questions do not: one that is lost is asked again, and nothing was done or left undone.
"""
