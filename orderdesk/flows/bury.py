"""Bury work that broke, with what a person needs to decide; replay it, or discard it."""

from dataclasses import replace

from orderdesk.contracts import DEFAULT_VALID_FOR_MS, PlaceOrder, checked
from orderdesk.core.intents import DeadLetter, Intent
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import DeskError, InvalidOrder, UnknownOrder
from orderdesk.flows import wake
from orderdesk.ports import Desk


def bury(desk: Desk, letter: DeadLetter, *, end_as: str | None = None) -> DeadLetter:
    """Write a dead letter down; with `end_as`, end its intent in the same transaction.

    An intent with an open attempt is never ended by this: only evidence can.
    """
    now_ms = desk.time.now_ms()
    return desk.ledger.bury(replace(letter, at_ms=now_ms), end_as=end_as, now_ms=now_ms)


def replay(desk: Desk, letter_id: int, *, by: str) -> DeadLetter:
    """Run a dead letter's work again; an order re-enters its own intent, so it cannot double.

    Raises:
        UnknownOrder: no open dead letter has that number.
        DeskError: the intent is in quarantine, or its message could never be read.
    """
    letter = _open(desk, letter_id)
    if not letter.arguments:
        raise DeskError(f"dead letter {letter_id} was never readable; it can only be discarded")
    intent = _intent(desk, letter)
    if intent is not None:
        _refuse_quarantined(intent)
    if letter.task_id and (intent is None or not _still_goes_on(intent)):
        # Void from here on: its producer waits for the new answer, and nobody takes this for it.
        desk.queue.forget_told(letter.task_id)
    if intent is not None and not _still_goes_on(intent):
        deadline_ms = desk.time.now_ms() + DEFAULT_VALID_FOR_MS
        intent = desk.ledger.reopen(
            intent.id, deadline_ms=deadline_ms, by=by, now_ms=desk.time.now_ms()
        )
        wake.owner(desk, intent)
    else:
        desk.queue.publish(letter.task, _anew(letter), task_id=letter.task_id or None)
    desk.ledger.close_dead_letter(letter_id, state="REPLAYED", note=f"by {by}")
    return letter


def discard(desk: Desk, letter_id: int, *, reason: str, by: str) -> DeadLetter:
    """Close a dead letter for good, saying why.

    Raises:
        UnknownOrder: no open dead letter has that number.
        DeskError: its intent is in quarantine; `orderdesk answer` ends that.
    """
    letter = _open(desk, letter_id)
    intent = _intent(desk, letter)
    if intent is not None:
        _refuse_quarantined(intent)
    desk.ledger.close_dead_letter(letter_id, state="DISCARDED", note=f"{reason} (by {by})")
    return letter


def _open(desk: Desk, letter_id: int) -> DeadLetter:
    letter = desk.ledger.dead_letter(letter_id)
    if letter is None:
        raise UnknownOrder(f"there is no dead letter {letter_id}", str(letter_id))
    if letter.state != "OPEN":
        text = (
            f"dead letter {letter_id} is {letter.state}: only an open one is replayed or discarded"
        )
        raise UnknownOrder(text, str(letter_id))
    return letter


def _intent(desk: Desk, letter: DeadLetter) -> Intent | None:
    if letter.order is None or letter.account is None or letter.task != "place_order":
        return None
    intent = desk.ledger.find(letter.account, letter.order)
    return intent if intent is not None and _is_its_own(intent, letter) else None


def _is_its_own(intent: Intent, letter: DeadLetter) -> bool:
    """True unless the letter is of another order that only wanted the same key."""
    try:
        command = checked(PlaceOrder, letter.arguments, key=letter.order)
    except InvalidOrder:
        return False
    return command.parameter_hash == intent.parameter_hash


def _anew(letter: DeadLetter) -> dict[str, object]:
    """Return the work as if it were asked for now: its time counts from here."""
    return {name: value for name, value in letter.arguments.items() if name != "intake_entry"}


def _still_goes_on(intent: Intent) -> bool:
    """True if the intent needs no reopening: its own task only has to be woken."""
    return intent.status not in (
        OrderStatus.DENIED,
        OrderStatus.EXPIRED_UNSENT,
        OrderStatus.QUARANTINED,
    )


def _refuse_quarantined(intent: Intent) -> None:
    if intent.status is OrderStatus.QUARANTINED:
        raise DeskError(
            f"{intent.idempotency_key} is in quarantine: it may be on the exchange. "
            "Look there, then `orderdesk answer` it"
        )
