"""Fakes of everything the desk keeps in Redis: in memory, deterministic, shipped for tests.

Each answers to the same port as the real thing and passes the same contract suite
(`tests/stores`). Time is `FakeClock`'s and moves only when told to. Set `failure` on a fake
and every call raises it, as if Redis were away.
"""

from orderdesk.stores.memory.clock import FakeClock
from orderdesk.stores.memory.inbox import FakeInbox
from orderdesk.stores.memory.intake import FakeIntake
from orderdesk.stores.memory.markets import FakeMarkets, example_market
from orderdesk.stores.memory.outbox import FakeOutbox
from orderdesk.stores.memory.queue import FakeQueue, Published
from orderdesk.stores.memory.remembered import FakeMemory
from orderdesk.stores.memory.throttle import Admitted, FakeThrottle

__all__ = [
    "Admitted",
    "FakeClock",
    "FakeInbox",
    "FakeIntake",
    "FakeMarkets",
    "FakeMemory",
    "FakeOutbox",
    "FakeQueue",
    "FakeThrottle",
    "Published",
    "example_market",
]
