"""Steps that bring an order somewhere, through the ledger's own methods."""

from collections.abc import Callable

from orderdesk.core.answers import Accepted, Refused, Unclear, Why
from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Draft, Intent, Opened
from orderdesk.core.markets import Refusal
from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.exposure import Standing
from orderdesk.core.risk.verdicts import PASSED, Check, Verdict
from orderdesk.ports import Gate, Ledger
from tests.stores.ledger_sql.drafts import NOW_MS, WINDOW_MS, draft, shown

T_MS = NOW_MS + 10
"""The stamp of attempts, unless a test says otherwise."""

REFUSAL = Refusal("RISK_MAX_NOTIONAL", "notional", "100", "the desk's maximum is 10")


def passes(_draft: Draft, _standing: Standing) -> Verdict:
    """A gate that lets everything through."""
    return PASSED


def refuses(_draft: Draft, _standing: Standing) -> Verdict:
    """A gate that lets nothing through."""
    no = REFUSAL
    return Verdict((Check(no.rule, False, no.field, no.value, "10", no.message),))


def try_open(
    ledger: Ledger,
    of: Draft,
    *,
    stamp: Callable[[], int] = lambda: T_MS,
    gate: Gate = passes,
) -> Opened | Intent:
    """Ask for an attempt."""
    return ledger.open_attempt(
        of, stamp=stamp, window_ms=WINDOW_MS, request_hash="request", gate=gate
    )


def sending(ledger: Ledger, of: Draft, *, t_ms: int = T_MS) -> Opened:
    """Open an attempt, which nothing hinders."""
    opened = try_open(ledger, of, stamp=lambda: t_ms)
    assert isinstance(opened, Opened)
    return opened


def unknown(ledger: Ledger, of: Draft) -> Opened:
    """Open an attempt that gets no usable answer."""
    opened = sending(ledger, of)
    ledger.settle(opened.attempt.id, Unclear("read timeout"), now_ms=T_MS + 500)
    return opened


def placed(ledger: Ledger, of: Draft, order_id: str = "X1") -> Intent:
    """Place an order that the exchange takes."""
    return ledger.settle(
        sending(ledger, of).attempt.id, Accepted(order_id, T_MS + 40), now_ms=T_MS + 50
    )


def in_state(ledger: Ledger, status: OrderStatus, of: Draft | None = None) -> Intent:
    """Bring a new order into a state, on the shortest way that a real one takes."""
    of = of or draft()
    match status:
        case OrderStatus.RECEIVED:
            return ledger.receive(of, now_ms=NOW_MS, next_wake_ms=NOW_MS + 5_000)
        case OrderStatus.SENDING:
            return sending(ledger, of).intent
        case OrderStatus.UNKNOWN | OrderStatus.QUARANTINED:
            intent = unknown(ledger, of).intent
            if status is OrderStatus.QUARANTINED:
                ledger.quarantine(intent.id, "seen, then not seen", now_ms=T_MS + 9_000)
        case OrderStatus.REJECTED:
            no = Refused(Why.REJECT, "30004", "Insufficient balance")
            return ledger.settle(sending(ledger, of).attempt.id, no, now_ms=T_MS + 50)
        case OrderStatus.DENIED:
            return ledger.refuse(of, REFUSAL, now_ms=T_MS)
        case OrderStatus.EXPIRED_UNSENT:
            return ledger.expire(of, "too old", now_ms=T_MS)
        case _:
            _on_exchange(ledger, status, of)
    found = ledger.intent(of.account, of.idempotency_key)
    assert found is not None
    return found


def _on_exchange(ledger: Ledger, status: OrderStatus, of: Draft) -> None:
    intent = placed(ledger, of)
    executed = {
        OrderStatus.PARTIALLY_FILLED: "0.4",
        OrderStatus.PARTIALLY_CANCELED: "0.4",
        OrderStatus.FILLED: "1",
    }
    if status is not OrderStatus.NEW:
        order = shown(of, status, executed=executed.get(status, "0"))
        ledger.book(intent.id, order=order, fills=(), now_ms=T_MS + 60)


def now(ledger: Ledger, intent: Intent) -> Intent:
    """Return an intent as the ledger has it."""
    return ledger.story(intent.id).intent


def kinds(heard: list[Event]) -> list[EventKind]:
    """Return the kinds of what was heard."""
    return [event.kind for event in heard]
