"""What this exchange does where MEXC's documents are silent, or leave two ways open."""

from collections.abc import Mapping
from dataclasses import dataclass


class HabitMisspelled(ValueError):
    """Raised for a habit that there is not: (what is wrong, and what there is)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How it treats every order; single ones are bent by a fault instead.

    `visible_after_ms`: so long an accepted order stays out of queries and cancels (-2013 and -2011
    right after POST: ccxt issue 21614, Mar 2024). `dedupes_client_ids`: a client id that the
    account used before places nothing, and is answered with the order that it has. Spot documents
    no uniqueness, so it is off: whoever relies on it doubles orders.
    """

    visible_after_ms: int = 0
    dedupes_client_ids: bool = False


def read_habits(options: Mapping[str, object], *, present: Habits) -> Habits:
    """Read habits from JSON; what is left out stays as it is.

    Raises:
        HabitMisspelled: an unknown name, or a value of another sort.
    """
    unknown = set(options) - {"visible_after_ms", "dedupes_client_ids"}
    if unknown:
        raise HabitMisspelled("unknown habits: " + ", ".join(sorted(unknown)))
    visible_after_ms = options.get("visible_after_ms", present.visible_after_ms)
    dedupes = options.get("dedupes_client_ids", present.dedupes_client_ids)
    if type(visible_after_ms) is not int or visible_after_ms < 0:
        raise HabitMisspelled("visible_after_ms must be a whole number of 0 or more")
    if not isinstance(dedupes, bool):
        raise HabitMisspelled("dedupes_client_ids must be true or false")
    return Habits(visible_after_ms=visible_after_ms, dedupes_client_ids=dedupes)
