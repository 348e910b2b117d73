"""The environment variables of the throttle and of Celery's limits.

What MEXC allows stands in `exchanges/mexc/limits.py`; how it is shared out in `core/pools.py`.
"""

from collections.abc import Mapping

from orderdesk import settings_rules as rules
from orderdesk.core.pools import LATE_MS
from orderdesk.settings_variable import Variable


def cap_numbers(text: str) -> Mapping[str, int]:
    """Read numbers of caps like `orders_per_s=8, GET /api/v3/account=1`, or `none`."""
    if text.lower() == "none":
        return {}
    numbers: dict[str, int] = {}
    for part in text.split(","):
        name, _, number = part.strip().rpartition("=")
        if not name or name in numbers:
            raise ValueError(f"{part.strip()!r} is not NAME=NUMBER, or stands there twice")
        numbers[name.strip()] = rules.whole(1, 999_999)(number.strip())
    return numbers


SENDING: tuple[Variable, ...] = (
    Variable(
        name="ORDERDESK_WORKERS",
        meaning="How many worker processes run the same rate-limited task.",
        rule="a whole number from 1 to 1000",
        default="1",
        read=rules.whole(1, 1_000),
        field="workers",
    ),
    Variable(
        name="ORDERDESK_CAPS",
        meaning="The named profile of what MEXC allows per second.",
        rule="a profile's name: a-z, 0-9, dots and dashes",
        default="mexc-2026-09",
        read=rules.matching(r"[a-z0-9][a-z0-9.-]{0,63}"),
        field="caps",
    ),
    Variable(
        name="ORDERDESK_CAPS_NUMBERS",
        meaning="Other numbers than the profile's.",
        rule="NAME=NUMBER with commas between, like orders_per_s=8, GET /api/v3/account=1; or none",
        default="none",
        read=cap_numbers,
        field="caps_numbers",
    ),
    Variable(
        name="RATE_LIMIT_BUFFER",
        meaning="The share of every cap the desk uses.",
        rule="above 0 and at most 1, like 0.8",
        default="0.8",
        read=rules.share,
        field="rate_limit_buffer",
    ),
    Variable(
        name="ORDERDESK_SLEEP_BOUND_MS",
        meaning="A task sleeps to a slot that is nearer than this; for a farther one it goes back "
        "to the queue, which costs no retry.",
        rule="a whole number of ms from 1 to 10000",
        default="1000",
        read=rules.whole(1, 10_000),
        field="sleep_bound_ms",
    ),
    Variable(
        name="ORDERDESK_LATE_MS",
        meaning="A sender that is later for its slot than this gives it up for a new one. "
        "More than the way to Redis and back.",
        rule="a whole number of ms from 5 to 500",
        default=str(LATE_MS),
        read=rules.whole(5, 500),
        field="late_ms",
    ),
)
