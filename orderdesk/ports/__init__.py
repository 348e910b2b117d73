"""What the desk needs of the world: every adapter and every fake answers to one of these.

Times are integer ms: exchange time unless a name says otherwise. Amounts are Decimal.
"""

from orderdesk.ports.desk import Desk, Rules
from orderdesk.ports.exchange import Exchange, NewOrder
from orderdesk.ports.inbox import Inbox, Incoming
from orderdesk.ports.ledger import BookedFill, Books, Gate, Ledger
from orderdesk.ports.redis import (
    Clock,
    Intake,
    IntakeEntry,
    Markets,
    Memory,
    Outbox,
    Queue,
    Quote,
    Time,
    Told,
)
from orderdesk.ports.throttle import Slot, Throttle, Waiting

__all__ = [
    "BookedFill",
    "Books",
    "Clock",
    "Desk",
    "Exchange",
    "Gate",
    "Inbox",
    "Incoming",
    "Intake",
    "IntakeEntry",
    "Ledger",
    "Markets",
    "Memory",
    "NewOrder",
    "Outbox",
    "Queue",
    "Quote",
    "Rules",
    "Slot",
    "Throttle",
    "Time",
    "Told",
    "Waiting",
]
