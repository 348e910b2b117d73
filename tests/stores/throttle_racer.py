"""One of several processes that book from the same pools as fast as they can."""

from fractions import Fraction

from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.stores.redis_door import connect
from orderdesk.stores.throttle_redis import ThrottleRedis

BOOKINGS = 100
ENDLESS = 10_000_000
"""A reach (ms) that no test comes to the end of."""

CAPS = Caps("example", 12, 20, 300)
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
        caps=CAPS,
        buffer=Fraction(1),
        reach_ms=dict.fromkeys(Lane, ENDLESS),
        unknown_ms=0,
    )
    log = []
    for number in range(BOOKINGS):
        kind = number % len(COSTS)
        log.append((throttle.book("main", COSTS[kind], Lane.CANCEL).mark, kind))
    client.close()
    return log
