"""What goes wrong on demand: by the admin door, by a seeded plan, or by a request's own header.

`kinds` is the table of what can go wrong, `words` reads faults from JSON and headers, `plan` deals
them out by a seed, and `faults` says which of all these strike a call. kinds <- words <- plan <-
faults.
"""

from orderdesk.simulator.faults.faults import Faults
from orderdesk.simulator.faults.kinds import KINDS, Fault, after, before
from orderdesk.simulator.faults.plan import Plan, Share, read_plan
from orderdesk.simulator.faults.words import FaultMisspelled, read_fault, read_header

__all__ = [
    "KINDS",
    "Fault",
    "FaultMisspelled",
    "Faults",
    "Plan",
    "Share",
    "after",
    "before",
    "read_fault",
    "read_header",
    "read_plan",
]
