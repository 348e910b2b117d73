"""Whatever evidence comes in whatever order, the same set of it gives the same row."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.intents import Draft, Intent
from orderdesk.core.orders import OrderStatus, OrderType
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.drafts import NOW_MS, draft, fill, shown
from tests.stores.ledger_sql.steps import T_MS, in_state

BOOKED_MS = T_MS + 1_000


@dataclass(frozen=True)
class Piece:
    """What one answer of the exchange shows."""

    order: ExchangeOrder | None
    fills: tuple[Fill, ...] = ()


@dataclass(frozen=True)
class Case:
    """An order's whole truth, in pieces, and two ways in which it may come to us."""

    of: Draft
    began_as: OrderStatus
    one_way: Sequence[Piece]
    another_way: Sequence[Piece]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw an order that trades in steps and ends, and shuffle what was seen of it."""
    kind = draw(st.sampled_from([OrderType.LIMIT, OrderType.MARKET]))
    of = draft(type=kind)
    tenths = draw(st.lists(st.integers(1, 4), max_size=4).filter(lambda parts: sum(parts) <= 10))
    fills = [
        fill(of, f"T{number}", str(Decimal(part) / 10), traded_ms=NOW_MS + number)
        for number, part in enumerate(tenths)
    ]
    pieces = [Piece(order) for order in _history(of, tenths)] + [Piece(None, (f,)) for f in fills]
    pieces += [Piece(pieces[0].order, tuple(fills))]
    again = draw(st.lists(st.sampled_from(pieces), max_size=4))
    return Case(
        of=of,
        began_as=draw(st.sampled_from([OrderStatus.SENDING, OrderStatus.UNKNOWN, OrderStatus.NEW])),
        one_way=pieces,
        another_way=draw(st.permutations([*pieces, *again])),
    )


def _history(of: Draft, tenths: Sequence[int]) -> list[ExchangeOrder]:
    """Return how the exchange showed the order after each step, and at its end."""
    executed = [Decimal(sum(tenths[:count])) / 10 for count in range(len(tenths) + 1)]
    steps = [
        shown(of, OrderStatus.PARTIALLY_FILLED if done else OrderStatus.NEW, executed=str(done))
        for done in executed
        if done < 1
    ]
    return [*steps, shown(of, _end(executed[-1]), executed=str(executed[-1]))]


def _end(executed: Decimal) -> OrderStatus:
    if executed == 1:
        return OrderStatus.FILLED
    return OrderStatus.PARTIALLY_CANCELED if executed else OrderStatus.CANCELED


def _row_after(case: Case, way: Sequence[Piece]) -> Intent:
    ledger = LedgerSql("sqlite://", listener=lambda _event: None)
    intent = in_state(ledger, case.began_as, case.of)
    for piece in way:
        ledger.book(
            intent.id, order=piece.order, fills=piece.fills, now_ms=BOOKED_MS, next_wake_ms=7
        )
    intent = ledger.story(intent.id).intent
    ledger.close()
    return intent


@settings(max_examples=60, deadline=None)
@given(cases())
def test_book_when_evidence_is_shuffled_and_repeated_then_the_row_is_the_same(case: Case) -> None:
    """Order and duplication of evidence do not matter; its end costs nothing, ever."""
    straight, shuffled = _row_after(case, case.one_way), _row_after(case, case.another_way)

    assert straight == shuffled
    assert straight.ended
    assert straight.fills_complete
    assert straight.reserved_notional == Decimal(0)
    assert straight.next_wake_ms is None
