"""End "don't know" by evidence: ask by client id, and count whole absences past the fence.

Found → adopt. Absent → not yet proof: only three whole absences after the fence, the last
after the visibility lag, prove "not placed". A question that fails is no answer. One round
serves every unknown order of its symbol; only the order query is asked per intent.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from orderdesk.core.answers import ExchangeOrder, Fill, Unclear
from orderdesk.core.fence import next_question_ms, proven_absent
from orderdesk.core.intents import Attempt, Intent
from orderdesk.core.orders import OrderStatus
from orderdesk.core.tokens import Lane
from orderdesk.errors import StoreUnavailable
from orderdesk.flows import adopt, look, quarantine, wake
from orderdesk.ports import Desk, Exchange

LOOK_BACK_MS = 2_000
"""Lists are read from T − 2 s: an order of ours cannot be older (protocol point 2)."""

ROUND_LEASE_MS = 15_000
"""One round at a time per symbol; a round that died frees it after this."""


def resolve(desk: Desk, account: str, symbol: str) -> Sequence[Intent]:
    """Ask once about every order of a symbol whose outcome is unknown; return those that moved.

    Raises:
        ExchangeUnreachable: a question got no answer; nothing is concluded from it.
        NotYet: no slot is near.
    """
    with _one_round_at_a_time(desk, account, symbol) as ours:
        if not ours:
            return ()
        suspects = _suspects(desk, account, symbol)
        moved = _ask(desk, suspects, desk.exchange(account, Lane.RESOLVE)) if suspects else []
        quarantine.look_again(desk, account, symbol)
    for intent in moved:
        _tell(desk, intent)
    return moved


@dataclass(frozen=True, slots=True)
class _Suspect:
    intent: Intent
    attempt: Attempt


def _suspects(desk: Desk, account: str, symbol: str) -> list[_Suspect]:
    """Return the unknown orders; a SENDING one whose window is over has lost its owner."""
    suspects = []
    for intent in desk.ledger.in_doubt(account, symbol):
        attempt = desk.ledger.open_attempt_of(intent.id)
        if attempt is None or intent.status is OrderStatus.QUARANTINED:
            continue
        now_ms = desk.time.now_ms()
        if intent.status is OrderStatus.SENDING:
            if now_ms < attempt.window.lands_by_ms:
                continue
            unclear = Unclear("the worker that sent it booked no answer", ours=True)
            intent = desk.ledger.settle(attempt.id, unclear, now_ms=now_ms)  # noqa: PLW2901 - the row as it stands now
        suspects.append(_Suspect(intent, attempt))
    return suspects


def _ask(desk: Desk, suspects: Sequence[_Suspect], exchange: Exchange) -> list[Intent]:
    """Ask for each by client id; those past their fence also through the shared lists."""
    moved = []
    # The exchange's own clock, read before the questions: what they answer is at least as new.
    asked_ms = exchange.time_ms()
    missing = []
    for suspect in suspects:
        order = exchange.order(suspect.intent.symbol, suspect.intent.client_order_id)
        if order is None:
            missing.append(suspect)
        else:
            moved.append(adopt.found(desk, suspect.intent, order))
    counts_from_ms = look.absence_counts_from_ms(desk, desk.ledger.doubt())
    past = [s for s in missing if asked_ms > max(s.attempt.window.fence_ms, counts_from_ms)]
    if past:
        lists = _Lists.read(exchange, past)
        moved += [_judge(desk, suspect, lists, asked_ms) for suspect in past]
    early = [suspect for suspect in missing if suspect not in past]
    desk.ledger.schedule({s.intent.id: next_question_ms(s.attempt.window, ()) for s in early})
    return moved


@dataclass(frozen=True, slots=True)
class _Lists:
    """What the venue lists of a symbol, each list whole; read once for every suspect."""

    orders: Sequence[ExchangeOrder]
    trades: Sequence[Fill]

    @classmethod
    def read(cls, exchange: Exchange, suspects: Sequence[_Suspect]) -> "_Lists":
        symbol = suspects[0].intent.symbol
        since_ms = min(s.attempt.window.stamp_ms for s in suspects) - LOOK_BACK_MS
        orders = [*exchange.open_orders(symbol), *exchange.all_orders(symbol, since_ms)]
        return cls(orders, exchange.trades(symbol, since_ms))

    def order(self, client_order_id: str) -> ExchangeOrder | None:
        return next((o for o in self.orders if o.client_order_id == client_order_id), None)

    def traded(self, client_order_id: str) -> bool:
        return any(fill.client_order_id == client_order_id for fill in self.trades)


def _judge(desk: Desk, suspect: _Suspect, lists: _Lists, asked_ms: int) -> Intent:
    """Book one whole round for one suspect, and conclude what it allows."""
    intent, window = suspect.intent, suspect.attempt.window
    now_ms = desk.time.now_ms()
    listed = lists.order(intent.client_order_id)
    if listed is not None:
        return adopt.found(desk, intent, listed)
    if lists.traded(intent.client_order_id):
        if asked_ms > window.proof_ms:
            why = "its trades are listed, but no query shows the order"
            return desk.ledger.quarantine(intent.id, why, now_ms=now_ms)
        desk.ledger.schedule({intent.id: window.proof_ms + 1})
        return intent
    attempt = desk.ledger.note_absence(suspect.attempt.id, asked_ms, now_ms=now_ms)
    if proven_absent(window, attempt.absences_ms):
        return desk.ledger.not_placed(attempt.id, now_ms=now_ms)
    desk.ledger.schedule({intent.id: next_question_ms(window, attempt.absences_ms)})
    return intent


def _tell(desk: Desk, intent: Intent) -> None:
    """Let whoever waits go on: the producer's task, a cancel, the fills."""
    if intent.status is OrderStatus.UNKNOWN:
        return
    wake.for_what_is_left(desk, intent)
    if intent.answerable or intent.status is OrderStatus.RECEIVED:
        wake.owner(desk, intent)


@contextmanager
def _one_round_at_a_time(desk: Desk, account: str, symbol: str) -> Iterator[bool]:
    name = f"resolve:{account}:{symbol}"
    try:
        ours = leased = desk.memory.once(name, ROUND_LEASE_MS)
    except StoreUnavailable:
        # Only a kill goes on without Redis, at a pace of its own; each round is true by itself.
        ours, leased = True, False
    try:
        yield ours
    finally:
        if leased:
            desk.memory.release(name)
