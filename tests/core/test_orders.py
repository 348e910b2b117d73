"""The state table is whole, leads to an end, and never lets an order be sent twice."""

from itertools import product

import pytest

from orderdesk.core.orders import (
    ENDED,
    IN_DOUBT,
    NEXT,
    ON_EXCHANGE,
    Move,
    OrderStatus,
    OrderType,
    judge_move,
)

S = OrderStatus
FOUND = {S.NEW, S.PARTIALLY_FILLED, S.FILLED, S.CANCELED, S.PARTIALLY_CANCELED}
"""What MEXC can show of an order (spot v3 docs, Jan 2026)."""

ENDED_THERE = {S.FILLED, S.CANCELED, S.PARTIALLY_CANCELED}
EVERY_PAIR = list(product(OrderStatus, OrderStatus))

JUDGED = """
                    rec sen unk qua new par fil can pca rej den exp
RECEIVED             =   E   -   E   E   E   E   E   E   E   E   E
SENDING              E   =   E   -   E   E   E   E   E   E   -   E
UNKNOWN              E   -   =   E   E   E   E   E   E   E   -   E
QUARANTINED          E   E   E   =   E   E   E   E   E   E   E   E
NEW                  -   -   -   -   =   E   E   E   E   -   -   -
PARTIALLY_FILLED     -   -   -   -   -   =   E   E   E   -   -   -
FILLED               -   -   -   -   -   -   =   -   -   -   -   -
CANCELED             -   -   -   -   -   -   L   =   L   -   -   -
PARTIALLY_CANCELED   -   -   -   -   -   -   -   -   =   -   -   -
REJECTED             -   -   -   -   L   L   L   L   L   =   -   -
DENIED               E   -   -   -   L   L   L   L   L   -   =   -
EXPIRED_UNSENT       E   -   -   -   L   L   L   L   L   -   -   =
"""
"""Every pair, drawn by hand from the design: E expected, L late, = the same, - stale."""

LETTERS = {Move.EXPECTED: "E", Move.LATE: "L", Move.SAME: "=", Move.STALE: "-"}
COLUMNS = (
    S.RECEIVED,
    S.SENDING,
    S.UNKNOWN,
    S.QUARANTINED,
    S.NEW,
    S.PARTIALLY_FILLED,
    S.FILLED,
    S.CANCELED,
    S.PARTIALLY_CANCELED,
    S.REJECTED,
    S.DENIED,
    S.EXPIRED_UNSENT,
)


def reachable(start: OrderStatus) -> set[OrderStatus]:
    """Return every state that expected moves can lead to."""
    seen: set[OrderStatus] = set()
    todo = [start]
    while todo:
        fresh = NEXT[todo.pop()] - seen
        seen |= fresh
        todo += fresh
    return seen


def test_table_when_walked_then_every_status_has_a_row_and_none_leads_to_itself() -> None:
    """Nothing is missing, and standing still is no move."""
    assert set(NEXT) == set(OrderStatus)
    assert all(status not in row for status, row in NEXT.items())


def test_statuses_when_grouped_then_each_is_in_one_group() -> None:
    """Received, in doubt, on the exchange, or ended: exactly one holds."""
    groups = [{S.RECEIVED}, IN_DOUBT, ON_EXCHANGE, ENDED]
    assert sum(map(len, groups)) == len(OrderStatus)
    assert set().union(*groups) == set(OrderStatus)


def test_table_when_an_order_ended_then_only_a_replay_moves_it() -> None:
    """What the exchange ended is over; what was never sent a person may send again."""
    for status in ENDED:
        replayed = {S.RECEIVED} if status in (S.DENIED, S.EXPIRED_UNSENT) else set()
        assert NEXT[status] == replayed, status


@pytest.mark.parametrize("status", [s for s in OrderStatus if s not in ENDED])
def test_table_when_an_order_is_alive_then_an_end_can_be_reached(status: OrderStatus) -> None:
    """No state is a trap."""
    assert ENDED & reachable(status)


def test_table_when_started_then_every_status_can_come() -> None:
    """No row is dead."""
    assert reachable(S.RECEIVED) == set(OrderStatus)


def test_table_when_in_doubt_then_nothing_is_sent_again_before_it_is_proven_absent() -> None:
    """Only RECEIVED, which means provably not on the exchange, leads to the wire."""
    before_sending = {status for status, row in NEXT.items() if S.SENDING in row}
    assert before_sending == {S.RECEIVED, S.QUARANTINED}  # a person ends a quarantine
    assert S.RECEIVED not in NEXT[S.NEW] | NEXT[S.PARTIALLY_FILLED]


def test_table_when_an_attempt_is_open_then_the_desk_cannot_deny_it_any_more() -> None:
    """DENIED says that the desk never let it out."""
    assert {status for status, row in NEXT.items() if S.DENIED in row} == {
        S.RECEIVED,
        S.QUARANTINED,
    }


def test_judge_when_asked_about_every_pair_then_it_answers_as_the_table_is_drawn() -> None:
    """One hundred and forty-four answers, each written down by hand."""
    drawn = [line.split()[1:] for line in JUDGED.strip().splitlines()[1:]]
    judged = [[LETTERS[judge_move(now, then)] for then in COLUMNS] for now in COLUMNS]
    assert judged == drawn


@pytest.mark.parametrize(("now", "then"), EVERY_PAIR)
def test_judge_when_a_move_is_in_the_table_then_it_is_expected_and_no_other_is(
    now: OrderStatus, then: OrderStatus
) -> None:
    """EXPECTED means the table, SAME means no move."""
    move = judge_move(now, then)
    assert (move is Move.SAME) is (now is then)
    assert (move is Move.EXPECTED) is (then in NEXT[now])


@pytest.mark.parametrize(
    ("now", "then"), [pair for pair in EVERY_PAIR if pair[0] in ENDED_THERE | ON_EXCHANGE]
)
def test_judge_when_it_was_on_the_exchange_then_it_never_goes_back(
    now: OrderStatus, then: OrderStatus
) -> None:
    """An order that ended there never opens again, and an open one is never unsent again."""
    moves = judge_move(now, then) in (Move.EXPECTED, Move.LATE)
    went_back = then not in FOUND or (now in ENDED_THERE and then in ON_EXCHANGE)
    assert not (moves and went_back)


@pytest.mark.parametrize(
    ("now", "then"),
    [(a, b) for a, b in EVERY_PAIR if b in FOUND and a not in ENDED_THERE | ON_EXCHANGE],
)
def test_judge_when_we_did_not_know_it_there_then_what_the_exchange_shows_comes_in(
    now: OrderStatus, then: OrderStatus
) -> None:
    """Late evidence is always let in: expected while alive, with an alarm once ended."""
    assert judge_move(now, then) is (Move.LATE if now in ENDED else Move.EXPECTED)


def test_types_when_asked_then_they_say_what_their_orders_do() -> None:
    """Only LIMIT and LIMIT_MAKER rest, only MARKET has no price."""
    resting = {kind for kind in OrderType if not kind.ends_at_once}
    assert resting == {OrderType.LIMIT, OrderType.LIMIT_MAKER}
    assert {kind for kind in OrderType if not kind.priced} == {OrderType.MARKET}
