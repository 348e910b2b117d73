"""What a trial needs of a contender, and the one way all of them are described."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from redis import Redis

from ops.bench.hearing import Hearing


@dataclass(frozen=True, slots=True)
class Shape:
    """How many placing workers run, in which pool, and how many orders each has in hand."""

    workers: int = 1
    pool: str = "threads"
    concurrency: int = 16


class Contender(Protocol):
    """One way to get an order from a producer to the exchange."""

    name: str
    redis: Redis
    hearing: Hearing

    @property
    def pids(self) -> Sequence[int]:
        """All processes that belong to it."""

    @property
    def placing(self) -> Sequence[int]:
        """The processes that place."""

    def submit(self) -> str:
        """Order once, as a producer does; return the channel on which its end is heard."""

    def order_name(self, channel: str, said: Any) -> str:
        """Return under which client order id the exchange has what ended there."""

    def clear(self) -> None:
        """Cancel whatever rests, and come back when nothing does."""


@dataclass
class Names:
    """Which order ended on which channel, for contenders that name their orders themselves."""

    of: dict[str, str] = field(default_factory=dict)

    def order_name(self, channel: str, _said: Any) -> str:
        """Return the client order id that was given."""
        return self.of[channel]
