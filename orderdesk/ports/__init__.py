"""What the desk needs of the world: every adapter and every fake answers to one of these.

Times are integer ms: exchange time unless a name says otherwise. Amounts are Decimal.
"""

from orderdesk.ports.desk import Desk, Rules
from orderdesk.ports.exchange import Exchange, NewOrder
from orderdesk.ports.ledger import Gate, Ledger
from orderdesk.ports.redis import (
    Clock,
    Intake,
    IntakeEntry,
    Markets,
    Memory,
    Queue,
    Quote,
    Slot,
    Throttle,
    Time,
)

__all__ = [
    "Clock",
    "Desk",
    "Exchange",
    "Gate",
    "Intake",
    "IntakeEntry",
    "Ledger",
    "Markets",
    "Memory",
    "NewOrder",
    "Queue",
    "Quote",
    "Rules",
    "Slot",
    "Throttle",
    "Time",
]
