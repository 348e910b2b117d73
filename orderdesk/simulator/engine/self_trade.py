"""Who counts as oneself when two orders meet: groups of accounts, and what an order wants then.

Prevention needs both: a group that holds both accounts, and a mode of the order that comes in. With
either missing an account trades with itself, and the trade says so. The incoming order's mode is
the one that counts: the simulator's decision, MEXC does not say.
Source: MEXC spot v3 docs, "STP", Jan 2026; at most 10 groups a master account.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from orderdesk.simulator.engine.orders import Order

MOST_GROUPS = 10
# What a prevented order says in its cancelReason (MEXC spot v3 docs, "Query Order", Jan 2026).
CANCEL_REASON = "stp_cancel"


class StpMode(StrEnum):
    """MEXC's modes; the empty one prevents nothing."""

    CANCEL_MAKER = "cancel_maker"
    CANCEL_TAKER = "cancel_taker"
    CANCEL_BOTH = "cancel_both"


# Which of the two that met is canceled.
MAKER_ENDS = frozenset({StpMode.CANCEL_MAKER, StpMode.CANCEL_BOTH})
TAKER_ENDS = frozenset({StpMode.CANCEL_TAKER, StpMode.CANCEL_BOTH})


@dataclass(slots=True)
class TradeGroup:
    """Accounts that must not trade with each other; `owner` made the group. Times are ms."""

    group_id: int
    name: str
    owner: str
    created_ms: int
    updated_ms: int
    accounts: set[str] = field(default_factory=set)


class TradeGroups:
    """Every group there is, by its number."""

    def __init__(self) -> None:
        """Start with none: then nothing is prevented."""
        self._groups: dict[int, TradeGroup] = {}
        self._last_id = 0

    def create(self, name: str, *, owner: str, now_ms: int) -> TradeGroup | None:
        """Make a group without accounts; None when its owner has as many as there may be."""
        if len(self.of(owner)) >= MOST_GROUPS:
            return None
        group = TradeGroup(self._last_id + 1, name, owner, now_ms, now_ms)
        self.restore(group)
        return group

    def restore(self, group: TradeGroup) -> None:
        """Take in a group of an earlier run, in place of one with its number."""
        self._groups[group.group_id] = group
        self._last_id = max(self._last_id, group.group_id)

    def find(self, group_id: int, *, owner: str) -> TradeGroup | None:
        """Give an owner's group by its number."""
        group = self._groups.get(group_id)
        return group if group is not None and group.owner == owner else None

    def drop(self, group: TradeGroup) -> None:
        """Forget a group."""
        del self._groups[group.group_id]

    def of(self, owner: str) -> list[TradeGroup]:
        """Give an owner's groups, oldest first."""
        return [group for group in self._groups.values() if group.owner == owner]

    def everything(self) -> list[TradeGroup]:
        """Give every group of everybody."""
        return list(self._groups.values())

    def replace(self, groups: list[TradeGroup]) -> None:
        """Put these in place of all there are."""
        self._groups = {}
        for group in groups:
            self.restore(group)

    def prevent(self, taker: Order, maker: Order | None) -> bool:
        """Say whether these two must not trade; None is the house, who trades with everybody."""
        if maker is None or not taker.stp_mode:
            return False
        return any({taker.account, maker.account} <= g.accounts for g in self._groups.values())
