"""What this exchange does where MEXC's documents are silent, or leave two ways open."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from orderdesk.simulator.defaults import LATENCY_MS


class HabitMisspelled(ValueError):
    """Raised for a habit that there is not: (what is wrong, and what there is)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How it treats every call and order; single ones are bent by a fault instead. Times are ms.

    `latency_ms` is added to every call, half of it on each way, and up to `jitter_ms` beyond, drawn
    by the seed. `visible_after_ms`: so long an accepted order stays out of queries and cancels
    (-2013 and -2011 right after POST: ccxt issue 21614, Mar 2024). `dedupes_client_ids`: a client
    id that the account used before places nothing, and is answered with the order that it has. Spot
    documents no uniqueness, so it is off: whoever relies on it doubles orders.
    """

    latency_ms: int = LATENCY_MS
    jitter_ms: int = 0
    visible_after_ms: int = 0
    dedupes_client_ids: bool = False


def read_habits(options: Mapping[str, object], *, present: Habits) -> Habits:
    """Read habits from JSON; what is left out stays as it is.

    Raises:
        HabitMisspelled: an unknown name, or a value of another sort.
    """
    known = asdict(present)
    for name, value in options.items():
        if name not in known:
            raise HabitMisspelled(f"{name} is no habit; there are {', '.join(known)}")
        if type(value) is not type(known[name]) or value < 0:  # type: ignore[operator] # int, bool
            raise HabitMisspelled(f"{name} must be true or false, or a whole number of 0 or more")
    return replace(present, **options)  # type: ignore[arg-type] # looked at above
