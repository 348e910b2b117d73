"""One of several processes that book from the same line as fast as they can."""

from fractions import Fraction

from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.stores.redis_door import connect
from orderdesk.stores.throttle_redis import ThrottleRedis

BOOKINGS = 100
ENDLESS = 10_000_000
"""A reach (ms) that no test comes to the end of."""

COSTS = (
    Cost("POST /order", weight=1, orders=1),
    Cost("GET /order", weight=2),
    Cost("GET /trades", weight=10),
)


def race(address: tuple[str, str]) -> list[tuple[int, int]]:
    """Book `BOOKINGS` slots at (url, desk id); return each slot (µs) and which cost it was."""
    url, desk_id = address
    client = connect(url)
    throttle = ThrottleRedis(
        client,
        desk_id=desk_id,
        caps=Caps("example", 12, 20, 300),
        buffer=Fraction(1),
        reach_ms=dict.fromkeys(Lane, ENDLESS),
        unknown_ms=0,
    )
    log = []
    for number in range(BOOKINGS):
        kind = number % len(COSTS)
        slot_us = throttle.take("main", COSTS[kind], Lane.PLACE).slot_us
        log.append((slot_us or 0, kind))
    client.close()
    return log
