"""The checker that the throttles are held against must itself see what is wrong."""

from orderdesk.core.tokens import Caps, Cost
from tests.stores.sliding_windows import Sent, overflows

CAPS = Caps("example", 2, 5, 30, (("GET /slow", 1),))


def _log(*rows: tuple[int, Cost]) -> list[Sent]:
    return [Sent(at_ms * 1_000, cost) for at_ms, cost in rows]


def test_overflows_when_every_pool_is_just_full_then_nothing_is_named() -> None:
    """A cap may be reached, and a window ends before its last µs is over."""
    order = Cost("POST", weight=1, orders=1)
    log = _log((0, order), (999, order), (1_000, order), (1_999, Cost("GET", 27)))
    assert overflows(log, CAPS) == []


def test_overflows_when_a_pool_holds_too_much_then_it_is_named() -> None:
    """Each pool is counted by what it counts."""
    slow, order, heavy = Cost("GET /slow"), Cost("POST", orders=1), Cost("GET", weight=16)
    assert overflows(_log((0, slow), (999, slow)), CAPS) == ["GET /slow: 2 of 1 from 0 µs on"]
    assert len(overflows(_log((0, order), (400, order), (800, order)), CAPS)) == 1
    assert len(overflows(_log((0, heavy), (9_999, heavy)), CAPS)) == 1
    assert len(overflows(_log(*((n, Cost("GET")) for n in range(6))), CAPS)) == 1
