"""PURE: our fills against their balances, asset by asset, and what may explain a difference.

An asset's book begins with the balance of the first sync. From then on every fill of ours moves
it; what the exchange shows beyond that is drift. Deposits, withdrawals and other people's
orders move the balance and make no profit or loss: once seen they are kept apart as `moved`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from orderdesk.core.answers import Fill
from orderdesk.core.money import ZERO, minus, plus
from orderdesk.core.orders import Side

CONFIRMED_SYNCS = 2
"""A difference that stands unchanged for so many syncs is no fill that is still on its way."""

Flows = Mapping[str, Decimal]
"""How much of each asset came (above 0) or went."""

AssetsOf = Callable[[Fill], tuple[str, str]]
"""Base and quote of a fill's symbol."""


class Explanation(StrEnum):
    """What a difference comes from, as far as can be known without the wallet's permission."""

    NONE = "NONE"
    """There is no difference."""
    IN_FLIGHT = "IN_FLIGHT"
    """Orders are in flight: their fills are not all booked yet."""
    NOT_CONFIRMED = "NOT_CONFIRMED"
    """Seen for the first time; told at the next sync if it stays."""
    FOREIGN_TRADES = "FOREIGN_TRADES"
    """Trades of this account that are not ours."""
    DEPOSIT = "DEPOSIT"
    """A deposit or transfer in, inferred: more came than any trade explains."""
    WITHDRAWAL = "WITHDRAWAL"
    """A withdrawal or transfer out, inferred: more went than any trade explains."""


@dataclass(frozen=True, slots=True)
class AssetBook:
    """One asset of one account, since the first sync. All amounts are in the asset."""

    asset: str
    since_ms: int
    baseline: Decimal = ZERO
    """The balance at the first sync."""
    ours: Decimal = ZERO
    """What our fills moved since, fees included."""
    fees: Decimal = ZERO
    """What our fills paid in this asset since; part of `ours`."""
    moved: Decimal = ZERO
    """Deposits, withdrawals and foreign trades since."""
    drift: Decimal = ZERO
    """At the last sync."""
    drift_syncs: int = 0
    """For how many syncs it has stood unchanged."""
    level_ms: int = 0
    """When it was last level: no difference, or one that was explained and kept apart."""
    settled: bool = False
    """False until a sync without orders in flight has confirmed the baseline."""

    @property
    def expected(self) -> Decimal:
        """What the balance should be."""
        return plus(self.baseline, self.ours, self.moved)


@dataclass(frozen=True, slots=True)
class Drift:
    """One asset's difference at one sync, and what it comes from."""

    asset: str
    total: Decimal
    expected: Decimal
    ours: Decimal
    """What our fills moved since the first sync, up to this one."""
    drift: Decimal
    explanation: Explanation
    foreign: Decimal = ZERO
    """How much of it foreign trades explain."""
    kept_apart: bool = False
    """True if it is now part of what moved, so that the next sync begins level."""


def flows_of(fill: Fill, *, base: str, quote: str) -> dict[str, Decimal]:
    """Return what a fill moved: base one way, quote the other, and its fee."""
    sign = 1 if fill.side is Side.BUY else -1
    flows = defaultdict(Decimal, {base: sign * fill.quantity})
    flows[quote] = minus(flows[quote], sign * fill.quote_quantity)
    flows[fill.commission_asset] = minus(flows[fill.commission_asset], fill.commission)
    return dict(flows)


def sum_of(fills: Iterable[Fill], assets_of: AssetsOf) -> dict[str, Decimal]:
    """Return what fills moved together."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for fill in fills:
        base, quote = assets_of(fill)
        for asset, amount in flows_of(fill, base=base, quote=quote).items():
            total[asset] = plus(total[asset], amount)
    return dict(total)


def with_fills(
    books: Mapping[str, AssetBook], fills: Iterable[Fill], assets_of: AssetsOf, *, since_ms: int
) -> dict[str, AssetBook]:
    """Return the books after more fills; an asset that had no book held nothing at first."""
    fills = list(fills)
    after = dict(books)
    for asset, amount in sum_of(fills, assets_of).items():
        book = after.get(asset) or AssetBook(asset, since_ms, settled=True)
        after[asset] = replace(book, ours=plus(book.ours, amount))
    for fill in fills:
        book = after[fill.commission_asset]
        after[book.asset] = replace(book, fees=plus(book.fees, fill.commission))
    return after


def judged(
    book: AssetBook, total: Decimal, now_ms: int, *, in_flight: bool, foreign: Decimal = ZERO
) -> tuple[AssetBook, Drift]:
    """Hold a balance against its book; return the book after it, and the difference.

    Args:
        book: with every fill that is booked.
        total: what the exchange shows, free and locked.
        now_ms: when it showed that.
        in_flight: True if fills of this asset may not all be booked.
        foreign: what trades that are not ours moved since it was level, as far as known.
    """
    drift = minus(total, book.expected)
    seen = Drift(book.asset, total, book.expected, book.ours, drift, Explanation.NONE, foreign)
    if drift and not book.settled:
        # The first balance was read with orders in flight: it becomes exact as they settle.
        baseline = plus(book.baseline, drift)
        level = replace(book, baseline=baseline, settled=not in_flight, level_ms=now_ms)
        return level, replace(seen, explanation=Explanation.IN_FLIGHT)
    if not drift:
        settled = book.settled or not in_flight
        level = replace(book, drift=ZERO, drift_syncs=0, settled=settled, level_ms=now_ms)
        return level, seen
    if in_flight:
        return replace(book, drift=drift), replace(seen, explanation=Explanation.IN_FLIGHT)
    syncs = book.drift_syncs + 1 if drift == book.drift else 1
    if syncs < CONFIRMED_SYNCS:
        book = replace(book, drift=drift, drift_syncs=syncs)
        return book, replace(seen, explanation=Explanation.NOT_CONFIRMED)
    moved = plus(book.moved, drift)
    apart = replace(book, moved=moved, drift=ZERO, drift_syncs=0, level_ms=now_ms)
    return apart, replace(seen, explanation=_explained(drift, foreign), kept_apart=True)


def nearly_confirmed(book: AssetBook, total: Decimal) -> bool:
    """Tell whether a difference would be confirmed now, so that its reason should be asked for."""
    drift = minus(total, book.expected)
    return bool(drift) and drift == book.drift and book.drift_syncs + 1 >= CONFIRMED_SYNCS


def _explained(drift: Decimal, foreign: Decimal) -> Explanation:
    rest = minus(drift, foreign)
    if not rest:
        return Explanation.FOREIGN_TRADES
    return Explanation.DEPOSIT if rest > 0 else Explanation.WITHDRAWAL
